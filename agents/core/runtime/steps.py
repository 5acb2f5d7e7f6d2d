"""The steps of a run as people read them, folded from its journal. The page, the API and the inspector show the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.core.runtime.events import Event, EventType


@dataclass(slots=True)
class Step:
    """One passage through the door.

    ``status``: running, waiting, finished, failed, cancelled. ``duration_s`` is the time of the effect itself in seconds;
    ``cost_microusd`` is ``None`` where no price is known.
    """

    path: str
    kind: str = ""
    effect: str = ""
    status: str = "running"
    request: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    error: dict[str, Any] | None = None
    partial: str = ""
    attempt: int = 0
    edited: bool = False
    decision: dict[str, Any] | None = None
    title: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_microusd: int | None = 0
    lost_microusd: int = 0

    @property
    def name(self) -> str:
        """The last part of the path without its count: ``model``, ``tool``, ``commit``."""
        parts = self.path.split("/")
        return parts[-2] if len(parts) > 1 else self.path

    @property
    def depth(self) -> int:
        return self.path.count("/") // 2


def fold_steps(events: Iterable[Event]) -> list[Step]:
    """Steps in the order in which they first appear."""
    steps: dict[str, Step] = {}
    for event in events:
        if not event.path or event.type not in _FOLD:
            continue
        step = steps.get(event.path)
        if step is None:
            step = steps[event.path] = Step(event.path, started_at=event.at)
        payload = event.payload
        # A card's own kind (approval, question, outcome) is not the step's.
        step.kind = payload.get("step_kind") or step.kind or payload.get("kind", "")
        step.effect = payload.get("effect", step.effect)
        step.request = payload.get("request", step.request)
        _FOLD[event.type](step, event)
    return list(steps.values())


def _started(step: Step, event: Event) -> None:
    step.status, step.attempt, step.started_at = "running", event.payload["attempt"], event.at
    step.lost_microusd += event.payload.get("lost_microusd", 0)


def _finished(step: Step, event: Event) -> None:
    step.status, step.result = "finished", event.payload["result"]
    step.edited = event.payload.get("edited", False)
    _ended(step, event)


def _failed(step: Step, event: Event) -> None:
    step.status, step.error = "failed", event.payload["error"]
    step.partial = event.payload.get("partial", "")
    _ended(step, event)


def _cancelled(step: Step, event: Event) -> None:
    step.status, step.partial = "cancelled", event.payload.get("partial", "")
    step.ended_at = event.at


def _waiting(step: Step, event: Event) -> None:
    step.status, step.title, step.decision = "waiting", event.payload["title"], None
    if not step.request:
        step.request = {"tool": event.payload["tool"], "arguments": event.payload["arguments"]}


def _decided(step: Step, event: Event) -> None:
    step.status, step.decision = "running", event.payload


def _ended(step: Step, event: Event) -> None:
    usage = event.payload.get("usage", {})
    step.ended_at, step.duration_s = event.at, event.payload.get("duration_s", 0.0)
    step.input_tokens = usage.get("input_tokens", 0)
    step.output_tokens = usage.get("output_tokens", 0)
    step.cost_microusd = usage.get("cost_microusd") if usage else 0


_FOLD = {
    EventType.STEP_STARTED: _started,
    EventType.STEP_FINISHED: _finished,
    EventType.STEP_FAILED: _failed,
    EventType.STEP_CANCELLED: _cancelled,
    EventType.APPROVAL_REQUESTED: _waiting,
    EventType.QUESTION_ASKED: _waiting,
    EventType.OUTCOME_UNKNOWN: _waiting,
    EventType.APPROVAL_DECIDED: _decided,
    EventType.QUESTION_ANSWERED: _decided,
    EventType.OUTCOME_DECIDED: _decided,
}
