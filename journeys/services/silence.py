"""The sweep of sessions: ends those whose time to live is over, begins the turns that silence sets off, and ends a wait for a
person that has become too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.services.topics import list_queue_heads
from journeys.adapters.looks import plan_look, wait_ends_at
from journeys.core.engine.silence import in_words, silence_event, silence_moves
from journeys.core.engine.state import JourneyState
from journeys.core.spec import JourneySpec, TransitionSpec
from journeys.models import Handling, Message, MessageRole, Session, SessionStatus
from journeys.services.hand_over import owner_of, stop_waiting
from journeys.services.sessions import check_open, close_session, lock_own, session_spec, start_turn
from trust.core.errors import Conflict
from trust.core.principal import Principal

BATCH = 200
LOOK_AGAIN_S = 10.0  # at a session whose turn is still under way


def sweep_sessions() -> int:
    """Looks at every session that is due; the number of those that something was done to."""
    now = timezone.now()
    due = Session.objects.filter(status=SessionStatus.OPEN, deleted_at__isnull=True, due_at__lte=now)
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:BATCH])
    return sum(look_at(session_id, now) for session_id in ids)


def look_at(session_id: UUID, now: datetime) -> bool:
    """Does what the silence of one session asks for at ``now``; whether that was anything."""
    with transaction.atomic():
        session = _lock_due(session_id, now)
        if session is None:
            return False
        spec = session_spec(session)
        if _is_at_work(session):
            session.due_at = now + timedelta(seconds=LOOK_AGAIN_S)
            session.save(update_fields=["due_at"])
            return False
        silent_s = (now - session.silent_since).total_seconds()
        if spec.session_ttl_s is not None and silent_s >= spec.session_ttl_s:
            close_session(session, f"Nobody wrote for {in_words(spec.session_ttl_s)}.")
            return True
        ends_at = wait_ends_at(session, spec)
        if ends_at is not None and ends_at <= now:
            stop_waiting(session, spec.patterns.hand_over)
            return True
        return _set_off(session, spec, silent_s)


def let_silence_pass(*, principal: Principal, session_id: UUID) -> None:
    """For testers: as if nobody had written for as long as the next inactivity transition wants; ``Conflict`` without one."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        check_open(session)
        moves = silence_moves(session_spec(session), JourneyState.from_json(session.state), session.silence_fired)
        if not moves:
            raise Conflict("No transition listens to inactivity here, or each has been set off already.")
        now = timezone.now()
        session.silent_since, session.due_at = now - timedelta(seconds=min(after_s for after_s, _ in moves)), now
        session.save(update_fields=["silent_since", "due_at"])
        look_at(session.pk, now)


def _lock_due(session_id: UUID, now: datetime) -> Session | None:
    rows = Session.objects.select_related("version", "definition").select_for_update(of=("self",))
    return rows.filter(pk=session_id, status=SessionStatus.OPEN, deleted_at__isnull=True, due_at__lte=now).first()


def _is_at_work(session: Session) -> bool:
    return any(not head.ended for head in list_queue_heads(owner_of(session), session.queue_key))


def _set_off(session: Session, spec: JourneySpec, silent_s: float) -> bool:
    """Begins the turn of the first transition that this silence is long enough for. Each has its turn once a silence."""
    moves = silence_moves(spec, JourneyState.from_json(session.state), session.silence_fired)
    found = next((move for move in moves if move[0] <= silent_s), None) if session.handling == Handling.AGENT else None
    if found is None:
        plan_look(session, spec)
        session.save(update_fields=["due_at"])
        return False
    after_s, transition = found
    session.silence_fired = [*session.silence_fired, transition.id]
    message = _event(session, transition, after_s)
    start_turn(owner_of(session), session, message)
    message.save()
    return True


def _event(session: Session, transition: TransitionSpec, after_s: float) -> Message:
    return Message(
        session=session,
        seq=session.next_seq,
        turn=session.next_pos,
        role=MessageRole.EVENT,
        text=f"Nobody wrote for {in_words(after_s)}.",
        pathway=session.state["pathway"],
        payload=silence_event(transition, after_s),
    )
