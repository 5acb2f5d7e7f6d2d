"""The first half of a turn: is the session open, which transition does the message take, and which pathway answers."""

from __future__ import annotations

from dataclasses import replace

from journeys.core.engine.answering import ask_first
from journeys.core.engine.events import DetectIntent, Effect, Turn
from journeys.core.engine.intents import Classification, applicable, decide, detector, question
from journeys.core.engine.returns import enter
from journeys.core.engine.summary import commit
from journeys.core.errors import JourneyEnded
from journeys.core.names import END
from journeys.core.spec import JourneySpec

DEFAULT_END = "This conversation has ended. Start a new one whenever you like."


def begin(spec: JourneySpec, turn: Turn) -> tuple[Turn, tuple[Effect, ...]]:
    if turn.state.ended:
        raise JourneyEnded("this session has ended and takes no further message; start a new one")
    turn = replace(turn, began_in=turn.state.pathway, before=turn.state)
    transitions = applicable(spec, turn.state)
    if not transitions:
        return ask_first(spec, turn)
    values = question(spec, turn.state, transitions, turn.message, turn.history)
    return turn, (DetectIntent(detector(spec, transitions), values),)


def route(spec: JourneySpec, turn: Turn, found: Classification) -> tuple[Turn, tuple[Effect, ...]]:
    decision = decide(applicable(spec, turn.state), found)
    turn = replace(turn, decision=decision)
    if decision.transition is None:
        return ask_first(spec, turn)
    taken = decision.transition
    state, move = enter(spec, turn.state, taken.to_pathway, kind="transition", push=taken.push, why=decision.why)
    turn = replace(turn, state=state, moves=(*turn.moves, move))
    if taken.to_pathway == END:
        return turn, (commit(spec, turn, spec.end_message or DEFAULT_END, complete=True),)
    return ask_first(spec, turn)
