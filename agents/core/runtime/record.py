"""What the journal says of each step of a run: the index that replay reads. Folds events; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.core.runtime.events import Event, EventType, NewEvent


@dataclass(slots=True)
class StepRecord:
    """All that is recorded of one path. ``ended`` is ``""`` while the step has no result."""

    path: str
    digest: str = ""
    effect: str = ""
    key: str = ""  # see StepCall.key
    ended: str = ""  # finished, failed
    result: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0
    reserved_microusd: int = 0
    reserved_tokens: int = 0
    reserved_calls: int = 0  # of a child run
    spent_microusd: int = 0  # of all attempts
    used_tokens: int = 0
    calls: int = 0
    budget: dict[str, Any] | None = None  # the decision on the limit that this step met
    budget_asked: bool = False
    decision: dict[str, Any] | None = None
    asked: bool = False
    unknown: bool = False
    outcome: dict[str, Any] | None = None


class Record:
    """Steps by path, from the journal's events and from those appended since."""

    def __init__(self, events: Iterable[Event | NewEvent] = ()):
        self._steps: dict[str, StepRecord] = {}
        self.active_s = 0.0  # working time of earlier attempts, without waiting
        self._since: datetime | None = None
        self._last: datetime | None = None
        self.raised: dict[str, float] = {}  # account:measure -> by how much people raised a limit within this run
        for event in events:
            self._count_time(event)
            self.add(event)

    def get(self, path: str) -> StepRecord | None:
        return self._steps.get(path)

    def used(self, scope: str) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """Micro-dollars, tokens and model calls of all steps and child runs below ``scope``: each as (used, held by what is
        under way)."""
        below = [step for path, step in self._steps.items() if path.startswith(f"{scope}/")]
        return (
            (sum(s.spent_microusd for s in below), sum(s.reserved_microusd for s in below)),
            (sum(s.used_tokens for s in below), sum(s.reserved_tokens for s in below)),
            (sum(s.calls for s in below), sum(s.reserved_calls for s in below)),
        )

    def _count_time(self, event: Event | NewEvent) -> None:
        """An attempt lasts from its claim to its wait, or to the last that was heard of it before the next claim."""
        at = getattr(event, "at", None)
        if at is None:
            return
        if event.type is EventType.RUN_STARTED:
            if self._since and self._last:
                self.active_s += (self._last - self._since).total_seconds()
            self._since = at
        elif event.type is EventType.RUN_WAITING and self._since:
            self.active_s += (at - self._since).total_seconds()
            self._since = None
        self._last = at

    def add(self, event: Event | NewEvent) -> None:
        if event.path:
            apply = _FOLD.get(event.type)
            if apply:
                apply(self._steps.setdefault(event.path, StepRecord(event.path)), event.payload)
            self._hold_for_children(event)
            if event.type is EventType.BUDGET_DECIDED and event.payload["decision"] == "raise":
                key = f"{event.payload['account']}:{event.payload['measure']}"
                self.raised[key] = self.raised.get(key, 0) + event.payload["raise_by"]

    def _hold_for_children(self, event: Event | NewEvent) -> None:
        """What a child run may use is held from its start to its end; both are recorded of different steps."""
        if event.type is EventType.CHILD_ENDED:
            start = self._steps.get(event.path.removesuffix("/await/0") + "/start/0")
            if start:
                start.reserved_microusd = start.reserved_tokens = start.reserved_calls = 0
        elif event.type is EventType.STEP_FINISHED and event.path.endswith("/start/0"):
            left = event.payload["result"].get("left") if isinstance(event.payload["result"], dict) else None
            ended = self._steps.get(event.path.removesuffix("/start/0") + "/await/0")
            if isinstance(left, dict) and not (ended and ended.decision):
                start = self._steps[event.path]
                start.reserved_microusd, start.reserved_tokens = left.get("microusd") or 0, left.get("tokens") or 0
                start.reserved_calls = left.get("calls") or 0


def _started(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.attempts = payload["attempt"]
    step.effect, step.key = payload.get("effect", ""), payload.get("key", "")
    step.reserved_microusd = payload.get("reserved_microusd", 0)
    step.reserved_tokens = payload.get("reserved_tokens", 0)
    step.spent_microusd += payload.get("lost_microusd", 0)
    step.calls += payload.get("kind") == "model"
    step.unknown, step.outcome = False, None
    step.ended = ""


def _finished(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.ended, step.result = "finished", payload["result"]
    _settled(step, payload)


def _failed(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.ended, step.error = "failed", payload["error"]
    _settled(step, payload)


def _settled(step: StepRecord, payload: dict[str, Any]) -> None:
    usage = payload.get("usage", {})
    step.reserved_microusd = step.reserved_tokens = 0
    step.spent_microusd += (usage.get("cost_microusd") or 0) + payload.get("lost_microusd", 0)
    step.used_tokens += usage.get("input_tokens", 0) + usage.get("output_tokens", 0)


def _limit_met(step: StepRecord, payload: dict[str, Any]) -> None:
    step.budget_asked, step.budget = True, None


def _limit_decided(step: StepRecord, payload: dict[str, Any]) -> None:
    step.budget_asked, step.budget = False, payload


def _asked(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.asked, step.decision = True, None


def _decided(step: StepRecord, payload: dict[str, Any]) -> None:
    step.decision = payload


def _child_ended(step: StepRecord, payload: dict[str, Any]) -> None:
    step.decision = payload
    step.spent_microusd, step.used_tokens = payload.get("spent_microusd", 0), payload.get("tokens", 0)
    step.calls = payload.get("calls", 0)


def _unknown(step: StepRecord, payload: dict[str, Any]) -> None:
    step.unknown, step.outcome = True, None


def _outcome_decided(step: StepRecord, payload: dict[str, Any]) -> None:
    step.outcome = payload


_FOLD = {
    EventType.STEP_STARTED: _started,
    EventType.STEP_FINISHED: _finished,
    EventType.STEP_FAILED: _failed,
    EventType.APPROVAL_REQUESTED: _asked,
    EventType.QUESTION_ASKED: _asked,
    EventType.APPROVAL_DECIDED: _decided,
    EventType.QUESTION_ANSWERED: _decided,
    EventType.CHILD_ENDED: _child_ended,
    EventType.BUDGET_REACHED: _limit_met,
    EventType.BUDGET_DECIDED: _limit_decided,
    EventType.OUTCOME_UNKNOWN: _unknown,
    EventType.OUTCOME_DECIDED: _outcome_decided,
}
