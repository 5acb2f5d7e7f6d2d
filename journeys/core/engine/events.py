"""What a turn is told (events), what it asks for (effects), and the turn in the middle. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.core.spec.agent import AgentSpec
from journeys.core.engine.intents import Classification, Decision
from journeys.core.engine.returns import Move
from journeys.core.engine.state import JourneyState


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A person's message is to be answered."""


@dataclass(frozen=True, slots=True)
class IntentDetected:
    classification: Classification


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    outputs: Mapping[str, Any]


Event = MessageReceived | IntentDetected | AgentAnswered


@dataclass(frozen=True, slots=True)
class DetectIntent:
    """Ask the model which intent the message has; answer with ``IntentDetected``."""

    agent: AgentSpec
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunAgent:
    """Run the agent that the pathway knows as ``id``; answer with ``AgentAnswered``."""

    id: str
    agent: AgentSpec
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CommitTurn:
    """Store the reply and the new state; the turn is over."""

    reply: str
    state: JourneyState
    summary: Mapping[str, Any]


Effect = DetectIntent | RunAgent | CommitTurn


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in the middle: ``state`` is the working state, ``ran`` the pathway that answers, ``outputs`` theirs so far."""

    number: int
    message: str
    history: Sequence[Mapping[str, str]]
    state: JourneyState
    began_in: str = ""
    ran: str = ""
    asked: int = 0
    outputs: Mapping[str, Any] = field(default_factory=dict)
    decision: Decision | None = None
    moves: tuple[Move, ...] = ()
