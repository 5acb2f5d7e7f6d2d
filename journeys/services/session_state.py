"""What a session has gathered and where it stands, changed by hand: every past value of a field, one of them restored, and the
move to another version. Each is an act of somebody, told by a message of the session. Refuses while a turn is under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db import transaction

from agents.services.definitions import get_version, load_spec
from agents.services.topics import list_queue_heads
from journeys.adapters.looks import plan_look
from journeys.core.engine.context import check_size
from journeys.core.errors import ContextTooLarge
from journeys.core.spec import JourneySpec
from journeys.core.variables import check_variables
from journeys.models import Message, Session
from journeys.services.sessions import add_note, check_open, get_session, lock_own, session_spec
from trust.core.errors import Conflict, Invalid, NotFound, Problem
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class PastValue:
    """A value that a field had. ``seq`` is the message that brought it (0: known beforehand), ``by`` who did."""

    seq: int
    turn: int
    value: Any
    by: str
    restored_from: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class MovePlan:
    """A move to version ``number``: ``missing`` pathways of the session are not there and need one of ``offered`` instead."""

    number: int
    missing: tuple[str, ...]
    offered: tuple[str, ...]


def field_history(principal: Principal, session_id: UUID) -> dict[str, list[PastValue]]:
    """Field to every value it had, the oldest first, for each field that ever had one."""
    return history_of(get_session(principal, session_id))


def history_of(session: Session) -> dict[str, list[PastValue]]:
    """As ``field_history``, for a session that was authorized before."""
    found: dict[str, list[PastValue]] = {
        name: [PastValue(0, 0, value, "known beforehand")] for name, value in session.known.items()
    }
    for message in session.messages.exclude(payload={}).order_by("seq"):
        changed = message.payload.get("changed")
        for name, value in (changed if isinstance(changed, dict) else {}).items():
            found.setdefault(name, []).append(_past(message, value))
    context = session.state.get("context", {})
    return {name: _mark_current(name, values, context) for name, values in sorted(found.items())}


def restore_field(*, principal: Principal, session_id: UUID, field: str, seq: int) -> Session:
    """Gives ``field`` the value again that the message ``seq`` brought (0: the one known beforehand)."""
    with transaction.atomic():
        session = lock_at_rest(principal, session_id)
        values = field_history(principal, session_id).get(field)
        if values is None:
            known = ", ".join(field_history(principal, session_id)) or "none"
            raise NotFound(f"This session has no field {field!r}; its fields are: {known}.")
        past = next((value for value in values if value.seq == seq), None)
        if past is None:
            allowed = ", ".join(str(value.seq) for value in values)
            raise Invalid(problems=[{"where": "seq", "message": f"no message {seq} changed {field!r}; allowed: {allowed}"}])
        context = {**session.state.get("context", {}), field: past.value}
        _check_size(session_spec(session), context)
        turn = session.next_pos - 1
        marks = {**session.state.get("changed", {}), field: turn}
        session.state = {**session.state, "context": context, "changed": marks}
        plan_look(session, session_spec(session))
        text = f"{principal.label} has restored {field.replace('_', ' ')} to its value of turn {past.turn}."
        payload = {"changed": {field: past.value}, "field": field, "restored_from": seq}
        add_note(session, text, "field_restored", payload, by=principal)
    return session


def set_variables(*, principal: Principal, session_id: UUID, variables: Mapping[str, Any]) -> Session:
    """Sets some of the session's user variables; ``None`` forgets one. Raises ``Invalid`` for unknown names."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        check_open(session)
        forgotten = {name for name, value in variables.items() if value is None}
        kept = {name: value for name, value in {**session.variables, **variables}.items() if name not in forgotten}
        session.variables = check_variables(session_spec(session), kept)
        names = ", ".join(sorted(variables)) or "nothing"
        add_note(session, f"{principal.label} has set: {names}.", "variables_set", {"names": sorted(variables)}, by=principal)
    return session


def plan_move(principal: Principal, session_id: UUID, version: int | None = None) -> MovePlan:
    """What a move to ``version`` (the published one) would need. Changes nothing."""
    session = get_session(principal, session_id)
    found = get_version(principal, "journey", session.slug, version)
    return plan_for(session, found.number, found.digest)


def plan_for(session: Session, number: int, digest: str) -> MovePlan:
    """As ``plan_move``, for a session that was authorized before and the version ``number`` of its journey."""
    return _plan(session, number, cast(JourneySpec, load_spec(session.organization_id, digest)))


def move_session(
    *, principal: Principal, session_id: UUID, version: int | None = None, mapping: Mapping[str, str] | None = None
) -> Session:
    """Goes on with another version of the same journey: from the next message on.

    The current pathway and those on the stack must exist there, or ``mapping`` names what takes their place; else ``Invalid``
    with each that is missing and what is offered. What was gathered stays.
    """
    with transaction.atomic():
        session = lock_at_rest(principal, session_id)
        found = get_version(principal, "journey", session.slug, version)
        spec = cast(JourneySpec, load_spec(principal.organization_id, found.digest))
        if found.pk == session.version_id:
            raise Conflict(f"This session is with version {found.number} already.")
        plan, chosen = _plan(session, found.number, spec), dict(mapping or {})
        if problems := _mapping_problems(plan, chosen):
            raise Invalid(problems=problems)
        before = session.version.number if session.version is not None else None
        session.state = _moved(session.state, {name: chosen[name] for name in plan.missing})
        session.version, session.digest, session.model = found, found.digest, {}
        session.variables = {name: value for name, value in session.variables.items() if name in _names(spec)}
        _check_size(spec, session.state.get("context", {}))
        plan_look(session, spec)
        left = "the draft" if before is None else f"version {before}"
        text = f"{principal.label} has moved this conversation from {left} to version {found.number}."
        add_note(session, text, "moved", {"from": before, "to": found.number, "mapping": chosen}, by=principal)
    return session


def _past(message: Message, value: Any) -> PastValue:
    if "note" in message.payload:
        by = str(message.payload.get("by_label", ""))
        return PastValue(message.seq, message.turn, value, by, restored_from=message.payload.get("restored_from"))
    pathway = str(message.payload.get("ran") or message.pathway)
    return PastValue(message.seq, message.turn, value, f"the pathway {pathway}" if pathway else "the journey")


def _mark_current(name: str, values: list[PastValue], context: Mapping[str, Any]) -> list[PastValue]:
    """The newest value is the current one where the context still has it: a detour may have dropped it again."""
    last = values[-1]
    is_current = name in context and context[name] == last.value
    return [*values[:-1], PastValue(last.seq, last.turn, last.value, last.by, last.restored_from, is_current)]


def lock_at_rest(principal: Principal, session_id: UUID) -> Session:
    """The principal's own open session, its row locked, in which no turn is under way. Raises ``Conflict`` while one is."""
    session = lock_own(principal, session_id)
    check_open(session)
    if any(not head.ended for head in list_queue_heads(principal, session.queue_key)):
        raise Conflict("A turn is under way and would overwrite this; try again when it has ended.")
    return session


def _plan(session: Session, number: int, spec: JourneySpec) -> MovePlan:
    ids = [pathway.id for pathway in spec.pathways]
    state = session.state
    needed = dict.fromkeys([state["pathway"], *state.get("stack", []), *state.get("kept", {})])
    return MovePlan(number, tuple(name for name in needed if name not in ids), tuple(ids))


def _mapping_problems(plan: MovePlan, mapping: Mapping[str, str]) -> list[Problem]:
    offered = ", ".join(plan.offered)
    problems: list[Problem] = []
    for name in plan.missing:
        if name not in mapping:
            told = f"version {plan.number} has no pathway {name!r}; map it to one of: {offered}"
            problems.append({"where": f"mapping.{name}", "message": told})
        elif mapping[name] not in plan.offered:
            told = f"version {plan.number} has no pathway {mapping[name]!r}; allowed: {offered}"
            problems.append({"where": f"mapping.{name}", "message": told})
    for name in mapping:
        if name not in plan.missing:
            told = f"{name!r} needs no mapping; needed: {', '.join(plan.missing) or 'none'}"
            problems.append({"where": f"mapping.{name}", "message": told})
    return problems


def _moved(state: dict[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    """``state`` with other names: no pathway is on the stack twice, and the current one never is."""
    current = mapping.get(state["pathway"], state["pathway"])
    stack = dict.fromkeys(mapping.get(name, name) for name in state.get("stack", []))
    kept = {mapping.get(name, name): context for name, context in state.get("kept", {}).items()}
    return {**state, "pathway": current, "stack": [name for name in stack if name != current], "kept": kept}


def _names(spec: JourneySpec) -> set[str]:
    return {field.name for field in spec.variables}


def _check_size(spec: JourneySpec, context: Mapping[str, Any]) -> None:
    try:
        check_size(context, spec.max_context_bytes)
    except ContextTooLarge as refused:
        raise Invalid(problems=[{"where": "context", "message": str(refused)}]) from None
