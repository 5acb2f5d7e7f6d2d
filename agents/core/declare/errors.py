"""How a plain call of an agent can end without outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AgentFailed(Exception):
    """The run failed. ``code`` is the stable name of the reason, ``details`` what is known beside it."""

    def __init__(self, agent: str, error: Mapping[str, Any]):
        super().__init__(f"agent {agent}: {error.get('message', 'the run was cut off')}")
        self.code = str(error.get("code", "interrupted"))
        self.details = dict(error.get("details", {}))


class AgentWaiting(Exception):
    """The run waits for a person, whom a plain call cannot ask: run it in a session or publish it."""

    def __init__(self, agent: str, waiting_on: Mapping[str, Any]):
        what = waiting_on.get("title") or waiting_on.get("tool") or "a decision"
        super().__init__(f"agent {agent} waits for a person: {what}. Run it in a journey's session or publish it")
        self.waiting_on = dict(waiting_on)
