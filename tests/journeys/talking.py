"""Sessions on the database, driven by the real engine and the scripted or demo model."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from agents.models import Run
from agents.services.definitions import create_definition, publish_version
from agents.services.execution import get_engine
from journeys.models import Message
from journeys.services.sessions import post_message
from trust.core.principal import Principal

_TEXT = {"kind": "str"}


def talk_draft(**changes: Any) -> dict[str, Any]:
    """A journey of one pathway whose agent asks the scripted model and notes a topic."""
    agent = {
        "kind": "agent",
        "name": "Talker",
        "model": {"provider": "scripted"},
        "signature": {
            "kind": "signature",
            "name": "Talk",
            "inputs": [{"name": "message", "type": _TEXT}, {"name": "history", "type": _TEXT}],
            "outputs": [
                {"name": "response", "type": _TEXT},
                {"name": "topic", "type": {"kind": "optional", "of": _TEXT}, "required": False, "default": None},
            ],
        },
    }
    draft = {
        "kind": "journey",
        "name": "Talk",
        "entry": "talk",
        "greeting": "Hello.",
        "agents": {"talker": agent},
        "pathways": [
            {
                "id": "talk",
                "agents": ["talker"],
                "accumulate": ["topic"],
                "merge": {"topic": "append"},
                "suggestions": ["Hi"],
            }
        ],
    }
    return {**draft, **changes}


def publish_talk(principal: Principal, **changes: Any) -> str:
    create_definition(principal, "journey", "talk", talk_draft(**changes))
    publish_version(principal, "journey", "talk")
    return "talk"


def say(principal: Principal, session_id: UUID, text: str, client_id: str = "") -> Message:
    client_id = client_id or f"{text}-{time.monotonic_ns()}"
    return post_message(principal=principal, session_id=session_id, client_id=client_id, text=text)


def run_of(message: Message) -> Run:
    """The run that answers ``message`` now."""
    message.refresh_from_db()
    assert message.run_id is not None
    return Run.objects.get(pk=message.run_id)


def until(run: Run, *statuses: str, within_s: float = 15.0) -> Run:
    """Offers the run to the engine and waits for one of ``statuses``."""
    get_engine().offer(run.id)
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if run.status in statuses:
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is {run.status}, not {statuses}: {run.error}")
