"""The live topics ``talk:<session id>`` (a conversation has a new message or another who answers) and ``live`` (the list of
conversations that wait for a person). They carry hints: what is on the page comes from the server's partials."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from agents.services.topics import Topic, parse_id
from journeys.models import Session, live_group, talk_group
from journeys.services.hand_over import get_conversation, list_conversations
from journeys.services.sessions import get_session
from trust.core.errors import NotFound
from trust.core.principal import Principal


def open_talk_topic(principal: Principal, key: str) -> Topic:
    """For the session's owner, auditors, and whoever may take it over. Raises ``NotFound`` for everybody else."""
    session_id = parse_id(key)

    def state() -> dict[str, Any]:
        session = _readable(principal, key)
        stamp = {"handling": session.handling, "operator": session.operator_label, "status": session.status}
        return {"type": "talk", "session": key, "seq": session.next_seq - 1, "pathway": session.state["pathway"], **stamp}

    state()
    return Topic(name=f"talk:{key}", group=talk_group(session_id), read_state=state)


def open_live_topic(principal: Principal, key: str) -> Topic:
    if key:
        raise NotFound(f"The topic 'live' has no part named {key!r}.")

    def state() -> dict[str, Any]:
        rows = list_conversations(principal)
        seen = ";".join(f"{row.id}:{row.handling}:{row.operator}:{row.next_seq}" for row in rows)
        return {"type": "live", "waiting": sum(row.handling == "waiting" for row in rows), "stamp": crc32(seen.encode())}

    return Topic(name="live", group=live_group(principal.organization_id), read_state=state)


def _readable(principal: Principal, key: str) -> Session:
    session_id = parse_id(key)
    try:
        return get_session(principal, session_id)
    except NotFound:
        return get_conversation(principal, session_id)
