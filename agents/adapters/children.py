"""Child runs in the database: started in a step of the parent's journal, and told to it when they end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from agents.adapters.accounts import at_least_0
from agents.adapters.bell import ring_run
from agents.adapters.doorbell_task import ring_worker
from agents.adapters.rows import EventRow, insert_events, update_run, uuid_value
from agents.core.runtime.errors import StepFailed
from agents.core.runtime.events import EventType, NewEvent
from agents.core.spec.runnable import canonical, digest_spec, parse_spec
from agents.models.definition import SpecRecord, Version
from agents.models.run import LIVE, Run

DEEPEST = 8
# What a run may still be charged for its own calls: the money that it set aside is its children's own business.
AT_RISK = (
    "reserved_microusd - (SELECT COALESCE(SUM(child.parent_reserved_microusd), 0) FROM agents_run child"
    " WHERE child.parent_id = agents_run.id AND child.status IN ('queued', 'running', 'waiting'))"
)
AfterCommit = Callable[[Callable[[], None]], object]


def start_child(data: dict[str, Any], run_id: str, after_commit: AfterCommit) -> dict[str, Any]:
    """Makes the child's row and first event. What is left of the parent's own budget is set aside for the child."""
    if len(data["layers"]) > DEEPEST:
        raise StepFailed(f"agents call each other {DEEPEST} levels deep already; a deeper call is refused", "too_deep")
    parent = Run.objects.select_for_update().get(pk=run_id)
    spec = parse_spec(data["spec"])
    digest = digest_spec(spec)
    SpecRecord.objects.get_or_create(
        organization_id=parent.organization_id, digest=digest, defaults={"kind": spec.kind, "body": canonical(spec)}
    )
    money, tokens, calls = _left(parent, data.get("left") or {})
    if parent.budget_microusd is not None:
        Run.objects.filter(pk=parent.pk).update(reserved_microusd=parent.reserved_microusd + (money or 0))
    version = Version.objects.filter(definition__organization_id=parent.organization_id, digest=digest).order_by("-pk").first()
    child = Run.objects.create(
        id=uuid.uuid4(),
        version=version,
        organization_id=parent.organization_id,
        kind=spec.kind,
        title=spec.name,
        spec_digest=digest,
        inputs=data["arguments"],
        created_by=parent.created_by,
        created_by_label=parent.created_by_label,
        private_to=parent.private_to,
        parent=parent,
        parent_path=data["path"],
        parent_reserved_microusd=(money or 0) if parent.budget_microusd is not None else 0,
        outer_layers=data["layers"],
        budget_microusd=money,
        budget_tokens=tokens,
        budget_calls=calls,
        created_at=timezone.now(),
        last_seq=1,
    )
    opening = NewEvent(EventType.RUN_QUEUED, "", {"by": parent.created_by, "spec": digest, "parent": str(parent.id)})
    insert_events([EventRow(child.id, 1, opening, child.created_at)])
    after_commit(lambda: ring_worker(child.id))
    return {"run": str(child.id), "left": {"microusd": money, "tokens": tokens, "calls": calls}}


def _left(parent: Run, agents: dict[str, int]) -> tuple[int | None, int | None, int | None]:
    """Micro-dollars, tokens and calls that the child may use: what is left of the parent's own limits and of its agents'."""
    tokens = parent.input_tokens + parent.output_tokens + parent.reserved_tokens
    own = (
        ("microusd", parent.budget_microusd, parent.spent_microusd + parent.reserved_microusd),
        ("tokens", parent.budget_tokens, tokens),
        ("calls", parent.budget_calls, parent.calls),
    )
    left = [
        [rest for rest in (agents.get(measure), None if limit is None else max(0, limit - used)) if rest is not None]
        for measure, limit, used in own
    ]
    money, given, calls = (min(rests, default=None) for rests in left)
    return money, given, calls


def at_risk(run_id: UUID) -> tuple[int, int]:
    """Micro-dollars and tokens that calls of this run itself hold."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {AT_RISK}, reserved_tokens FROM agents_run WHERE id = %s", [uuid_value(run_id)])
        money, tokens = cursor.fetchone() or (0, 0)
    return int(money), tokens


def ending_of(child: Run) -> dict[str, Any]:
    """What the parent's journal is told of a child that has ended."""
    return {
        "run": str(child.id),
        "status": child.status,
        "output": child.output,
        "error": child.error,
        "spent_microusd": child.spent_microusd,
        "tokens": child.input_tokens + child.output_tokens,
        "calls": child.calls,
    }


def tell_parent(child_id: UUID, *, now: datetime, after_commit: AfterCommit) -> None:
    """Appends ``child.ended`` to the parent's journal, moves the child's cost to its bill, and lets it go on.

    A parent that has ended has the cost on its bill and is told nothing.
    """
    child = Run.objects.select_related("parent").get(pk=child_id)
    parent = child.parent
    assert parent is not None, f"run {child_id} has no parent"
    payload = ending_of(child)
    bill: dict[str, Any] = {
        "spent_microusd": ("spent_microusd + %s", child.spent_microusd),
        "input_tokens": ("input_tokens + %s", child.input_tokens),
        "output_tokens": ("output_tokens + %s", child.output_tokens),
        "calls": ("calls + %s", child.calls),
    }
    sets = bill | {
        "status": ("CASE WHEN status = 'waiting' THEN 'queued' ELSE status END",),
        "reserved_microusd": (at_least_0("reserved_microusd"), -child.parent_reserved_microusd),
    }
    live = [status.value for status in LIVE]
    seq = update_run(parent.id, sets, "status IN (%s, %s, %s)", live, 1)
    if seq is None:
        update_run(parent.id, bill, "status NOT IN (%s, %s, %s)", live, 0)
        return
    insert_events([EventRow(parent.id, seq, NewEvent(EventType.CHILD_ENDED, child.parent_path, payload), now)])
    after_commit(lambda: ring_run(parent.id, seq, parent.topics))
    after_commit(lambda: ring_worker(parent.id))
