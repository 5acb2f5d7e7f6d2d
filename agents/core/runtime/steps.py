"""The steps of a run as people read them, folded from its journal. The page, the API and the inspector show the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.core.runtime.events import Event, EventType


@dataclass(slots=True)
class Step:
    """One passage through the door.

    ``status``: running, waiting, finished, failed, cancelled. ``duration_s`` is the time of the effect itself in seconds;
    ``cost_microusd`` is ``None`` where no price is known. ``policy`` is what permission decided and why, ``card`` what a person
    was asked, ``arguments`` what a person put in place of the request's. ``kept``: the step was done by the run that this one
    was forked from, and stands here as its record. ``first_seq`` to ``last_seq`` are the step's first and newest event.
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
    agent: str = ""
    digest: str = ""
    policy: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] | None = None
    asked_at: datetime | None = None
    decided_at: datetime | None = None
    votes: list[dict[str, Any]] = field(default_factory=list)
    arguments: dict[str, Any] | None = None
    reserved_microusd: int = 0
    kept: bool = False
    first_seq: int = 0
    last_seq: int = 0
    begun_at: datetime | None = None  # of the first attempt; None: nothing was sent

    @property
    def name(self) -> str:
        """The last part of the path without its count: ``model``, ``tool``, ``commit``."""
        parts = self.path.split("/")
        return parts[-2] if len(parts) > 1 else self.path

    @property
    def depth(self) -> int:
        return self.path.count("/") // 2

    @property
    def total_microusd(self) -> int | None:
        """Of all attempts; ``None`` where the price of the one that ended is unknown."""
        return None if self.cost_microusd is None else self.cost_microusd + self.lost_microusd


def fold_steps(events: Iterable[Event]) -> list[Step]:
    """Steps in the order in which they first appear."""
    steps: dict[str, Step] = {}
    kept = False
    for event in events:
        if event.type is EventType.RUN_QUEUED:
            kept = "forked_from" in event.payload
        elif event.type is EventType.RUN_STARTED:
            kept = False
        apply = _FOLD.get(event.type)
        if not event.path or apply is None:
            continue
        step = steps.get(event.path)
        if step is None:
            step = steps[event.path] = Step(event.path, started_at=event.at, first_seq=event.seq, kept=kept)
        payload = event.payload
        step.kind = _kind(step, event)
        step.effect = payload.get("effect", step.effect)
        step.request = payload.get("request", step.request)
        step.digest = payload.get("digest", step.digest)
        step.agent = payload.get("agent") or step.agent
        step.policy = payload.get("policy") or step.policy
        step.last_seq = event.seq
        apply(step, event)
    return list(steps.values())


def _kind(step: Step, event: Event) -> str:
    """A card's own kind (approval, question, outcome, budget) is not the step's."""
    return event.payload.get("step_kind") or step.kind or str(event.payload.get("kind", ""))


def _started(step: Step, event: Event) -> None:
    payload = event.payload
    step.status, step.attempt, step.started_at = "running", payload["attempt"], event.at
    step.begun_at = step.begun_at or event.at
    step.lost_microusd += payload.get("lost_microusd", 0)
    step.reserved_microusd = payload.get("reserved_microusd", 0)
    step.arguments = payload.get("arguments", step.arguments)
    step.ended_at, step.error = None, None


def _finished(step: Step, event: Event) -> None:
    step.status, step.result = "finished", event.payload["result"]
    step.edited = event.payload.get("edited", False)
    _ended(step, event)


def _failed(step: Step, event: Event) -> None:
    step.status, step.error = "failed", event.payload["error"]
    step.partial = event.payload.get("partial", "")
    step.lost_microusd += event.payload.get("lost_microusd", 0)
    _ended(step, event)


def _cancelled(step: Step, event: Event) -> None:
    step.status, step.partial = "cancelled", event.payload.get("partial", "")
    step.ended_at = event.at


def _waiting(step: Step, event: Event) -> None:
    payload = event.payload
    step.status, step.title, step.decision = "waiting", payload["title"], None
    step.card, step.asked_at, step.decided_at, step.votes = payload, event.at, None, []
    if not step.request:
        step.request = {"tool": payload["tool"], "arguments": payload["arguments"]}


def _decided(step: Step, event: Event) -> None:
    step.status, step.decision, step.decided_at = "running", event.payload, event.at
    if event.payload.get("decision") == "edit":
        step.arguments = event.payload.get("arguments", step.arguments)


def _voted(step: Step, event: Event) -> None:
    step.votes = [*step.votes, {**event.payload, "at": event.at}]


def _told(step: Step, event: Event) -> None:
    """A warning or a delegation changes nothing of the step itself."""


def _ended(step: Step, event: Event) -> None:
    usage = event.payload.get("usage", {})
    step.ended_at, step.duration_s = event.at, event.payload.get("duration_s", 0.0)
    step.input_tokens = usage.get("input_tokens", 0)
    step.output_tokens = usage.get("output_tokens", 0)
    step.cost_microusd = usage.get("cost_microusd") if usage else 0
    step.reserved_microusd = 0


_FOLD: dict[EventType, Callable[[Step, Event], None]] = {
    EventType.STEP_STARTED: _started,
    EventType.STEP_FINISHED: _finished,
    EventType.STEP_FAILED: _failed,
    EventType.STEP_CANCELLED: _cancelled,
    EventType.APPROVAL_REQUESTED: _waiting,
    EventType.QUESTION_ASKED: _waiting,
    EventType.OUTCOME_UNKNOWN: _waiting,
    EventType.BUDGET_REACHED: _waiting,
    EventType.APPROVAL_DECIDED: _decided,
    EventType.QUESTION_ANSWERED: _decided,
    EventType.OUTCOME_DECIDED: _decided,
    EventType.BUDGET_DECIDED: _decided,
    EventType.APPROVAL_VOTED: _voted,
    EventType.APPROVAL_DELEGATED: _told,
}
