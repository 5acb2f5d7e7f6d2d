"""One turn as a state machine without I/O: ``step(spec, turn, event) -> (turn, effects)``.

Owns which half decides: ``routing`` before anything answers, ``answering`` from then on. Refuses to touch the world: ``turn``
performs the effects.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from journeys.core.engine.answering import ask_next
from journeys.core.engine.events import (
    AgentAnswered,
    CommitTurn,
    DetectIntent,
    Effect,
    Event,
    Happened,
    IntentDetected,
    MessageReceived,
    RunAgent,
    RunPattern,
    Turn,
)
from journeys.core.engine.routing import begin, happened, route
from journeys.core.spec import JourneySpec

__all__ = [
    "AgentAnswered",
    "CommitTurn",
    "DetectIntent",
    "Effect",
    "Event",
    "Happened",
    "IntentDetected",
    "MessageReceived",
    "RunAgent",
    "RunPattern",
    "Turn",
    "step",
]


def step(spec: JourneySpec, turn: Turn, event: Event) -> tuple[Turn, tuple[Effect, ...]]:
    """The next state of the turn and what has to be done for it. Raises the faults of ``journeys.core.errors``."""
    match event:
        case MessageReceived():
            return begin(spec, turn)
        case IntentDetected():
            return route(spec, turn, event)
        case AgentAnswered():
            return ask_next(spec, replace(turn, outputs={**turn.outputs, **event.outputs}))
        case Happened():
            return happened(spec, turn, event)
        case _:
            assert_never(event)
