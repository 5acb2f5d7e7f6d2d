"""People, and a run of theirs that waits for a decision, for the tests of approvals."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from agents.core.approvals import approval_digest
from agents.core.runtime.events import EventType
from agents.models.approval import Approval
from agents.models.run import Run, RunEvent
from agents.services.approvals import decide_approval
from trust.core.principal import Principal

HTMX = {"HX-Request": "true"}
ARGUMENTS = {"path": "report.txt", "content": "hello"}


def asked(run: Run, number: int = 0, **values: Any) -> Approval:
    """The run as it stands when it waits for this."""
    Run.objects.filter(pk=run.pk).update(status="waiting", waiting_on={"on": "approval", "title": "Write report.txt"})
    known: dict[str, Any] = {
        "kind": "approval",
        "title": "Write report.txt",
        "risk": "medium",
        "tool": "current_time",
        "arguments": ARGUMENTS,
        "agent": "Helper",
        "policy": {"decision": "ask", "reason": "its danger is medium", "trail": []},
        **values,
    }
    path = f"agent/0/tool/{number}"
    digest = approval_digest(str(run.id), path, known["tool"], known["arguments"])
    return Approval.objects.create(
        organization=run.organization, run=run, path=path, digest=digest, created_at=timezone.now(), **known
    )


def decide(who: Principal, approval: Approval, decision: str = "approve", **more: Any) -> Approval:
    return decide_approval(principal=who, approval_id=approval.id, decision=decision, seen_digest=approval.digest, **more)


def last_event(run: Run, kind: EventType) -> dict[str, Any]:
    payload: dict[str, Any] = RunEvent.objects.filter(run=run, type=kind).latest("seq").payload
    return payload
