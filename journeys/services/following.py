"""Follows a conversation as it goes on, for whoever it belongs to: messages in their order, live text, and who answers now.

A stream may be cut anywhere and taken up after the last message's ``seq``. Owns no transport.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async

from agents.services.live import listen
from journeys.models import QUESTIONS, Message, Session, SessionStatus
from journeys.services.sessions import get_session
from trust.core.errors import NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import still_allowed

POLL_S = 5.0
RIGHTS_CHECK_S = 30.0
PAGE = 200


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a conversation: ``messages`` after the asked one, and how it stands now."""

    messages: list[Message]
    state: dict[str, Any]


def read_news(principal: Principal, session_id: UUID, after: int = 0) -> News:
    """Blocks. Raises ``NotFound`` for whoever may not read the session."""
    session = get_session(principal, session_id)
    messages = list(session.messages.filter(seq__gt=after).order_by("seq")[:PAGE])
    return News(messages, describe_session(session))


def describe_session(session: Session) -> dict[str, Any]:
    """How a conversation stands: ``turn`` is what is under way (``idle``, ``working``, ``waiting`` on a person's decision)."""
    run = current_run(session)
    at_work = run is not None and not run.ended
    waiting = (run.waiting_on or {}) if at_work and run.status == "waiting" else {}
    return {
        "status": session.status,
        "ended_because": session.ended_because,
        "handling": session.handling,
        "operator": session.operator_label,
        "pathway": session.state.get("pathway", ""),
        "turn": "waiting" if waiting else "working" if at_work else "idle",
        "waiting_for": str(waiting.get("title", "")),
        "run_id": str(run.id) if at_work else None,
    }


def current_run(session: Session) -> Any:
    """The run of the oldest turn that is not over, else of the newest turn; ``None`` without any."""
    questions = session.messages.filter(role__in=QUESTIONS, run__isnull=False).select_related("run")
    live = questions.filter(run__status__in=["queued", "running", "waiting"]).order_by("seq").first()
    found = live or questions.order_by("-seq").first()
    return found.run if found else None


async def follow_session(
    principal: Principal, session_id: UUID, *, after: int = 0, seconds: float | None = None, poll_s: float = POLL_S
) -> AsyncIterator[dict[str, Any]]:
    """``{"type": "message", "message": Message}``, ``{"type": "text", "text": whole text so far}``,
    ``{"type": "state", ...}`` when it is another, and ``{"type": "pulse"}`` when nothing is new.

    Ends after the session's end, after ``seconds``, and when the principal may not read any more.
    """
    began = checked = time.monotonic()
    told: dict[str, Any] = {}
    async for texts in listen(f"session.{session_id}", f"talk.{session_id}", poll_s=poll_s):
        try:
            news = await sync_to_async(read_news)(principal, session_id, after)
        except NotFound:
            return
        for message in news.messages:
            after = message.seq
            yield {"type": "message", "message": message}
        if news.state != told:
            told = news.state
            yield {"type": "state", **told}
        for text in _spoken(texts):
            yield {"type": "text", "text": text}
        if not news.messages and not texts:
            yield {"type": "pulse"}
        now = time.monotonic()
        if (told["status"] == SessionStatus.ENDED and len(news.messages) < PAGE) or (seconds and now - began > seconds):
            return
        if now - checked > RIGHTS_CHECK_S:
            checked = now
            if not await sync_to_async(still_allowed)(principal, Permission.READ):
                return


async def await_answer(principal: Principal, message: Message, wait_s: float) -> News:
    """What came after ``message`` once its turn is over, waits for a person, or ``wait_s`` are gone."""
    session_id, deadline = message.session_id, time.monotonic() + wait_s
    while True:
        news = await sync_to_async(read_news)(principal, session_id, message.seq)
        over = await sync_to_async(_is_over)(message)
        if over or time.monotonic() >= deadline:
            return news if not over else await sync_to_async(read_news)(principal, session_id, message.seq)
        await asyncio.sleep(0.05)


def _is_over(message: Message) -> bool:
    message.refresh_from_db()
    if message.run is None:
        return True
    message.run.refresh_from_db()
    return bool(message.run.ended or message.run.status == "waiting")


def _spoken(texts: dict[str, str]) -> list[str]:
    """Text of an agent of the pathway, not of the detector of intents."""
    return [text for path, text in texts.items() if path.startswith("pathway/")]
