"""Erasing what runs hold of a person: their journals give way to one event that says so, their rows keep only numbers.

Events are never changed; they are removed whole, as the retention does, and the tombstone tells how many there were.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.adapters.rows import EventRow, insert_events
from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval
from agents.models.file import StoredFile
from agents.models.run import ENDED, Run, RunEvent
from agents.services.runs import cancel_run
from agents.services.workspaces import purge_workspace
from trust.core.errors import Conflict
from trust.core.principal import Principal

GONE: dict[str, Any] = {"erased": True}


def erase_runs(principal: Principal, owner: Principal, run_ids: Collection[UUID], reason: str) -> dict[str, int]:
    """Erases these runs of ``owner`` and their children; the numbers of runs and of events. What is under way is stopped first.

    Raises ``Conflict`` when a run is still held by a worker: then nothing of it is erased yet, and a second call does it.
    """
    wanted = _with_children(principal, run_ids)
    for run in Run.objects.filter(pk__in=wanted).exclude(status__in=ENDED):
        cancel_run(principal=owner, run_id=run.pk, message="everything of this person is being erased")
    if Run.objects.filter(pk__in=wanted).exclude(status__in=ENDED).exists():
        raise Conflict("A turn of this person is still being stopped; erase again in a few seconds.")
    return {"runs": len(wanted), "events": sum(_erase(principal, run_id, reason) for run_id in wanted)}


def erase_files(principal: Principal, owner_ref: str) -> int:
    """Deletes the files that ``owner_ref`` has given; their number."""
    rows = StoredFile.objects.filter(organization_id=principal.organization_id, created_by=owner_ref)
    count = rows.count()
    rows.delete()
    return count


def list_files_of(principal: Principal, owner_ref: str) -> list[StoredFile]:
    """The files that ``owner_ref`` has given, the oldest first."""
    rows = StoredFile.objects.filter(organization_id=principal.organization_id, created_by=owner_ref)
    return list(rows.order_by("created_at"))


def _with_children(principal: Principal, run_ids: Collection[UUID]) -> list[UUID]:
    own = Run.objects.filter(organization_id=principal.organization_id)
    found = list(own.filter(pk__in=run_ids).values_list("pk", flat=True))
    layer = found
    while layer:
        below = own.filter(parent_id__in=layer) | own.filter(forked_from_id__in=layer)
        layer = [run_id for run_id in below.values_list("pk", flat=True) if run_id not in found]
        found += layer
    return found


def _erase(principal: Principal, run_id: UUID, reason: str) -> int:
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        events = RunEvent.objects.filter(run=run)
        count, last = events.count(), run.last_seq
        events.delete()
        payload = {"by": principal.ref, "reason": reason, "events": count}
        insert_events([EventRow(run.id, last + 1, NewEvent(EventType.RUN_ERASED, "", payload), timezone.now())])
        Approval.objects.filter(run=run).update(
            title="Erased", arguments=GONE, final_arguments=None, reason="", options=[], policy={}
        )
        run.inputs, run.output, run.error, run.waiting_on, run.stop = GONE, GONE, None, None, None
        run.created_by_label, run.last_seq = "Erased", last + 1
        run.save()
    purge_workspace(run_id)
    return count
