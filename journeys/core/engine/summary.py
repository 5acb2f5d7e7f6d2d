"""The end of a turn: its reply and its summary, which is all that people and tests can see of what was decided and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from journeys.core.engine.context import same
from journeys.core.engine.events import CommitTurn, Turn
from journeys.core.spec import JourneySpec


def commit(
    spec: JourneySpec, turn: Turn, reply: str, *, complete: bool, suggestions: Sequence[str] | None = None
) -> CommitTurn:
    """The turn is over and answers ``reply``, after whatever was ``said`` before it.

    ``changed`` of the summary holds every context field that differs from the turn's begin, whatever changed it, and
    ``forgotten`` those that are gone: together with the other turns they are the fields' history.
    """
    state = turn.state
    before = turn.before.context if turn.before else {}
    summary = {
        "pathway_before": turn.began_in,
        "ran": turn.ran,
        "pathway": state.pathway,
        "stack": list(state.stack),
        "moves": [move.to_json() for move in turn.moves],
        "intent": turn.decision.to_json() if turn.decision else None,
        "considered": [asdict(item) for item in turn.considered],
        "tools": list(turn.tools),
        "outputs": dict(turn.outputs),
        "changed": _changed(before, state.context),
        "forgotten": [name for name in before if name not in state.context],
        "complete": complete,
        "ended": state.ended,
        "pending": dict(state.pending),
        "hand_over": False,
        "exercised": _exercised(turn),
        "suggestions": _suggestions(spec, turn) if suggestions is None else list(suggestions),
        **turn.notes,
    }
    return CommitTurn("\n\n".join(part for part in (*turn.said, reply) if part), state, summary)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name not in before or not same(before[name], value)}


def _exercised(turn: Turn) -> dict[str, list[str]]:
    """What this turn went through: the ground of coverage. A refused move is none."""
    made = [move for move in turn.moves if move.kind != "refused"]
    answered = turn.notes.get("chosen") or {}  # the option of a question back
    chosen = turn.decision.chosen if turn.decision else answered.get("intent", "")
    return {
        "pathways": list(dict.fromkeys(name for name in (turn.ran, turn.state.pathway) if name)),
        "transitions": [move.transition for move in made if move.transition],
        "intents": [chosen] if chosen else [],
        "returns": [move.source for move in made if move.kind == "return"],
        "next": [move.source for move in made if move.kind == "next"],
    }


def _suggestions(spec: JourneySpec, turn: Turn) -> list[str]:
    """What may be said next. In the entry nothing that was said already, and not its first suggestion, which opens it."""
    if turn.state.ended:
        return []
    offered = spec.pathway(turn.state.pathway).suggestions
    if turn.state.pathway != spec.entry:
        return list(offered)
    said = {turn.message, *(m.get("text", "") for m in turn.history if m.get("role") == "user")}
    return [text for text in offered[1:] if text not in said]
