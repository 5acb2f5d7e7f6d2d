"""Runs as people and programs see them: start, read, cancel, fork. Executes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from agents.adapters.accounts import lock_accounts, settle_leftovers
from agents.adapters.bell import ring_approvals, ring_run
from agents.adapters.children import at_risk, tell_parent
from agents.adapters.crash import probe
from agents.adapters.doorbell_task import ring_worker
from agents.adapters.endings import record_endings
from agents.adapters.journal import to_event
from agents.adapters.rows import EventRow, insert_events
from agents.adapters.writes import stopped_error
from agents.core.autonomy.interrupts import InterruptMode, InterruptSource, StopRequest
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.steps import Step, fold_steps
from agents.models.approval import Approval, ApprovalStatus
from agents.models.run import ENDED, LIVE, Run, RunEvent, RunStatus
from agents.services.budgets import accounts_of
from agents.services.definitions import store_spec
from agents.services.fork_plan import ForkPlan, plan_fork
from agents.services.idempotency import start_once
from agents.services.workspaces import copy_workspace
from trust.core.canonical import digest
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission

MAX_PAGE = 1000


def start_run(
    *,
    principal: Principal,
    spec: Any,
    inputs: dict[str, Any],
    version: Any = None,
    idempotency_key: str = "",
    budget_microusd: int | None = None,
    budget_tokens: int | None = None,
    budget_calls: int | None = None,
    private_to: str = "",
    queue_key: str = "",
    queue_pos: int = 0,
    topics: Sequence[str] = (),
    deadline_at: datetime | None = None,
) -> Run:
    """Accepts a run: its row and its first event in one transaction; a worker is told after the commit.

    The same ``idempotency_key`` of the same principal with the same request returns the run it started before, with another
    request it is a ``Conflict``.
    """
    spec_digest = store_spec(principal.organization_id, spec)
    more = {"tokens": budget_tokens, "calls": budget_calls}
    limits = {name: limit for name, limit in more.items() if limit is not None}
    request_digest = digest({"spec": spec_digest, "inputs": inputs, "budget": budget_microusd, **limits})
    run = Run(
        organization_id=principal.organization_id,
        kind=spec.kind,
        title=spec.name,
        spec_digest=spec_digest,
        version=version,
        inputs=inputs,
        created_by=principal.ref,
        created_by_label=principal.label,
        private_to=private_to,
        queue_key=queue_key,
        queue_pos=queue_pos,
        topics=list(topics),
        budget_microusd=budget_microusd,
        budget_tokens=budget_tokens,
        budget_calls=budget_calls,
        deadline_at=deadline_at,
    )

    def start() -> Run:
        with transaction.atomic():
            return _accept(run, [NewEvent(EventType.RUN_QUEUED, "", {"by": principal.ref, "spec": spec_digest})])

    return start_once(principal=principal, key=idempotency_key, request_digest=request_digest, start=start)


def get_run(principal: Principal, run_id: UUID) -> Run:
    run = visible_runs(principal).filter(pk=run_id).first()
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return run


def list_runs(
    principal: Principal,
    *,
    status: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    before: datetime | None = None,
) -> list[Run]:
    """Newest first; ``before`` is the ``created_at`` of the last run of the page before."""
    runs = visible_runs(principal).order_by("-created_at")
    if status:
        runs = runs.filter(status=status)
    if kind:
        runs = runs.filter(kind=kind)
    if before:
        runs = runs.filter(created_at__lt=before)
    return list(runs[: min(limit, MAX_PAGE)])


def list_events(principal: Principal, run_id: UUID, *, after: int = 0, limit: int = 500) -> list[RunEvent]:
    """Events with ``seq`` greater than ``after``, in order."""
    run = get_run(principal, run_id)
    return list(RunEvent.objects.filter(run=run, seq__gt=after).order_by("seq")[: min(limit, MAX_PAGE)])


def list_steps(run: Run) -> list[Step]:
    """The steps of a run that the caller may see, folded from its journal."""
    return fold_steps(to_event(row) for row in run.events.order_by("seq"))


def cancel_run(*, principal: Principal, run_id: UUID, mode: str = "immediate", source: str = "user", message: str = "") -> Run:
    """Stops a run and its child runs: at once when no worker has it, else the worker is asked.

    ``graceful``: the step that is under way is finished and recorded, no further one begins. ``immediate``: it is cancelled,
    within two seconds. A second request makes a graceful stop immediate. A run that has ended is returned as it is.
    """
    request = _stop_of(mode, source, message)
    run = _stop(get_run(principal, run_id), request, by=principal.ref, label=principal.label)
    for child in Run.objects.filter(parent_id=run_id, status__in=LIVE).values_list("pk", flat=True):
        cancel_run(principal=principal, run_id=child, mode=mode, source=source, message=message or "its parent was stopped")
    return run


def stop_orphans() -> None:
    """Stops child runs whose parent has ended, however that came about: nobody waits for them any more."""
    request = StopRequest(InterruptSource.SYSTEM, InterruptMode.IMMEDIATE, "its parent has ended")
    orphans = Run.objects.filter(parent__isnull=False, status__in=LIVE, parent__status__in=ENDED)
    for run in orphans.filter(cancel_requested_at__isnull=True)[:MAX_PAGE]:
        _stop(run, request, by="system:sweep", label="the system")


def _stop(seen: Run, request: StopRequest, *, by: str, label: str) -> Run:
    with transaction.atomic():
        lock_accounts_of(seen)
        run = Run.objects.select_for_update().get(pk=seen.pk)
        earlier = InterruptMode((run.stop or {}).get("mode", "immediate")) if run.cancel_requested_at else None
        if run.ended or earlier is InterruptMode.IMMEDIATE:
            return run
        if earlier:
            request = replace(request, mode=InterruptMode.IMMEDIATE)
        run.stop = {**request.as_data(), "by": by, "label": label}
        run.cancel_requested_at = run.cancel_requested_at or timezone.now()
        events = [NewEvent(EventType.CANCEL_REQUESTED, "", run.stop)]
        if run.status in (RunStatus.QUEUED, RunStatus.WAITING):
            error = stopped_error(run.id, run.last_seq, run.stop)
            events.append(NewEvent(EventType.RUN_CANCELLED, "", {"by": by}))
            end_idle_run(run, RunStatus.CANCELLED, error, events)
        else:
            append_events(run, events)
            run.save()
    return run


def lock_accounts_of(run: Run) -> None:
    """Before a run is locked that holds money: workers lock in this order, and another one is a deadlock."""
    if run.reserved_microusd or run.reserved_tokens:
        lock_accounts(accounts_of(run))


def end_idle_run(run: Run, status: RunStatus, error: dict[str, Any], events: Sequence[NewEvent]) -> None:
    """Ends a run that no worker has, whose row the caller has locked: its questions are withdrawn, what it held is spent."""
    run.status, run.finished_at, run.waiting_on, run.error = status, timezone.now(), None, error
    money, tokens = at_risk(run.id) if run.reserved_microusd or run.reserved_tokens else (0, 0)
    if money or tokens:
        settle_leftovers(accounts_of(run), money, tokens, timezone.now())
    run.spent_microusd += money
    run.reserved_microusd = run.reserved_tokens = 0
    expired = status == RunStatus.EXPIRED
    withdraw_approvals(run, ApprovalStatus.EXPIRED if expired else ApprovalStatus.WITHDRAWN)
    append_events(run, events)
    run.save()
    if run.parent_id:
        tell_parent(run.id, now=timezone.now(), after_commit=transaction.on_commit)
    transaction.on_commit(lambda: ring_next(run))


def resume_run(*, principal: Principal, run_id: UUID, checkpoint: str = "") -> Run:
    """A new run that goes on where a stopped or failed one was: all its finished steps stand, nothing is done twice.

    ``checkpoint`` is the one that its error names (``<run>:<seq>``); empty: the end of its journal.
    """
    source = get_run(principal, run_id)
    if not source.ended or source.status == RunStatus.SUCCEEDED:
        raise Conflict(f"Run {run_id} is {source.status}; only a run that was stopped, failed or expired is resumed.")
    seq = _seq_of(source, checkpoint)
    kept = list(source.events.filter(seq__lte=seq).order_by("seq"))
    return _accept_fork(plan_fork(principal, source, kept, checkpoint=f"{source.id}:{seq}"))


def fork_run(*, principal: Principal, run_id: UUID, path: str, result: Any = None, use_result: bool = False) -> Run:
    """A new run that has the journal of this one up to, not including, the step at ``path``, and goes on from there.

    With ``use_result`` the step is not performed: ``result`` stands as its result, marked as edited.
    """
    source = get_run(principal, run_id)
    history = list(source.events.order_by("seq"))
    first = next((e.seq for e in history if e.path == path), None)
    if first is None:
        paths = list(dict.fromkeys(e.path for e in history if e.path))
        raise NotFound(f"Run {run_id} has no step {path!r}; its steps are: {', '.join(paths) or 'none'}.")
    plan = plan_fork(principal, source, [e for e in history if e.seq < first], path=path)
    if use_result:
        plan.opening.append(_edited_result(history, path, result))
    return _accept_fork(plan)


def _seq_of(source: Run, checkpoint: str) -> int:
    if not checkpoint:
        return source.last_seq
    run_id, _, seq = checkpoint.partition(":")
    if run_id != str(source.id) or not seq.isdecimal() or not 0 < int(seq) <= source.last_seq:
        raise NotFound(
            f"Run {source.id} has no checkpoint {checkpoint!r}; it has {source.id}:1 to {source.id}:{source.last_seq}."
        )
    return int(seq)


def _stop_of(mode: str, source: str, message: str) -> StopRequest:
    problems = []
    if mode not in list(InterruptMode):
        problems.append({"where": "mode", "message": f"is {mode!r}; allowed: {', '.join(InterruptMode)}"})
    if source not in list(InterruptSource):
        problems.append({"where": "source", "message": f"is {source!r}; allowed: {', '.join(InterruptSource)}"})
    if problems:
        raise Invalid(problems=problems)  # type: ignore[arg-type]
    return StopRequest(InterruptSource(source), InterruptMode(mode), message[:500])


def visible_runs(principal: Principal) -> QuerySet[Run]:
    """Runs of the organization, without other people's private ones unless the principal audits."""
    runs = Run.objects.filter(organization_id=principal.organization_id).select_related("version__definition")
    if principal.may(Permission.AUDIT):
        return runs
    return runs.filter(Q(private_to="") | Q(private_to=principal.ref))


def append_events(run: Run, events: Sequence[NewEvent]) -> None:
    """Appends to the journal of a run whose row the caller has locked, in the caller's transaction; rings after it.

    ``last_seq`` is counted up in the database and on ``run``, so the caller may save the row.
    """
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(last_seq=F("last_seq") + len(events))
    run.last_seq = Run.objects.values_list("last_seq", flat=True).get(pk=run.pk)
    insert_events([EventRow(run.id, n, e, now) for n, e in enumerate(events, run.last_seq - len(events) + 1)])
    record_endings(run.id, events)
    transaction.on_commit(lambda: ring_run(run.id, run.last_seq, run.topics))


def organization_of(run_id: UUID | str) -> UUID:
    """Whose run it is: for local work, which is told the run and nothing else."""
    return Run.objects.values_list("organization_id", flat=True).get(pk=run_id)


def withdraw_approvals(run: Run, status: ApprovalStatus = ApprovalStatus.WITHDRAWN) -> None:
    """Closes the questions of a run that goes no further."""
    open_ones = Approval.objects.filter(run=run, status=ApprovalStatus.PENDING)
    if open_ones.update(status=status, decided_at=timezone.now()):
        transaction.on_commit(lambda: ring_approvals(run.organization_id))


def ring_next(run: Run) -> None:
    """Tells a worker of the run that waited for this one's end."""
    if run.queue_key:
        queued = Run.objects.filter(queue_key=run.queue_key, status=RunStatus.QUEUED).order_by("queue_pos").first()
        if queued:
            ring_worker(queued.id)


def count_live(principal: Principal) -> int:
    return visible_runs(principal).filter(status__in=LIVE).count()


def _accept(run: Run, events: Sequence[NewEvent]) -> Run:
    run.created_at = timezone.now()
    run.save(force_insert=True)
    append_events(run, events)
    probe("message.before_commit")
    transaction.on_commit(lambda: _told(run))
    return run


def _accept_fork(plan: ForkPlan) -> Run:
    """The files come first: a fork that is accepted has them, and one that is not leaves a folder that nobody reads."""
    copy_workspace(plan.source.id, plan.run.id)
    with transaction.atomic():
        _accept(plan.run, plan.opening)
        for child in plan.children:
            _accept_fork(child)
    return plan.run


def _told(run: Run) -> None:
    probe("message.after_commit")
    ring_worker(run.id)


def _edited_result(history: Sequence[RunEvent], path: str, result: Any) -> NewEvent:
    known = next(e.payload for e in history if e.path == path and "digest" in e.payload)
    payload = {"digest": known["digest"], "result": result, "duration_s": 0.0, "edited": True}
    payload |= {k: known[k] for k in ("kind", "effect", "request") if k in known}
    return NewEvent(EventType.STEP_FINISHED, path, payload)
