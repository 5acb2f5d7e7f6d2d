"""LabSpec: labelled utterances put to the intent detector of a journey, as a run; and what each was taken for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from journeys.core.engine.intents import HISTORY_SEEN
from journeys.core.spec import JourneySpec


class Said(Frozen):
    """One message of the conversation before an utterance."""

    role: Literal["user", "assistant"]
    text: str = Field(min_length=1, max_length=2000)


class Utterance(Frozen):
    """What a person said, and the intent that people say it has (``none``: none of them). ``before``: what was said before it,
    oldest first."""

    text: str = Field(min_length=1, max_length=2000)
    intent: str = Field(min_length=1, max_length=100)
    before: tuple[Said, ...] = Field(default=(), max_length=HISTORY_SEEN)


class LabSpec(Frozen):
    """``pathways`` are those in which each utterance is heard; empty: all that have intents to listen to."""

    kind: Literal["intent_lab"] = "intent_lab"
    schema_version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=200)
    journey: JourneySpec
    utterances: tuple[Utterance, ...] = Field(min_length=1)
    pathways: tuple[str, ...] = ()

    @property
    def agents(self) -> Mapping[str, AgentSpec]:
        """The laboratory asks the detector only; no tool of an agent is used."""
        return {}


class Finding(Frozen):
    """One utterance heard in one pathway. ``found`` is what the detector said, ``taken`` the intent that passed its threshold
    (else ``none``); ``error`` when there was no answer."""

    pathway: str
    text: str
    intent: str
    found: str = ""
    taken: str = ""
    confidence: float = 0.0
    evidence: str = ""
    error: str = ""
    before: tuple[Said, ...] = ()

    @property
    def after(self) -> str:
        """What was said right before it; empty where nothing was."""
        return self.before[-1].text if self.before else ""
