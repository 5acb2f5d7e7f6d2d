"""The changes a worker makes to its runs, each under the run's fence: claim, append, local work, end, renew."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Subquery

from agents.adapters.accounts import Moved, move, refuse, run_warnings, sum_of
from agents.adapters.bell import ring_approvals, ring_run
from agents.adapters.children import AT_RISK, at_risk, tell_parent
from agents.adapters.crash import probe
from agents.adapters.endings import record_endings
from agents.adapters.local_work import do_local_work
from agents.adapters.projection import project
from agents.adapters.rows import EventRow, ModelCallRow, id_of, model_call_row, time_value, update_run, update_statement
from agents.adapters.writer import FAULTS, Transaction, Undone
from agents.core.runtime.errors import BudgetExceeded, LeaseLost
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.ports import LocalWork
from agents.models.approval import Approval, ApprovalStatus
from agents.models.run import Run, RunEvent, RunStatus

DECISIONS = (
    EventType.APPROVAL_DECIDED,
    EventType.QUESTION_ANSWERED,
    EventType.OUTCOME_DECIDED,
    EventType.BUDGET_DECIDED,
    EventType.CHILD_ENDED,
)
# What a worker needs of the row; the rest is loaded by nobody here.
WANTED = {
    *("id", "organization_id", "kind", "title", "spec_digest", "version_id", "inputs", "created_by", "queue_key", "topics"),
    *("attempt", "crashes", "fence", "last_seq", "cancel_requested_at", "stop", "forked_from_id", "parent_id", "outer_layers"),
    *("budget_microusd", "budget_tokens", "budget_calls"),
}
CLAIMED = tuple(f.attname for f in Run._meta.concrete_fields if f.attname in WANTED)
JSON_COLUMNS = {"inputs", "topics", "stop", "outer_layers"}
UUID_COLUMNS = {"id", "organization_id", "forked_from_id", "parent_id"}
# Most organizations have neither: then nothing more is read of them.
HAS = (
    "EXISTS (SELECT 1 FROM agents_budget b WHERE b.organization_id = agents_run.organization_id),"
    " EXISTS (SELECT 1 FROM agents_permissionrulerow r WHERE r.organization_id = agents_run.organization_id"
    " AND r.withdrawn_at IS NULL)"
)
OUTCOMES = (EventType.STEP_FINISHED, EventType.STEP_FAILED)
ROOM = (
    "(budget_microusd IS NULL OR spent_microusd + reserved_microusd + %s <= budget_microusd)"
    " AND (budget_tokens IS NULL OR input_tokens + output_tokens + reserved_tokens + %s <= budget_tokens)"
    " AND (budget_calls IS NULL OR calls + %s <= budget_calls)"
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
    accounts: tuple[UUID, ...] = ()
    limited: bool = False  # whether the run has a limit of its own
    journey: str = ""
    parent: UUID | None = None


def closed(key: RunKey, moved_microusd: int = 0) -> dict[str, Any]:
    """The end of a run's own account: what its calls hold is spent; what it set aside for children is given back."""
    held = AT_RISK if key.limited else "reserved_microusd"  # only limited runs set anything aside
    return {
        "spent_microusd": (f"spent_microusd + {held} + %s", moved_microusd),
        "reserved_microusd": 0,
        "reserved_tokens": 0,
    }


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
        returning = f"{', '.join(CLAIMED)}, {HAS}"
        with connection.cursor() as cursor:
            cursor.execute(*update_statement(self.run_id, sets, FREE, [time_value(tx.now)], 1, returning=returning))
            row = cursor.fetchone()
        if row is None:
            return None
        run = _claimed(row)
        tx.rows.append(EventRow(self.run_id, run.last_seq, NewEvent(EventType.RUN_STARTED, "", {"worker": self.owner}), tx.now))
        probe("claim.before_commit")
        tx.after_commit.append(lambda: probe("claim.after_commit"))
        try:
            return run, self.prepare(run)
        except FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a spec of another time may raise
            return run, error


def _claimed(row: Sequence[Any]) -> Run:
    """The row as a model, without the query machinery: every run is claimed, and that costs as much as its commit."""
    *columns, has_budgets, has_rules = row
    run = Run.from_db(DEFAULT_DB_ALIAS, CLAIMED, [_read(name, column) for name, column in zip(CLAIMED, columns, strict=True)])
    run.has_budgets, run.has_rules = bool(has_budgets), bool(has_rules)  # type: ignore[attr-defined]
    return run


def _read(name: str, column: Any) -> Any:
    if name in JSON_COLUMNS:
        return json.loads(column) if isinstance(column, str) else column
    return id_of(column) if column is not None and name in UUID_COLUMNS else column


@dataclass
class AppendEvents:
    """``before`` are outcomes: written with ``events``, and also when these are refused for want of money. ``closing``: the run
    ends, so what is still reserved after these events is spent: that call was cut off and may have been charged."""

    key: RunKey
    events: Sequence[NewEvent]
    closing: bool = False
    before: Sequence[NewEvent] = ()

    def apply(self, tx: Transaction) -> None:
        try:
            replace(self, events=[*self.before, *self.events]).append(tx, {})
        except BudgetExceeded:
            if not self.before:
                raise
            AppendEvents(self.key, self.before).append(tx, {})
            AppendEvents(self.key, self.events).append(tx, {})  # refused again, and the card says what it alone needs

    def append(self, tx: Transaction, sets: dict[str, Any]) -> int:
        moved = sum_of(e.money for e in self.events if e.money)
        if self.closing and self.key.accounts:
            moved = self._with_leftovers(moved)
        if self.key.accounts and moved != Moved():
            tx.flush()
            with transaction.atomic():  # all accounts and the run, or none
                warnings = move(self.key.accounts, moved, tx.now)
                return self._record(tx, moved, sets, warnings)
        return self._record(tx, moved, sets, [])

    def _record(self, tx: Transaction, moved: Moved, sets: dict[str, Any], warnings: list[dict[str, Any]]) -> int:
        if self.key.limited and moved.spend + moved.tokens + moved.calls:
            own, marked = run_warnings(self.key.id, moved)
            warnings, sets = [*warnings, *own], {**sets, **marked}
        told = [NewEvent(EventType.BUDGET_WARNED, "", warning) for warning in warnings]
        events = [*told, *self.events]
        seq = self._update(moved, sets, len(events))
        for n, event in enumerate(events, seq - len(events) + 1):
            tx.rows.append(EventRow(self.key.id, n, event, tx.now))
            if event.money and event.type in OUTCOMES:
                tx.model_calls.append(self._bill(event, tx.now))
            if project(self.key.organization_id, self.key.id, event, tx.now):
                tx.after_commit.append(lambda: ring_approvals(self.key.organization_id))
        record_endings(self.key.id, self.events)
        tx.after_commit.append(lambda: ring_run(self.key.id, seq, self.key.topics))
        return seq

    def _update(self, moved: Moved, sets: dict[str, Any], n_events: int) -> int:
        where, params, money = self._money(moved)
        seq = update_run(self.key.id, {**money, **sets}, where, params, n_events)
        if seq is None:
            raise self._refusal(moved)
        return seq

    def _money(self, moved: Moved) -> tuple[str, list[Any], dict[str, Any]]:
        if moved == Moved():
            return MINE, [self.key.fence], closed(self.key) if self.closing else {}
        sets: dict[str, Any] = {
            "reserved_microusd": ("reserved_microusd + %s", moved.held),
            "spent_microusd": ("spent_microusd + %s", moved.spend),
            "reserved_tokens": ("reserved_tokens + %s", moved.held_tokens),
            "input_tokens": ("input_tokens + %s", moved.input_tokens),
            "output_tokens": ("output_tokens + %s", moved.output_tokens),
            "calls": ("calls + %s", moved.calls),
        }
        if moved.cost_unknown:
            sets["cost_unknown"] = True
        if self.closing:
            sets |= closed(self.key, moved.held + moved.spend)
        if not moved.reserving or not self.key.limited:
            return MINE, [self.key.fence], sets
        needs = [moved.held + moved.spend, moved.held_tokens + moved.tokens, moved.calls]
        return f"{MINE} AND {ROOM}", [self.key.fence, *needs], sets

    def _refusal(self, moved: Moved) -> Exception:
        run = Run.objects.filter(pk=self.key.id, fence=self.key.fence, status=RunStatus.RUNNING).first()
        told = run and refuse(
            "run",
            "this run",
            moved,
            money=(run.budget_microusd, run.spent_microusd, run.reserved_microusd),
            tokens=(run.budget_tokens, run.input_tokens + run.output_tokens, run.reserved_tokens),
            calls=(run.budget_calls, run.calls, 0),
        )
        return told or LeaseLost(f"run {self.key.id} has been taken over")

    def _with_leftovers(self, moved: Moved) -> Moved:
        """``moved`` and, as spent, what the run holds beyond it."""
        held = at_risk(self.key.id)
        money, tokens = held[0] + moved.held, held[1] + moved.held_tokens
        return replace(moved, spend=moved.spend + money, held=moved.held - money, held_tokens=moved.held_tokens - tokens)

    def _bill(self, event: NewEvent, now: datetime) -> ModelCallRow:
        return model_call_row(self.key.organization_id, self.key.id, self.key.journey, event, now)


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
        calls: list[Callable[[], None]] = []
        try:
            with transaction.atomic():
                # JSON there and back: what is recorded is what the run sees, now and in every replay.
                result = json.loads(json.dumps(do_local_work(self.work, str(self.key.id), calls.append)))
                event = self.finished(result)
                AppendEvents(self.key, [event]).apply(tx)
                tx.flush()
                probe("local.inside_transaction")
        except FAULTS:
            raise
        except Exception as error:
            raise Undone from error
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
    stop: dict[str, Any] | None = None  # set when the run ends because somebody wanted it to

    def apply(self, tx: Transaction) -> UUID | None:
        status = self.status
        if self.stop is not None:
            self.error = self._stopped()
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
            sets |= {
                "finished_at": tx.now,
                "output": self.output,
                "error": self.error,
            }
        AppendEvents(self.key, self.events, closing=ended).append(tx, sets)
        if ended and status is not RunStatus.SUCCEEDED:
            self._withdraw_questions(tx)
        if ended and self.key.parent:
            tell_parent(self.key.id, now=tx.now, after_commit=tx.after_commit.append)
        name = "wait" if self.status is RunStatus.WAITING else "finish"
        probe(f"{name}.before_commit")
        tx.after_commit.append(lambda: probe(f"{name}.after_commit"))
        if status is RunStatus.QUEUED:
            return self.key.id
        return next_in_queue(self.queue_key) if ended else None

    def _stopped(self) -> dict[str, Any]:
        """Who stopped it, and the checkpoint from which it can be resumed: the last event before its end."""
        run = Run.objects.filter(pk=self.key.id).only("last_seq", "stop").first()
        stop = (run.stop if run else None) or self.stop or {}
        before = sum(event.type in OUTCOMES for event in self.events)
        return stopped_error(self.key.id, run.last_seq + before if run else 0, stop)

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


def stopped_error(run_id: UUID, seq: int, stop: dict[str, Any]) -> dict[str, Any]:
    """The error of a run that was stopped. ``checkpoint`` is ``<run>:<seq>``: what its journal held then is kept for ever."""
    who = stop.get("label") or {"system": "the system", "programmatic": "its own code"}.get(stop.get("source", ""), "a person")
    why = f": {stop['message']}" if stop.get("message") else ""
    details = {"checkpoint": f"{run_id}:{seq}", "source": stop.get("source", "user"), "mode": stop.get("mode", "immediate")}
    return {"code": "cancelled", "message": f"stopped by {who}{why}", "details": details}


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
