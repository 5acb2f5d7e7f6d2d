"""The operations of this app: who am I, members, invitations, API keys."""

from __future__ import annotations

from ninja import Router

from trust.api.invitations import router as invitations
from trust.api.keys import router as keys
from trust.api.me import router as me
from trust.api.members import router as members

router = Router()
router.add_router("/me", me)
router.add_router("/members", members)
router.add_router("/invitations", invitations)
router.add_router("/keys", keys)
