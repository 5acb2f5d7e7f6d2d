"""The operations of this app: sessions with journeys, their messages, and the gallery."""

from __future__ import annotations

from ninja import Router

from journeys.api.editing import router as editing
from journeys.api.gallery import router as gallery
from journeys.api.messages import router as messages
from journeys.api.sessions import router as sessions
from journeys.api.sessions import start_router

router = Router()
router.add_router("/journeys", start_router)
router.add_router("/journeys", editing)
router.add_router("/sessions", sessions)
router.add_router("/sessions", messages)
router.add_router("/gallery", gallery)
