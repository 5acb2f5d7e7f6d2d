"""The database side of a turn: reads where the session stands, writes the answer, and writes why there is none.

All three run inside a transaction of the journal. A run that is not the one its message waits for (a fork of it) reads the
session and changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID

from django.utils import timezone

from agents.core.llm.partial import field_text
from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.events import EventType, NewEvent
from agents.services.specs import load_spec
from agents.services.topics import ring_topics
from journeys.adapters.intents import remember_intent
from journeys.adapters.looks import note_word, plan_look
from journeys.core.errors import JourneyEnded, TakenOver
from journeys.core.spec import JourneySpec
from journeys.models import QUESTIONS, Handling, Message, MessageRole, Session, SessionStatus, live_group

HISTORY_MESSAGES = 40
HISTORY_CHARACTERS = 24_000
INTERRUPTED = " (interrupted)"
_NOTICES = {
    EventType.RUN_FAILED: "This message could not be answered: {reason}",
    EventType.RUN_CANCELLED: "Stopped before there was an answer.",
    EventType.RUN_EXPIRED: "Nobody decided in time, so this message was not answered.",
}


class SessionGone(RuntimeFault):
    """The session was deleted before its turn came."""

    code = "session_gone"


def load_turn(data: dict[str, Any], run_id: str, after_commit: Callable[[Callable[[], None]], None]) -> dict[str, Any]:
    """The message, the state before it and the conversation before it, oldest first and cut to what a model can read.

    ``variables`` is what is known of the person (``user.<name>``), ``files`` what came with the message. ``event`` is empty
    for a message; for a turn that nobody began by writing it says what happened:
    ``{"event": "inactivity", "transition": id, "after_s": seconds}``.
    """
    session = Session.objects.get(pk=data["session"])
    message = session.messages.get(seq=data["message_seq"], role__in=QUESTIONS)
    if session.deleted_at is not None:
        raise SessionGone("the session was deleted before this message was answered")
    if session.status == SessionStatus.ENDED:
        raise JourneyEnded("the session ended before this message was answered; start a new one")
    return {
        "turn": message.turn,
        "text": message.text if message.role == MessageRole.USER else "",
        "event": message.payload if message.role == MessageRole.EVENT else {},
        "history": _history(session, message.turn),
        "state": session.state,
        "variables": session.variables,
        "files": message.payload.get("files", []),
    }


def commit_turn(data: dict[str, Any], run_id: str, after_commit: Callable[[Callable[[], None]], None]) -> dict[str, Any]:
    """Stores the answer and the new state together."""
    session = Session.objects.select_for_update().get(pk=data["session"])
    message = session.messages.get(seq=data["message_seq"], role__in=QUESTIONS)
    if str(message.run_id) != run_id:
        return {"stored": False, "why": "this run is a fork; the session keeps the answer of its own run"}
    if session.status == SessionStatus.ENDED or session.deleted_at is not None:
        raise JourneyEnded("the session ended while this message was being answered; start a new one")
    if session.handling == Handling.HUMAN:
        raise TakenOver(f"{session.operator_label} answers in this conversation now")
    _take_state(session, data["state"], data["summary"])
    if message.role == MessageRole.USER:
        note_word(session, timezone.now())
    plan_look(session, cast(JourneySpec, load_spec(session.organization_id, session.digest)))
    answer = _add(session, message, MessageRole.ASSISTANT, data["reply"], data["summary"])
    if data.get("remember"):
        after_commit(lambda: remember_intent(str(session.organization_id), **data["remember"]))
    after_commit(lambda: ring_topics(session.talk_group, live_group(session.organization_id)))
    return {"stored": True, "seq": answer.seq}


def _take_state(session: Session, state: dict[str, Any], summary: dict[str, Any]) -> None:
    session.state = state
    if state["ended"]:
        session.status, session.ended_because = SessionStatus.ENDED, "The journey has come to its end."
        session.handling = Handling.AGENT
    elif summary.get("hand_over") and session.handling == Handling.AGENT:
        session.handling, session.handling_since = Handling.WAITING, timezone.now()


def record_ending(run_id: UUID, events: Sequence[NewEvent]) -> None:
    """The visible trace of a turn without a result: what there was of the answer, or a notice that says why."""
    message = Message.objects.filter(run_id=run_id, role__in=QUESTIONS).first()
    if message is None or Message.objects.filter(run_id=run_id).exclude(role__in=QUESTIONS).exists():
        return
    session = Session.objects.select_for_update().get(pk=message.session_id)
    end = next(e for e in events if e.type in _NOTICES)
    error = end.payload.get("error") or {}
    payload = {"status": end.type.value.removeprefix("run."), "error": error, "retried": False}
    partial = _partial(events)
    if session.handling != Handling.AGENT:
        _add(session, message, MessageRole.SYSTEM, "Left to a person.", payload)
    elif partial:
        _add(session, message, MessageRole.ASSISTANT, partial, {**payload, "partial": True})
    else:
        text = _NOTICES[end.type].format(reason=error.get("message", "the reason is in its run"))
        _add(session, message, MessageRole.SYSTEM, text, payload)


def _add(session: Session, question: Message, role: MessageRole, text: str, payload: dict[str, Any]) -> Message:
    """Appends to a locked session and saves it."""
    now = timezone.now()
    answer = Message.objects.create(
        session=session,
        seq=session.next_seq,
        turn=question.turn,
        role=role,
        text=text,
        run_id=question.run_id,
        pathway=payload.get("pathway", session.state["pathway"]),
        payload=payload,
        created_at=now,
    )
    session.next_seq += 1
    session.last_activity_at = now
    session.save()
    return answer


def _history(session: Session, turn: int) -> list[dict[str, str]]:
    """What was said in earlier turns, by turn and then as it came: an answer follows its question.

    What a human said is theirs by name, and their summary stands where they handed the conversation back.
    """
    earlier = session.messages.filter(turn__lt=turn).exclude(role=MessageRole.EVENT)
    said: list[dict[str, str]] = []
    room = HISTORY_CHARACTERS
    for message in earlier.order_by("-turn", "-seq")[:HISTORY_MESSAGES]:
        role, text = _heard(message)
        if not text:
            continue
        room -= len(text)
        if room < 0:
            break
        said.append({"role": role, "text": text})
    return said[::-1]


def _heard(message: Message) -> tuple[str, str]:
    """The role and the text of a message as an agent reads it; an empty text: not at all."""
    if message.role == MessageRole.HUMAN:
        return "assistant", f"({message.author}, a person of the team:) {message.text}"
    if message.role == MessageRole.SYSTEM:
        summary = message.payload.get("summary", "")
        return "assistant", f"(What a person of the team settled in the meantime:) {summary}" if summary else ""
    return message.role, message.text + INTERRUPTED if message.payload.get("partial") else message.text


def _partial(events: Sequence[NewEvent]) -> str:
    """What people had seen of the answer when the turn was stopped: text of an agent of the pathway, not of the detector."""
    for event in events:
        raw = event.payload.get("partial", "") if event.type is EventType.STEP_CANCELLED else ""
        if raw and event.path.startswith("pathway/"):
            return field_text(raw, "response") or field_text(raw, "answer")
    return ""
