"""Runs as people and programs see them: start, read, cancel, fork. Executes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from agents.adapters.bell import ring_approvals, ring_run
from agents.adapters.crash import probe
from agents.adapters.doorbell_task import ring_worker
from agents.adapters.endings import record_endings
from agents.adapters.journal import to_event
from agents.adapters.rows import EventRow, insert_events
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.steps import Step, fold_steps
from agents.models.approval import Approval, ApprovalStatus
from agents.models.run import LIVE, Run, RunEvent, RunStatus
from agents.services.definitions import store_spec
from agents.services.idempotency import start_once
from trust.core.canonical import digest
from trust.core.errors import NotFound
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
    request_digest = digest({"spec": spec_digest, "inputs": inputs, "budget": budget_microusd})
    limits = [b for b in (budget_microusd, getattr(spec, "budget_microusd", None)) if b is not None]
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
        budget_microusd=min(limits, default=None),
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


def cancel_run(*, principal: Principal, run_id: UUID) -> Run:
    """Stops a run: at once when no worker has it, else the worker is asked and answers within two seconds.

    A run that has ended is returned as it is.
    """
    get_run(principal, run_id)
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.ended or run.cancel_requested_at:
            return run
        run.cancel_requested_at = timezone.now()
        events = [NewEvent(EventType.CANCEL_REQUESTED, "", {"by": principal.ref, "label": principal.label})]
        if run.status in (RunStatus.QUEUED, RunStatus.WAITING):
            run.status, run.finished_at, run.waiting_on = RunStatus.CANCELLED, run.cancel_requested_at, None
            run.spent_microusd += run.reserved_microusd
            run.reserved_microusd = 0
            run.error = {"code": "cancelled", "message": f"cancelled by {principal.label}"}
            withdraw_approvals(run)
            events.append(NewEvent(EventType.RUN_CANCELLED, "", {"by": principal.ref}))
        append_events(run, events)
        run.save()
        transaction.on_commit(lambda: ring_next(run))
    return run


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
    kept = [e for e in history if e.path and e.seq < first and e.type in KEPT_BY_FORK]
    done = {e.path for e in kept if e.type in (EventType.STEP_FINISHED, EventType.STEP_FAILED)}
    fork = Run(
        organization_id=source.organization_id,
        kind=source.kind,
        title=source.title,
        spec_digest=source.spec_digest,
        version_id=source.version_id,
        inputs=source.inputs,
        created_by=principal.ref,
        created_by_label=principal.label,
        private_to=source.private_to,
        budget_microusd=source.budget_microusd,
        forked_from=source,
        forked_at_path=path,
    )
    opening = [NewEvent(EventType.RUN_QUEUED, "", {"by": principal.ref, "forked_from": str(source.id), "path": path})]
    opening += [NewEvent(EventType(e.type), e.path, e.payload) for e in kept if e.path in done]
    if use_result:
        opening.append(_edited_result(history, path, result))
    with transaction.atomic():
        return _accept(fork, opening)


KEPT_BY_FORK = {
    EventType.STEP_STARTED,
    EventType.STEP_FINISHED,
    EventType.STEP_FAILED,
    EventType.APPROVAL_REQUESTED,
    EventType.APPROVAL_DECIDED,
    EventType.QUESTION_ASKED,
    EventType.QUESTION_ANSWERED,
    EventType.OUTCOME_UNKNOWN,
    EventType.OUTCOME_DECIDED,
}


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


def _told(run: Run) -> None:
    probe("message.after_commit")
    ring_worker(run.id)


def _edited_result(history: Sequence[RunEvent], path: str, result: Any) -> NewEvent:
    known = next(e.payload for e in history if e.path == path and "digest" in e.payload)
    payload = {"digest": known["digest"], "result": result, "duration_s": 0.0, "edited": True}
    payload |= {k: known[k] for k in ("kind", "effect", "request") if k in known}
    return NewEvent(EventType.STEP_FINISHED, path, payload)
