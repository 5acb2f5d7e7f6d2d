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
    Detect,
    Detected,
    DetectIntent,
    Effect,
    Event,
    FailPathway,
    Happened,
    IntentDetected,
    MessageReceived,
    PathwayFailed,
    RunAgent,
    RunPattern,
    Turn,
    Vetoed,
)
from journeys.core.engine.recovery import recover, stopped
from journeys.core.engine.routing import begin, detected, happened, route
from journeys.core.spec import JourneySpec

__all__ = [
    "AgentAnswered",
    "CommitTurn",
    "Detect",
    "DetectIntent",
    "Detected",
    "Effect",
    "Event",
    "FailPathway",
    "Happened",
    "IntentDetected",
    "MessageReceived",
    "PathwayFailed",
    "RunAgent",
    "RunPattern",
    "Turn",
    "Vetoed",
    "step",
]


def step(spec: JourneySpec, turn: Turn, event: Event) -> tuple[Turn, tuple[Effect, ...]]:
    """The next state of the turn and what has to be done for it. Raises the faults of ``journeys.core.errors``."""
    match event:
        case MessageReceived():
            went = begin(spec, turn)
        case IntentDetected():
            went = route(spec, turn, event)
        case AgentAnswered():
            went = ask_next(spec, replace(turn, outputs={**turn.outputs, **event.outputs}))
        case Happened():
            went = happened(spec, turn, event)
        case Detected():
            went = detected(spec, turn, event)
        case PathwayFailed():
            went = recover(spec, turn, event)
        case Vetoed():
            went = stopped(spec, turn, event)
        case _:
            assert_never(event)
    return went
