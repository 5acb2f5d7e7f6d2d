"""The operations of this app: definitions of every kind, runs and their events, approvals, the default model."""

from __future__ import annotations

from ninja import Router

from agents.api.approvals import router as approvals
from agents.api.definitions import build_router
from agents.api.events import router as events
from agents.api.providers import router as providers
from agents.api.runs import router as runs
from agents.api.schemas import router as schemas

router = Router()
router.add_router("/signatures", build_router("signature", "Signatures"))
router.add_router("/agents", build_router("agent", "Agents"))
router.add_router("/journeys", build_router("journey", "Journeys"))
router.add_router("/schemas", schemas)
router.add_router("/runs", runs)
router.add_router("/runs", events)
router.add_router("/approvals", approvals)
router.add_router("/models", providers)
