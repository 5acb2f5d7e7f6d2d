"""The live topic ``session:<id>``: every turn's journal of one conversation, for its owner."""

from __future__ import annotations

from agents.services.topics import Topic, list_queue_heads, parse_id
from journeys.services.sessions import get_session
from trust.core.principal import Principal


def open_session_topic(principal: Principal, key: str) -> Topic:
    """Raises ``NotFound`` for whoever may not read the session, now and at every later look."""
    session_id = parse_id(key)
    get_session(principal, session_id)
    queue_key = f"session:{session_id}"
    return Topic(
        name=f"session:{key}",
        group=f"session.{session_id}",
        heads=lambda: (get_session(principal, session_id), list_queue_heads(principal, queue_key))[1],
    )
