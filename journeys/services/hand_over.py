"""Hand-over: a person of the organization takes a conversation over, writes in it, and hands it back with a summary.

While a person answers, or is waited for, what is said starts no run. Whoever may approve may take over: conversations that came
in by a public door or that ask for a person; what colleagues try out in their own playground stays theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from agents.services.runs import cancel_run
from agents.services.topics import list_queue_heads, ring_topics
from journeys.adapters.looks import note_word, plan_look
from journeys.core.spec import HandOverPattern
from journeys.models import Handling, Message, MessageRole, Session, SessionStatus, live_group
from journeys.services.sessions import add_note, check_message, check_open, close_session, lock_own, session_spec
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission, Role

MAX_SUMMARY = 4_000
PRIVATE_ORIGINS = ("playground",)
SHOWN = 200


def list_conversations(principal: Principal, *, handling: str = "", limit: int = SHOWN) -> list[Session]:
    """Open conversations that the principal may take over: those that wait for a person first, then those that a person has,
    each group by the longest wait or the latest word. Raises ``Invalid`` for a ``handling`` that there is not."""
    if handling and handling not in Handling.values:
        message = f"is {handling!r}; allowed: {', '.join(Handling.values)}"
        raise Invalid(problems=[{"where": "handling", "message": message}])
    rows = _within_reach(principal).filter(status=SessionStatus.OPEN)
    if handling:
        rows = rows.filter(handling=handling)
    order = Case(
        When(handling=Handling.WAITING, then=Value(0)),
        When(handling=Handling.HUMAN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(rows.order_by(order, "handling_since", "-last_activity_at")[:limit])


def count_waiting_conversations(principal: Principal) -> int:
    """How many conversations wait for a person."""
    return _within_reach(principal).filter(status=SessionStatus.OPEN, handling=Handling.WAITING).count()


def get_conversation(principal: Principal, session_id: UUID) -> Session:
    """A conversation that the principal may read as an operator. Raises ``NotFound``."""
    session = _within_reach(principal).filter(pk=session_id).first()
    if session is None:
        raise NotFound(f"There is no conversation {session_id} that you could take over.")
    return session


def list_conversation_messages(principal: Principal, session_id: UUID, after: int = 0, limit: int = 1000) -> list[Message]:
    """What was said, in order. Runs and journals stay private to the session's owner and to auditors."""
    session = get_conversation(principal, session_id)
    return list(session.messages.filter(seq__gt=after).order_by("seq")[:limit])


def request_person(*, principal: Principal, session_id: UUID, why: str = "") -> Session:
    """The owner asks for a person: from now on the journey answers nothing until somebody hands the conversation back."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        check_open(session)
        if session.handling == Handling.AGENT:
            session.handling, session.handling_since = Handling.WAITING, timezone.now()
            plan_look(session, session_spec(session))
            add_note(session, "A person was asked for. Somebody will answer here.", "person_asked", {"why": why[:500]})
            _ring_live(session)
    return session


def withdraw_request(*, principal: Principal, session_id: UUID) -> Session:
    """The owner goes on with the journey instead of waiting. ``Conflict`` once a person has the conversation."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        check_open(session)
        if session.handling == Handling.HUMAN:
            raise Conflict(f"{session.operator_label} has this conversation; they hand it back.")
        if session.handling == Handling.WAITING:
            _give_to_agent(session)
            add_note(session, "The assistant answers again.", "person_not_needed", {})
            _ring_live(session)
    return session


def take_over(*, principal: Principal, session_id: UUID) -> Session:
    """The principal answers from now on; what the journey was answering is stopped. Of two who press at once one has it, the
    other gets ``Conflict`` with the name."""
    with transaction.atomic():
        session = _lock_within_reach(principal, session_id)
        check_open(session)
        if session.handling == Handling.HUMAN:
            if session.operator == principal.ref:
                return session
            raise Conflict(f"{session.operator_label} has taken this conversation over already.")
        session.handling, session.handling_since = Handling.HUMAN, timezone.now()
        session.operator, session.operator_label = principal.ref, principal.label
        plan_look(session, session_spec(session))
        add_note(session, f"{principal.label} has joined the conversation.", "taken_over", {}, by=principal)
        _ring_live(session)
    _stop_turns(session, f"{principal.label} has taken the conversation over")
    return session


def write_as_human(*, principal: Principal, session_id: UUID, client_id: str, text: str) -> Message:
    """A message of the person who has the conversation, under their name. The same ``client_id`` is the same message."""
    check_message(client_id, text)
    with transaction.atomic():
        session = _lock_within_reach(principal, session_id)
        earlier = session.messages.filter(client_id=client_id).first()
        if earlier is not None:
            if earlier.text != text or earlier.role != MessageRole.HUMAN:
                raise Conflict(f"The message {client_id!r} was sent before with another text; use a new client_id.")
            return earlier
        _check_mine(principal, session)
        message = Message.objects.create(
            session=session,
            seq=session.next_seq,
            turn=session.next_pos - 1,
            role=MessageRole.HUMAN,
            client_id=client_id,
            text=text,
            author=principal.label,
            pathway=session.state["pathway"],
            payload={"by": principal.ref},
        )
        session.next_seq += 1
        note_word(session, timezone.now())
        plan_look(session, session_spec(session))
        session.save()
        transaction.on_commit(lambda: ring_topics(session.talk_group))
    return message


def hand_back(*, principal: Principal, session_id: UUID, summary: str = "") -> Session:
    """The journey answers again; ``summary`` stands in the history that its agents read. An owner of the organization may hand
    back what somebody else has."""
    summary = summary.strip()
    if len(summary) > MAX_SUMMARY or "\x00" in summary:
        message = f"a summary has at most {MAX_SUMMARY} characters and no NUL, this one has {len(summary)}"
        raise Invalid(problems=[{"where": "summary", "message": message}])
    with transaction.atomic():
        session = _lock_within_reach(principal, session_id)
        check_open(session)
        if session.handling == Handling.AGENT:
            raise Conflict("The journey answers in this conversation already.")
        if session.handling == Handling.HUMAN and not principal.may(Permission.ADMIN):
            _check_mine(principal, session)
        _give_to_agent(session)
        text = f"{principal.label} has handed the conversation back; the assistant answers again."
        add_note(session, text, "handed_back", {"summary": summary}, by=principal)
        _ring_live(session)
    return session


def stop_waiting(session: Session, pattern: HandOverPattern) -> None:
    """Nobody came in time to a locked session: the person is told, and the journey answers again or the session ends."""
    ends = pattern.then == "end"
    _give_to_agent(session)
    add_note(session, pattern.late, "nobody_came", {"waited_s": pattern.wait_s, "then": pattern.then})
    if ends:
        close_session(session, "Nobody was free to take it over.")
    _ring_live(session)


def owner_of(session: Session) -> Principal:
    """The session's owner, to do in their name what follows from the session itself."""
    kind, _, key = session.owner.partition(":")
    return Principal(
        kind=kind,  # type: ignore[arg-type]  # a reference begins with its kind
        id=key,
        label=session.owner_label,
        organization_id=session.organization_id,
        role=Role.OPERATOR,
        scopes=frozenset({Permission.READ, Permission.RUN}),
    )


def _within_reach(principal: Principal) -> QuerySet[Session]:
    rows = Session.objects.filter(organization_id=principal.organization_id, deleted_at__isnull=True)
    rows = rows.select_related("version", "definition")
    if principal.may(Permission.AUDIT) and principal.may(Permission.APPROVE):
        return rows
    if not principal.may(Permission.APPROVE):
        return rows.none()
    return rows.filter(~Q(handling=Handling.AGENT) | ~Q(origin__in=PRIVATE_ORIGINS) | Q(owner=principal.ref))


def _lock_within_reach(principal: Principal, session_id: UUID) -> Session:
    session = _within_reach(principal).select_for_update(of=("self",)).filter(pk=session_id).first()
    if session is None:
        raise NotFound(f"There is no conversation {session_id} that you could take over.")
    return session


def _give_to_agent(session: Session) -> None:
    session.handling, session.handling_since, session.operator, session.operator_label = Handling.AGENT, None, "", ""
    note_word(session, timezone.now())
    plan_look(session, session_spec(session))


def _check_mine(principal: Principal, session: Session) -> None:
    check_open(session)
    if session.handling != Handling.HUMAN:
        raise Conflict("Take the conversation over first; the journey answers in it now.")
    if session.operator != principal.ref:
        raise Conflict(f"{session.operator_label} has this conversation; only they write in it.")


def _ring_live(session: Session) -> None:
    transaction.on_commit(lambda: ring_topics(live_group(session.organization_id)))


def _stop_turns(session: Session, why: str) -> None:
    """After the commit: a worker that ends a run locks the run first and its session then."""
    owner = owner_of(session)
    for run_id in _live_runs(owner, session):
        cancel_run(principal=owner, run_id=run_id, source="user", message=why)


def _live_runs(owner: Principal, session: Session) -> Iterable[Any]:
    return [UUID(head.run_id) for head in list_queue_heads(owner, session.queue_key) if not head.ended]
