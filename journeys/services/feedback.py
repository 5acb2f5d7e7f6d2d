"""What people think of answers: good or bad, with a comment and what it should have said. One opinion a person and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from agents.services.definitions import get_definition
from journeys.models import Feedback, Message, MessageRole
from journeys.services.sessions import get_session
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion with what it is about."""

    feedback: Feedback
    session_id: UUID
    turn: int
    question: str
    answer: str


def give_feedback(
    *, principal: Principal, session_id: UUID, turn: int, good: bool, comment: str = "", better: str = ""
) -> Feedback:
    """Replaces what the principal thought of the answer of ``turn``. Raises ``NotFound`` where there is no answer."""
    for where, text in (("comment", comment), ("better", better)):
        if len(text) > LONGEST or "\x00" in text:
            message = f"has {len(text)} characters; allowed are at most {LONGEST}, without the NUL character"
            raise Invalid(problems=[{"where": where, "message": message}])
    answer = _answer(principal, session_id, turn)
    found, _ = Feedback.objects.update_or_create(
        message=answer,
        by=principal.ref,
        defaults={
            "by_label": principal.label,
            "good": good,
            "comment": comment.strip(),
            "better": better.strip(),
            "at": timezone.now(),
        },
    )
    return found


def withdraw_feedback(*, principal: Principal, session_id: UUID, turn: int) -> None:
    """Takes one's own opinion back; without one nothing happens."""
    Feedback.objects.filter(message=_answer(principal, session_id, turn), by=principal.ref).delete()


def opinions_of(principal: Principal, session_id: UUID) -> dict[int, Feedback]:
    """Turn to the principal's own opinion of its answer."""
    own = Feedback.objects.filter(message__session_id=session_id, by=principal.ref).select_related("message")
    return {feedback.message.turn: feedback for feedback in own}


def list_opinions(principal: Principal, slug: str, *, good: bool | None = None, limit: int = 200) -> list[Opinion]:
    """All opinions of a journey's answers in the organization, the newest first."""
    rows: Any = Feedback.objects.filter(
        message__session__organization_id=principal.organization_id,
        message__session__definition=get_definition(principal, "journey", slug),
        message__session__deleted_at__isnull=True,
    ).select_related("message")
    if good is not None:
        rows = rows.filter(good=good)
    return [_tell(row) for row in rows.order_by("-at")[:limit]]


def _tell(row: Feedback) -> Opinion:
    said = row.message.session.messages.filter(turn=row.message.turn, role=MessageRole.USER).first()
    return Opinion(row, row.message.session_id, row.message.turn, said.text if said else "", row.message.text)


def _answer(principal: Principal, session_id: UUID, turn: int) -> Message:
    session = get_session(principal, session_id)
    found = session.messages.filter(turn=turn, role=MessageRole.ASSISTANT).order_by("-seq").first()
    if found is None:
        raise NotFound(f"The session {session_id} has no answer in turn {turn}.")
    return found
