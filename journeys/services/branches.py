"""Other ways a conversation could have gone: said differently from a turn on, or begun again in another version.

A branch is a session of its own that repeats what was said before the turn; the conversation that it leaves stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db import transaction

from agents.services.runs import list_steps
from journeys.adapters.looks import plan_look
from journeys.core.engine.state import first_state
from journeys.core.spec import JourneySpec
from journeys.models import QUESTIONS, Message, MessageRole, Session
from journeys.services.played import Played, find_played
from journeys.services.sessions import get_session, post_message, session_spec
from journeys.services.turn_options import check_play
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Sibling:
    """One of the ways that a conversation took at a turn; ``current`` is the one that is looked at."""

    session_id: UUID
    current: bool


def branch_session(
    *,
    principal: Principal,
    session_id: UUID,
    turn: int,
    text: str = "",
    client_id: str = "",
    draft: bool = False,
    version: int | None = None,
    origin: str = "",
    debug: dict[str, Any] | None = None,
    play: dict[str, Any] | None = None,
) -> Session:
    """A session that goes another way from ``turn`` on: with ``text`` as its message, or the same one when it is empty.

    With ``draft`` or ``version`` another state of the journey answers there. ``origin`` is by which door it is opened (empty:
    that of the conversation), ``debug`` a tester's wishes that hold in it, ``play`` those for this one turn. Raises
    ``Conflict`` when the journal that says where the conversation stood is gone, and ``Invalid`` when the other journey does
    not know that place.
    """
    source = get_session(principal, session_id)
    question = source.messages.filter(turn=turn, role=MessageRole.USER).select_related("run").first()
    if question is None:
        raise NotFound(f"The session {session_id} has no message of a person in turn {turn}.")
    state = state_before(source, question)
    played = _played(principal, source, draft, version)
    spec = played.spec if played else session_spec(source)
    _check_place(spec, state)
    with transaction.atomic():
        branch = _copy(principal, source, question, state, played)
        branch.origin, branch.debug = origin or branch.origin, check_play(debug or {})
        plan_look(branch, spec)
        branch.save()
        _repeat(source, branch, question)
        post_message(
            principal=principal,
            session_id=branch.id,
            client_id=client_id or f"branch-{branch.id}",
            text=text.strip() or question.text,
            play=play,
        )
    branch.refresh_from_db()
    return branch


def state_before(session: Session, question: Message) -> dict[str, Any]:
    """Where the session stood before the message ``question`` was answered, from the journal of its run."""
    if not session.messages.filter(role__in=QUESTIONS, seq__lt=question.seq).exists():
        return first_state(session_spec(session), session.known).to_json()
    run = question.run
    loaded = next((s.result for s in list_steps(run) if s.path == "load/0"), None) if run is not None else None
    if not isinstance(loaded, dict):
        raise Conflict("Where the conversation stood then is in a journal that is gone or unwritten; choose a later turn.")
    return cast("dict[str, Any]", loaded["state"])


def siblings_of(principal: Principal, session: Session) -> dict[int, list[Sibling]]:
    """Turn to the ways that were taken from it, in the order they came about; only turns with more than one."""
    trunks: list[tuple[Session, int]] = [(session, 2**31)]  # each with the turn up to which it is this conversation
    while (parent := trunks[-1][0].branch_of) is not None and len(trunks) < 100:
        trunks.append((parent, trunks[-1][0].branch_turn))
    chosen = {trunk.pk for trunk, _ in trunks}
    branches = Session.objects.filter(branch_of__in=chosen, deleted_at__isnull=True, owner=session.owner).order_by("created_at")
    found: dict[int, list[Sibling]] = {}
    for branch in branches:
        trunk, until = next(item for item in trunks if item[0].pk == branch.branch_of_id)
        if branch.branch_turn <= until:
            row = found.setdefault(branch.branch_turn, [Sibling(trunk.pk, trunk.pk == session.pk)])
            row.append(Sibling(branch.pk, branch.pk in chosen))
    for row in found.values():
        if sum(sibling.current for sibling in row) > 1:  # the trunk is only current where no branch of it is
            row[0] = Sibling(row[0].session_id, current=False)
        elif not any(sibling.current for sibling in row):
            row[0] = Sibling(row[0].session_id, current=True)
    return found


def _played(principal: Principal, source: Session, draft: bool, version: int | None) -> Played | None:
    if not draft and version is None:
        return None
    return find_played(principal, source.slug, draft=draft, version=version, model=source.model or None)


def _check_place(spec: JourneySpec, state: dict[str, Any]) -> None:
    known = [pathway.id for pathway in spec.pathways]
    missing = [name for name in (state["pathway"], *state.get("stack", [])) if name not in known]
    if missing:
        message = f"stands in {', '.join(map(repr, missing))}, which is not there; the pathways are: {', '.join(known)}"
        raise Invalid(problems=[{"where": "turn", "message": f"the conversation {message}"}])


def _copy(principal: Principal, source: Session, question: Message, state: dict[str, Any], played: Played | None) -> Session:
    """The session's row anew; a branch at the turn of a branch grows from the same trunk, so that both are siblings."""
    again = source.branch_of_id is not None and source.branch_turn == question.turn
    return Session(
        organization_id=principal.organization_id,
        definition=source.definition,
        version=played.version if played else source.version,
        digest=played.digest if played else source.digest,
        model=played.model if played else source.model,
        title=source.title,
        owner=principal.ref,
        owner_label=principal.label,
        state=state,
        known=source.known,
        variables=source.variables,
        environment=source.environment,
        origin=source.origin,
        branch_of=source.branch_of if again else source,
        branch_turn=question.turn,
        next_seq=question.seq,
        next_pos=question.turn,
    )


def _repeat(source: Session, branch: Session, question: Message) -> None:
    """What was said before, as it was said; the runs stay with the conversation in which they ran."""
    copies = []
    for message in source.messages.filter(seq__lt=question.seq).order_by("seq"):
        message.payload = {**message.payload, "repeats": str(message.run_id or message.payload.get("repeats", ""))}
        message.pk, message.session, message.run, message.client_id = None, branch, None, ""
        message._state.adding = True
        copies.append(message)
    Message.objects.bulk_create(copies)
