"""The operations of this app: sessions with journeys, their messages, and the gallery."""

from __future__ import annotations

from ninja import Router

from journeys.api.code import router as code
from journeys.api.debugging import router as debugging
from journeys.api.debugging import session_router as debugging_in_sessions
from journeys.api.editing import router as editing
from journeys.api.gallery import router as gallery
from journeys.api.live import router as live
from journeys.api.manifest import router as manifest
from journeys.api.mapping import router as mapping
from journeys.api.messages import router as messages
from journeys.api.personal import router as personal
from journeys.api.playing import journey_router as playing
from journeys.api.playing import router as playing_in_sessions
from journeys.api.preflight import router as preflight
from journeys.api.previews import router as previews
from journeys.api.reach import router as reach
from journeys.api.session_acts import router as session_acts
from journeys.api.sessions import router as sessions
from journeys.api.sessions import start_router
from journeys.api.stream import router as stream
from journeys.api.testing.cases import catalog_router as assertions
from journeys.api.testing.cases import router as tests
from journeys.api.testing.cases import sessions_router as tests_of_sessions
from journeys.api.testing.lab import router as intent_lab
from journeys.api.testing.rounds import router as test_rounds
from journeys.api.versions import router as versions

router = Router()
router.add_router("/journeys", previews)
router.add_router("/journeys", start_router)
router.add_router("/journeys", editing)
router.add_router("/journeys", mapping)
router.add_router("/journeys", preflight)
router.add_router("/journeys", code)
router.add_router("/journeys", versions)
router.add_router("/journeys", manifest)
router.add_router("/sessions", sessions)
router.add_router("/sessions", messages)
router.add_router("/sessions", session_acts)
router.add_router("/sessions", stream)
router.add_router("/conversations", live)
router.add_router("/journeys", playing)
router.add_router("/sessions", playing_in_sessions)
router.add_router("/people", personal)
router.add_router("/journeys", reach)
router.add_router("/journeys", debugging)
router.add_router("/sessions", debugging_in_sessions)
router.add_router("/gallery", gallery)
router.add_router("/journeys", tests)
router.add_router("/journeys", test_rounds)
router.add_router("/journeys", intent_lab)
router.add_router("/sessions", tests_of_sessions)
router.add_router("/test-assertions", assertions)
