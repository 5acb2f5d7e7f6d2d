"""What the journal says of each step of a run: the index that replay reads. Folds events; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from agents.core.runtime.events import Event, EventType, NewEvent


@dataclass(slots=True)
class StepRecord:
    """All that is recorded of one path. ``ended`` is ``""`` while the step has no result."""

    path: str
    digest: str = ""
    ended: str = ""  # finished, failed
    result: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0
    reserved_microusd: int = 0
    decision: dict[str, Any] | None = None
    asked: bool = False
    unknown: bool = False
    outcome: dict[str, Any] | None = None


class Record:
    """Steps by path, from the journal's events and from those appended since."""

    def __init__(self, events: Iterable[Event | NewEvent] = ()):
        self._steps: dict[str, StepRecord] = {}
        for event in events:
            self.add(event)

    def get(self, path: str) -> StepRecord | None:
        return self._steps.get(path)

    def add(self, event: Event | NewEvent) -> None:
        if event.path:
            apply = _FOLD.get(event.type)
            if apply:
                apply(self._steps.setdefault(event.path, StepRecord(event.path)), event.payload)


def _started(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.attempts = payload["attempt"]
    step.reserved_microusd = payload.get("reserved_microusd", 0)
    step.unknown, step.outcome = False, None
    step.ended = ""


def _finished(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.ended, step.result, step.reserved_microusd = "finished", payload["result"], 0


def _failed(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.ended, step.error, step.reserved_microusd = "failed", payload["error"], 0


def _asked(step: StepRecord, payload: dict[str, Any]) -> None:
    step.digest = payload["digest"]
    step.asked, step.decision = True, None


def _decided(step: StepRecord, payload: dict[str, Any]) -> None:
    step.decision = payload


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
    EventType.OUTCOME_UNKNOWN: _unknown,
    EventType.OUTCOME_DECIDED: _outcome_decided,
}
