"""The changes a worker makes to its runs, each under the run's fence: claim, append, local work, end, renew."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Subquery

from agents.adapters.bell import ring_approvals, ring_run
from agents.adapters.crash import probe
from agents.adapters.endings import record_endings
from agents.adapters.local_work import do_local_work
from agents.adapters.projection import project
from agents.adapters.rows import EventRow, id_of, time_value, update_run, update_statement
from agents.adapters.writer import FAULTS, Transaction
from agents.core.runtime.errors import BudgetExceeded, LeaseLost
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.ports import LocalWork
from agents.models.approval import Approval, ApprovalStatus
from agents.models.run import Run, RunEvent, RunStatus

DECISIONS = (EventType.APPROVAL_DECIDED, EventType.QUESTION_ANSWERED, EventType.OUTCOME_DECIDED)
# What a worker needs of the row; the rest is loaded by nobody here.
CLAIMED = (
    "id, organization_id, kind, spec_digest, inputs, topics, queue_key, attempt, crashes, fence, last_seq,"
    " cancel_requested_at, forked_from_id"
)
MINE = "fence = %s AND status = 'running'"
FREE = """(status = 'queued' OR (status = 'running' AND lease_until < %s)) AND (queue_key = '' OR NOT EXISTS (
    SELECT 1 FROM agents_run earlier WHERE earlier.queue_key = agents_run.queue_key
    AND earlier.queue_pos < agents_run.queue_pos AND earlier.status IN ('queued', 'running', 'waiting')))"""


@dataclass(frozen=True, slots=True)
class RunKey:
    """A claimed run as its writes name it."""

    id: UUID
    fence: int
    organization_id: UUID
    topics: tuple[str, ...] = ()


@dataclass
class ClaimRun:
    """Takes a free run for ``owner``; the result is the run and what ``prepare`` makes of it, or ``None`` when it is not to
    be had. ``prepare`` reads what little every run needs, where the row is in hand anyway; its error is a result, too: the
    run is taken all the same, and its worker says how that ends."""

    run_id: UUID
    owner: str
    lease_s: float
    prepare: Callable[[Run], Any]

    def apply(self, tx: Transaction) -> tuple[Run, Any] | None:
        sets = {
            "status": RunStatus.RUNNING.value,
            "lease_owner": self.owner,
            "lease_until": tx.now + timedelta(seconds=self.lease_s),
            "fence": ("fence + 1",),
            "attempt": ("attempt + 1",),
            "crashes": ("crashes + CASE WHEN status = 'running' THEN 1 ELSE 0 END",),
            "started_at": ("COALESCE(started_at, %s)", time_value(tx.now)),
            "waiting_on": None,
        }
        statement = update_statement(self.run_id, sets, FREE, [time_value(tx.now)], 1, returning=CLAIMED)
        run = next(iter(Run.objects.raw(*statement)), None)
        if run is None:
            return None
        tx.rows.append(EventRow(self.run_id, run.last_seq, NewEvent(EventType.RUN_STARTED, "", {"worker": self.owner}), tx.now))
        probe("claim.before_commit")
        tx.after_commit.append(lambda: probe("claim.after_commit"))
        try:
            return run, self.prepare(run)
        except FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a spec of another time may raise
            return run, error


@dataclass
class AppendEvents:
    key: RunKey
    events: Sequence[NewEvent]

    def apply(self, tx: Transaction) -> None:
        self.append(tx, {})

    def append(self, tx: Transaction, sets: dict[str, Any]) -> int:
        where, params, money = self._money()
        seq = update_run(self.key.id, {**money, **sets}, where, params, len(self.events))
        if seq is None:
            raise self._refusal()
        for n, event in enumerate(self.events, seq - len(self.events) + 1):
            tx.rows.append(EventRow(self.key.id, n, event, tx.now))
            if project(self.key.organization_id, self.key.id, event, tx.now):
                tx.after_commit.append(lambda: ring_approvals(self.key.organization_id))
        record_endings(self.key.id, self.events)
        tx.after_commit.append(lambda: ring_run(self.key.id, seq, self.key.topics))
        return seq

    def _money(self) -> tuple[str, list[Any], dict[str, Any]]:
        moved = [e.money for e in self.events if e.money]
        if not moved:
            return MINE, [self.key.fence], {}
        reserve = sum(m.reserve_microusd for m in moved)
        held = reserve - sum(m.release_microusd for m in moved)
        spend = sum(m.spend_microusd for m in moved)
        sets: dict[str, Any] = {
            "reserved_microusd": ("reserved_microusd + %s", held),
            "spent_microusd": ("spent_microusd + %s", spend),
            "input_tokens": ("input_tokens + %s", sum(m.input_tokens for m in moved)),
            "output_tokens": ("output_tokens + %s", sum(m.output_tokens for m in moved)),
        }
        if any(m.cost_unknown for m in moved):
            sets["cost_unknown"] = True
        if not reserve:
            return MINE, [self.key.fence], sets
        limit = "(budget_microusd IS NULL OR spent_microusd + reserved_microusd + %s <= budget_microusd)"
        return f"{MINE} AND {limit}", [self.key.fence, held + spend], sets

    def _refusal(self) -> Exception:
        run = Run.objects.filter(pk=self.key.id, fence=self.key.fence, status=RunStatus.RUNNING).first()
        if run is None or run.budget_microusd is None:
            return LeaseLost(f"run {self.key.id} has been taken over")
        return BudgetExceeded(
            f"the next model call does not fit the run's budget: {run.spent_microusd} micro-dollars are spent and"
            f" {run.reserved_microusd} reserved of {run.budget_microusd}"
        )


@dataclass
class AppendLocal:
    """Local work and the event that records its result: both or neither. ``before`` are outcomes, written either way."""

    key: RunKey
    work: LocalWork
    finished: Callable[[Any], NewEvent]
    before: Sequence[NewEvent] = ()

    def apply(self, tx: Transaction) -> tuple[Any, NewEvent]:
        if self.before:
            AppendEvents(self.key, self.before).apply(tx)
        tx.flush()
        with transaction.atomic():
            calls: list[Callable[[], None]] = []
            # JSON there and back: what is recorded is what the run sees, now and in every replay.
            result = json.loads(json.dumps(do_local_work(self.work, str(self.key.id), calls.append)))
            event = self.finished(result)
            AppendEvents(self.key, [event]).apply(tx)
            tx.flush()
            probe("local.inside_transaction")
        tx.after_commit += calls
        return result, event


@dataclass
class EndRun:
    """The last events of this attempt and the state they lead to; the result is the next run of the same queue, if any."""

    key: RunKey
    status: RunStatus
    events: list[NewEvent]
    output: Any = None
    error: dict[str, Any] | None = None
    waiting_on: dict[str, Any] | None = None
    queue_key: str = ""

    def apply(self, tx: Transaction) -> UUID | None:
        status = self.status
        if status is RunStatus.WAITING and self._is_called_back():
            status = RunStatus.QUEUED
        ended = status not in (RunStatus.WAITING, RunStatus.QUEUED)
        sets: dict[str, Any] = {
            "status": status.value,
            "lease_owner": "",
            "lease_until": None,
            "waiting_on": self.waiting_on if status is RunStatus.WAITING else None,
        }
        if ended:
            # A reservation that no step gave back belongs to a call that was cut off: it may have been charged.
            sets |= {
                "finished_at": tx.now,
                "output": self.output,
                "error": self.error,
                "spent_microusd": ("spent_microusd + reserved_microusd",),
                "reserved_microusd": 0,
            }
        AppendEvents(self.key, self.events).append(tx, sets)
        if ended and status is not RunStatus.SUCCEEDED:
            self._withdraw_questions(tx)
        name = "wait" if self.status is RunStatus.WAITING else "finish"
        probe(f"{name}.before_commit")
        tx.after_commit.append(lambda: probe(f"{name}.after_commit"))
        if status is RunStatus.QUEUED:
            return self.key.id
        return next_in_queue(self.queue_key) if ended else None

    def _is_called_back(self) -> bool:
        """A decision that this attempt has not seen, or a wish to stop, came before this moment: go on instead of waiting.

        The row is locked first: whoever decides or cancels right now has committed by then, or finds the run waiting.
        """
        run = Run.objects.select_for_update().filter(pk=self.key.id, fence=self.key.fence).only("cancel_requested_at").first()
        if run is None:
            return False  # the lease is lost, and the append says so
        events = RunEvent.objects.filter(run_id=self.key.id)
        claimed = events.filter(type=EventType.RUN_STARTED).order_by("-seq").values("seq")[:1]
        return run.cancel_requested_at is not None or events.filter(type__in=DECISIONS, seq__gt=Subquery(claimed)).exists()

    def _withdraw_questions(self, tx: Transaction) -> None:
        """Nobody waits for an answer any more."""
        pending = Approval.objects.filter(run_id=self.key.id, status=ApprovalStatus.PENDING)
        if pending.update(status=ApprovalStatus.WITHDRAWN, decided_at=tx.now):
            tx.after_commit.append(lambda: ring_approvals(self.key.organization_id))


def next_in_queue(queue_key: str) -> UUID | None:
    if not queue_key:
        return None
    queued = Run.objects.filter(queue_key=queue_key, status=RunStatus.QUEUED).order_by("queue_pos")
    return queued.values_list("pk", flat=True).first()


@dataclass
class RenewLeases:
    """Extends the leases of ``owner``; the result is the runs among ``held`` (id to fence) whose lease is lost."""

    owner: str
    held: dict[UUID, int]
    lease_s: float

    def apply(self, tx: Transaction) -> list[UUID]:
        until = time_value(tx.now + timedelta(seconds=self.lease_s))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE agents_run SET lease_until = %s WHERE lease_owner = %s AND status = 'running' RETURNING id, fence",
                [until, self.owner],
            )
            kept = {(id_of(run_id), fence) for run_id, fence in cursor.fetchall()}
        return [run_id for run_id, fence in self.held.items() if (run_id, fence) not in kept]
