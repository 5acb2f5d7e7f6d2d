"""The journal's vocabulary: every event type with the version of its payload, and the event itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """Past-tense facts of a run. A new meaning is a new type or a higher payload version, never a changed one."""

    RUN_QUEUED = "run.queued"
    RUN_STARTED = "run.started"  # one per claim: worker, attempt
    RUN_WAITING = "run.waiting"
    RUN_RESUMED = "run.resumed"
    RUN_SUCCEEDED = "run.succeeded"
    RUN_FAILED = "run.failed"
    RUN_CANCELLED = "run.cancelled"
    RUN_EXPIRED = "run.expired"
    RUN_ERASED = "run.erased"  # the events before it were removed for the sake of a person's data
    CANCEL_REQUESTED = "cancel.requested"
    STEP_STARTED = "step.started"
    STEP_FINISHED = "step.finished"
    STEP_FAILED = "step.failed"
    STEP_CANCELLED = "step.cancelled"
    APPROVAL_REQUESTED = "approval.requested"
    APPROVAL_DECIDED = "approval.decided"
    APPROVAL_VOTED = "approval.voted"  # one of several people who must approve
    APPROVAL_DELEGATED = "approval.delegated"
    QUESTION_ASKED = "question.asked"
    QUESTION_ANSWERED = "question.answered"
    OUTCOME_UNKNOWN = "outcome.unknown"
    OUTCOME_DECIDED = "outcome.decided"
    BUDGET_REACHED = "budget.reached"  # the step does not fit; the run waits for "raise" or "stop"
    BUDGET_DECIDED = "budget.decided"
    BUDGET_WARNED = "budget.warned"  # 50, 80 or 100 percent of a limit are used
    CHILD_ENDED = "child.ended"
    PROGRESS_REPORTED = "progress.reported"


PAYLOAD_VERSION = 1  # of every type above; a higher version of one type is listed in agents.core.runtime.upgrade


@dataclass(frozen=True, slots=True)
class Money:
    """What an event changes on its run's account, in the transaction that records it.

    ``reserve_*`` and ``calls`` are checked against the limits of the run and of every account above it; ``release_*`` gives a
    reservation back; ``spend_microusd`` and the tokens are added to the bill.
    """

    reserve_microusd: int = 0
    release_microusd: int = 0
    spend_microusd: int = 0
    reserve_tokens: int = 0
    release_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    cost_unknown: bool = False


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is not in the journal yet."""

    type: EventType
    path: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    money: Money | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the journal: ``seq`` counts 1, 2, 3 ... within its run without a gap; ``at`` is aware UTC."""

    seq: int
    type: EventType
    path: str
    payload: dict[str, Any]
    version: int
    at: datetime
