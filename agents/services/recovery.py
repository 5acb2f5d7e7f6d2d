"""The sweep: brings back what crashes, lost messages and time have left behind. Safe to run anywhere, any number of times."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agents.adapters.accounts import roll_over
from agents.adapters.doorbell_task import ring_worker
from agents.core.runtime.events import EventType, NewEvent
from agents.models.run import ENDED, LIVE, Run, RunStatus
from agents.services.approvals import expire_approvals
from agents.services.runs import end_idle_run, lock_accounts_of, stop_orphans
from agents.services.workspaces import purge_workspace

log = logging.getLogger(__name__)
UNTOLD_S = 1.5  # a queued run that no worker has taken for this long was not heard of
BATCH = 500
SWEEPS: list[str] = []  # of other apps: "dotted.path:function", which is safe to run anywhere and any number of times


def register_sweep(dotted: str) -> None:
    """Adds another app's part of the sweep; the same line twice changes nothing."""
    if dotted not in SWEEPS:
        SWEEPS.append(dotted)


def sweep(hand_over: Callable[[UUID], object] = ring_worker) -> int:
    """Hands over queued runs that nobody took and runs whose worker is gone; expires what is due. Counts what it handed over.

    ``hand_over`` rings for any worker; a worker gives its own engine's door instead, so that no broker is needed at all.
    """
    now = timezone.now()
    own: list[Callable[[], object]] = [expire_approvals, _expire_runs, stop_orphans, partial(roll_over, now)]
    for task in [*own, *_registered()]:
        try:
            task()
        except DatabaseError:
            log.exception("a part of the sweep failed; the next one tries it again")  # runs are handed over all the same
    earlier = Run.objects.filter(queue_key=OuterRef("queue_key"), queue_pos__lt=OuterRef("queue_pos"), status__in=LIVE)
    abandoned = Q(status=RunStatus.RUNNING, lease_until__lt=now)
    unheard = Q(status=RunStatus.QUEUED, created_at__lt=now - timedelta(seconds=UNTOLD_S))
    ready = Run.objects.filter(abandoned | unheard).exclude(~Q(queue_key="") & Q(Exists(earlier)))
    ids = list(ready.order_by("created_at").values_list("pk", flat=True)[:BATCH])
    for run_id in ids:
        hand_over(run_id)
    return len(ids)


def void_leases() -> int:
    """At the start of an embedded server: it is the only worker, so every lease of an earlier start is void."""
    return Run.objects.filter(status=RunStatus.RUNNING).update(lease_until=timezone.now() - timedelta(days=1))


def purge_runs() -> int:
    """Deletes ended runs that are older than the retention allows; 0 days keep them for ever."""
    days = settings.ENV.kaizen_retention_days
    if not days:
        return 0
    old = Run.objects.filter(status__in=ENDED, finished_at__lt=timezone.now() - timedelta(days=days))
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    Run.objects.filter(pk__in=ids).delete()
    for run_id in ids:
        purge_workspace(run_id)
    return len(ids)


def _registered() -> list[Callable[[], object]]:
    return [getattr(import_module(module), name) for module, _, name in (dotted.partition(":") for dotted in SWEEPS)]


def _expire_runs() -> None:
    """Ends runs that wait past their deadline; a running one is asked to stop."""
    late = Run.objects.filter(deadline_at__lt=timezone.now())
    for run_id in list(late.filter(status__in=[RunStatus.QUEUED, RunStatus.WAITING]).values_list("pk", flat=True)[:BATCH]):
        _expire(run_id)
    stop = {"source": "system", "mode": "immediate", "message": "its deadline has passed", "label": "the system"}
    running = late.filter(status=RunStatus.RUNNING, cancel_requested_at__isnull=True)
    running.update(cancel_requested_at=timezone.now(), stop=stop)


def _expire(run_id: UUID) -> None:
    with transaction.atomic():
        lock_accounts_of(Run.objects.get(pk=run_id))
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.status not in (RunStatus.QUEUED, RunStatus.WAITING):
            return
        error = {"code": "expired", "message": f"not finished by {run.deadline_at:%Y-%m-%d %H:%M:%S} UTC"}
        end_idle_run(run, RunStatus.EXPIRED, error, [NewEvent(EventType.RUN_EXPIRED, "", {"error": error})])
