"""The reference journey on in-memory ports with the demo model, at a fixed clock: Sunday 22 November 2026, 18:00."""

from __future__ import annotations

from datetime import datetime

from agents.adapters.llm.demo import DemoModel
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.llm.port import Embedder
from agents.core.runtime.memory import CatalogTools
from journeys import TurnResult
from journeys.core.declare.session import InMemorySession
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from journeys.gallery.healthcare_referral.tools import MemoryClinic

NOW = datetime.fromisoformat("2026-11-22T18:00")


class Dialogue:
    """A started conversation. ``say`` and ``decide`` return what came of it; ``clinic`` holds what was booked."""

    def __init__(self, embedder: Embedder | None = None):
        self.clinic = MemoryClinic(lambda: NOW)
        models = Providers({}, DefaultModel("demo"), {"demo": DemoModel(embedder or LexicalEmbedder(), 0)})
        tools = CatalogTools(self.clinic.tools)
        self.journey = HealthcareReferral("patient-1", models=models, tools=tools, local=self.clinic.local)

    @property
    def session(self) -> InMemorySession:
        assert self.journey.manager.session is not None
        return self.journey.manager.session

    async def say(self, *messages: str) -> TurnResult:
        """Sends all; the result of the last."""
        if self.journey.manager.session is None:
            await self.journey.start()
        results = [await self.journey.process_message(message) for message in messages]
        return results[-1]
