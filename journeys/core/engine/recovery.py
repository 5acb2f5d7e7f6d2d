"""What becomes of a turn whose pathway fails or takes too long: again with the reason, a transition, a reply, an error pathway.

The session stays as it was before the pathway that failed, except for a move. What cannot be recovered is raised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agents.core.runtime.deadline import TimedOut
from agents.core.runtime.errors import RuntimeFault, ends_the_run
from journeys.core.engine.answering import ask_next
from journeys.core.engine.barring import unless_barred
from journeys.core.engine.events import Effect, Happened, PathwayFailed, Turn, Vetoed
from journeys.core.engine.returns import enter
from journeys.core.engine.routing import arrive
from journeys.core.engine.summary import commit
from journeys.core.engine.transitions import on_event
from journeys.core.spec import JourneySpec

DEFAULT_REPLY = "Something went wrong here: {reason} Please try it again."
ERROR_TYPE, ERROR_MESSAGE = "error_type", "error_message"
Went = tuple[Turn, tuple[Effect, ...]]


def recover(spec: JourneySpec, turn: Turn, event: PathwayFailed) -> Went:
    """The turn after its pathway failed: a retry that is left first (after a time-out a transition first), then a transition
    that waits for this, then what ``on_error`` says. Raises the fault when nothing of these is to be done, and when the
    pathway has failed in this turn before: so no two error pathways call each other for ever."""
    fault = event.fault
    if ends_the_run(fault):
        raise fault
    rule = spec.pathway(turn.ran).on_error
    again = rule.mode == "retry" and turn.attempt <= rule.retries
    late = isinstance(fault, TimedOut)
    if again and not late:
        return _retry(spec, turn, fault)
    for happened in _events(turn, fault):
        moved = _take(spec, turn, happened, fault)
        if moved is not None:
            return moved
    if again:
        return _retry(spec, turn, fault)
    if rule.mode == "reply":
        text = (rule.reply or DEFAULT_REPLY).replace("{reason}", _sentence(fault))
        turn = _noted(turn, fault, "reply")
        return turn, (commit(spec, replace(turn, outputs={}), text, complete=False),)
    if rule.mode == "pathway" and rule.pathway != turn.ran and turn.ran not in turn.failed:
        why = f"{turn.ran.replace('_', ' ')} failed: {fault}"
        state, move = enter(spec, turn.state, rule.pathway, kind="error", push=True, why=why)
        state, move = unless_barred(turn, state, move)
        if move.kind != "refused":
            moved_turn = replace(turn, state=state, moves=(*turn.moves, move))
            return arrive(spec, _after(moved_turn, turn, fault, "pathway"))
    raise fault


def stopped(spec: JourneySpec, turn: Turn, event: Vetoed) -> Went:
    """A hook said no: its reason is the reply, and the session stays where it stands."""
    notes = {**turn.notes, "vetoed": {"event": event.event, "hook": event.hook, "reason": event.reason}}
    turn = replace(turn, notes=notes, began_in=turn.began_in or turn.state.pathway, before=turn.before or turn.state)
    return turn, (commit(spec, replace(turn, outputs={}), event.reason, complete=False),)


def _retry(spec: JourneySpec, turn: Turn, fault: RuntimeFault) -> Went:
    turn = replace(_noted(turn, fault, "retry"), attempt=turn.attempt + 1, reason=str(fault), asked=0, outputs={})
    return ask_next(spec, turn)


def _events(turn: Turn, fault: RuntimeFault) -> list[Happened]:
    title = turn.ran.replace("_", " ")
    late = [Happened("timeout", f"{title} did not answer in time: {fault}", code=fault.code)]
    failed = Happened("error", f"{title} failed: {fault}", code=fault.code)
    return [*(late if isinstance(fault, TimedOut) else []), failed]


def _take(spec: JourneySpec, turn: Turn, happened: Happened, fault: RuntimeFault) -> Went | None:
    """The turn after a transition that waited for this; ``None`` when none did, or when this has been tried."""
    if turn.ran in turn.failed:
        return None
    moved = on_event(spec, replace(turn, outputs={}), happened)
    made = moved.moves[len(turn.moves) :]
    if not made or made[-1].kind == "refused":
        return None
    return arrive(spec, _after(moved, turn, fault, "transition"))


def _after(moved: Turn, before: Turn, fault: RuntimeFault, how: str) -> Turn:
    """The turn goes on elsewhere, and whoever answers there knows why."""
    given = {ERROR_TYPE: fault.code, ERROR_MESSAGE: str(fault)}
    return replace(_noted(moved, fault, how), failed=(*before.failed, before.ran), given=given, outputs={}, asked=0)


def _noted(turn: Turn, fault: RuntimeFault, how: str) -> Turn:
    told: dict[str, Any] = {"code": fault.code, "message": str(fault), "pathway": turn.ran, "recovered": how}
    return replace(turn, notes={**turn.notes, "error": {**told, "attempts": turn.attempt}})


def _sentence(fault: RuntimeFault) -> str:
    text = str(fault).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
