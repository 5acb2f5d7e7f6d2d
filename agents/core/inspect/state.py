"""Where a run stands, folded from its journal: its status at any event. A run's row says the same of the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.core.runtime.events import Event, EventType


@dataclass(slots=True)
class State:
    """``since`` is when the status began; ``worker`` is the last that had the run. Progress is the newest that was reported."""

    status: str = "queued"
    since: datetime | None = None
    waiting_on: dict[str, Any] | None = None
    worker: str = ""
    attempt: int = 0
    warned_percent: int = 0
    progress: dict[str, Any] | None = None
    began_at: datetime | None = None
    started_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """From the first start to the last event; ``None`` before the start."""
        if self.started_at is None or self.last_at is None:
            return None
        return (self.last_at - self.started_at).total_seconds()


def fold_state(events: Iterable[Event]) -> State:
    state = State()
    for event in events:
        state.began_at = state.began_at or event.at
        state.last_at = event.at
        status = _STATUS.get(event.type)
        if status is not None:
            state.status, state.since = status, event.at
            state.waiting_on = event.payload if status == "waiting" else None
        if event.type is EventType.RUN_STARTED:
            state.worker = str(event.payload.get("worker", ""))
            state.attempt += 1
            state.started_at = state.started_at or event.at
        elif event.type is EventType.BUDGET_WARNED:
            state.warned_percent = int(event.payload.get("percent", 0))
        elif event.type is EventType.STEP_STARTED and event.payload.get("kind") == "progress":
            state.progress = event.payload.get("request")
    return state


_STATUS = {
    EventType.RUN_QUEUED: "queued",
    EventType.RUN_RESUMED: "queued",
    EventType.RUN_STARTED: "running",
    EventType.RUN_WAITING: "waiting",
    EventType.RUN_SUCCEEDED: "succeeded",
    EventType.RUN_FAILED: "failed",
    EventType.RUN_CANCELLED: "cancelled",
    EventType.RUN_EXPIRED: "expired",
}
