"""Moves that a hook vetoed: they are refused with its reason, and the state stays as it was before them."""

from __future__ import annotations

from dataclasses import replace

from journeys.core.engine.events import Turn
from journeys.core.engine.returns import Move
from journeys.core.engine.state import JourneyState


def unless_barred(turn: Turn, state: JourneyState, move: Move) -> tuple[JourneyState, Move]:
    """``state`` and ``move``, or where ``turn`` stands and the move as refused."""
    why = turn.barred.get(bar_of(move))
    return (state, move) if why is None else (turn.state, replace(move, kind="refused", why=why))


def is_barred(turn: Turn, move: Move) -> bool:
    return move.kind == "refused" and bar_of(move) in turn.barred


def bar_of(move: Move) -> str:
    """What names a move within one turn."""
    return f"{move.source} > {move.target}"
