"""What runs ask of people: the inbox and the one decision that each question gets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agents.adapters.bell import ring_approvals
from agents.adapters.crash import probe
from agents.adapters.doorbell_task import ring_worker
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.storable import is_storable
from agents.models.approval import Approval, ApprovalKind, ApprovalStatus
from agents.models.run import Run, RunStatus
from agents.services.runs import append_events
from agents.services.tools import check_arguments
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission

DECISIONS: dict[str, dict[str, ApprovalStatus]] = {
    ApprovalKind.APPROVAL: {
        "approve": ApprovalStatus.APPROVED,
        "edit": ApprovalStatus.EDITED,
        "reject": ApprovalStatus.REJECTED,
    },
    ApprovalKind.QUESTION: {"answer": ApprovalStatus.ANSWERED, "reject": ApprovalStatus.REJECTED},
    ApprovalKind.OUTCOME: {
        "retry": ApprovalStatus.RETRY,
        "done": ApprovalStatus.DONE,
        "stop": ApprovalStatus.STOPPED,
    },
}
EVENTS = {
    ApprovalKind.APPROVAL: EventType.APPROVAL_DECIDED,
    ApprovalKind.QUESTION: EventType.QUESTION_ANSWERED,
    ApprovalKind.OUTCOME: EventType.OUTCOME_DECIDED,
}


def list_approvals(
    principal: Principal, *, status: str | None = "pending", run_id: UUID | None = None, limit: int = 200
) -> list[Approval]:
    """Oldest first while they are pending, else the latest decisions first."""
    found = _visible(principal).select_related("run")
    if status:
        found = found.filter(status=status)
    if run_id:
        found = found.filter(run_id=run_id)
    order = "created_at" if status == ApprovalStatus.PENDING else "-created_at"
    return list(found.order_by(order)[:limit])


def get_approval(principal: Principal, approval_id: UUID) -> Approval:
    approval = _visible(principal).select_related("run").filter(pk=approval_id).first()
    if approval is None:
        raise NotFound(f"There is no approval {approval_id}.")
    return approval


def decide_approval(
    *,
    principal: Principal,
    approval_id: UUID,
    decision: str,
    seen_digest: str,
    reason: str = "",
    arguments: dict[str, Any] | None = None,
    result: Any = None,
) -> Approval:
    """Decides once: the decision, its event and the run's way back to the queue are one transaction.

    ``seen_digest`` is the digest of what the person was shown. ``arguments`` belong to ``edit``; ``result`` is the answer of
    ``answer`` and, for ``done``, what the step returned. Raises ``Conflict`` that names who was first.
    """
    seen = get_approval(principal, approval_id)
    status = _check_decision(seen, decision, reason, arguments, result)
    _check_storable(seen_digest=seen_digest, reason=reason, arguments=arguments, result=result)
    with transaction.atomic():
        # The run first, as every writer of runs does: two orders of locking would be a deadlock.
        run = Run.objects.select_for_update().get(pk=seen.run_id)
        approval = Approval.objects.select_for_update().get(pk=approval_id)
        _check_open(approval, run, seen_digest)
        approval.status, approval.final_arguments = status, arguments
        # What was answered is kept beside the question, so that it is read without the journal.
        approval.reason = reason or (result if decision in ("answer", "done") and isinstance(result, str) else "")
        approval.decided_by, approval.decided_by_label = principal.ref, principal.label
        approval.decided_at = timezone.now()
        approval.save()
        payload: dict[str, Any] = {
            "approval": str(approval.id),
            "decision": decision,
            "reason": reason,
            "seen_digest": seen_digest,
            "by": principal.ref,
            "label": principal.label,
        }
        if arguments is not None:
            payload["arguments"] = arguments
        if decision in ("answer", "done"):
            payload["result"] = result
        events = [NewEvent(EVENTS[ApprovalKind(approval.kind)], approval.path, payload)]
        if run.status == RunStatus.WAITING:
            run.status, run.waiting_on = RunStatus.QUEUED, None
            events.append(NewEvent(EventType.RUN_RESUMED, "", {"by": principal.ref}))
        append_events(run, events)
        run.save()
        probe("decision.before_commit")
        transaction.on_commit(lambda: _told(approval))
    return approval


def expire_approvals() -> int:
    """Rejects what nobody decided in time, in the name of the system; the number of runs that go on with that."""
    due = Approval.objects.filter(status=ApprovalStatus.PENDING, expires_at__lt=timezone.now())
    count = 0
    for approval_id, run_id in due.values_list("pk", "run_id"):
        with transaction.atomic():
            run = Run.objects.select_for_update().get(pk=run_id)
            approval = Approval.objects.select_for_update().get(pk=approval_id)
            if approval.status != ApprovalStatus.PENDING or run.status != RunStatus.WAITING:
                continue
            approval.status, approval.decided_at, approval.decided_by = (
                ApprovalStatus.EXPIRED,
                timezone.now(),
                "system:sweep",
            )
            approval.save()
            payload = {
                "approval": str(approval.id),
                "decision": "reject",
                "reason": "nobody decided in time",
                "by": "system:sweep",
            }
            if approval.kind == ApprovalKind.OUTCOME:
                payload["decision"] = "stop"
            run.status, run.waiting_on = RunStatus.QUEUED, None
            append_events(run, [NewEvent(EVENTS[ApprovalKind(approval.kind)], approval.path, payload)])
            run.save()
            count += 1
            transaction.on_commit(lambda approval=approval: _told(approval))  # type: ignore[misc]
    return count


def _visible(principal: Principal) -> QuerySet[Approval]:
    """Whoever may approve sees every question of the organization; others those of runs that they may see."""
    approvals = Approval.objects.filter(organization_id=principal.organization_id)
    if principal.may(Permission.APPROVE) or principal.may(Permission.AUDIT):
        return approvals
    return approvals.filter(Q(run__private_to="") | Q(run__private_to=principal.ref))


def _check_decision(
    approval: Approval, decision: str, reason: str, arguments: dict[str, Any] | None, result: Any
) -> ApprovalStatus:
    allowed = dict(DECISIONS[approval.kind])
    if not approval.editable:
        allowed.pop("edit", None)
    if decision not in allowed:
        message = f"{decision!r} is no decision on this; allowed are: {', '.join(allowed)}"
        raise Invalid(problems=[{"where": "decision", "message": message}])
    if decision in ("reject", "stop") and not reason.strip():
        raise Invalid(problems=[{"where": "reason", "message": "a reason is needed: the agent and the record get it"}])
    if decision == "edit":
        if not isinstance(arguments, dict):
            message = "edit-and-approve needs the complete arguments as a JSON object"
            raise Invalid(problems=[{"where": "arguments", "message": message}])
        check_arguments(approval.tool, arguments)
    elif arguments is not None:
        raise Invalid(problems=[{"where": "arguments", "message": "only the decision 'edit' takes arguments"}])
    if decision == "answer" and approval.options and result not in approval.options:
        message = f"{result!r} is not among the answers: {', '.join(map(str, approval.options))}"
        raise Invalid(problems=[{"where": "result", "message": message}])
    if decision == "answer" and (not isinstance(result, str) or not result.strip()):
        raise Invalid(problems=[{"where": "result", "message": "an answer is a text that is not empty"}])
    return allowed[decision]


def _check_storable(**given: Any) -> None:
    for where, value in given.items():
        if not is_storable(value):
            message = "holds what cannot be stored: a NUL character, half of a surrogate pair, or a number that is none"
            raise Invalid(problems=[{"where": where, "message": message}])


def _check_open(approval: Approval, run: Run, seen_digest: str) -> None:
    if approval.status != ApprovalStatus.PENDING:
        who = approval.decided_by_label or "the system"
        when = f" at {approval.decided_at:%Y-%m-%d %H:%M:%S} UTC" if approval.decided_at else ""
        raise Conflict(f"This was already decided: {approval.status} by {who}{when}.")
    if run.status not in (RunStatus.WAITING, RunStatus.RUNNING):
        raise Conflict(f"The run that asked has ended: it is {run.status}.")
    if seen_digest != approval.digest:
        raise Conflict(
            f"What you were shown ({seen_digest or 'no digest'}) is not what is asked now ({approval.digest}); look again."
        )


def _told(approval: Approval) -> None:
    probe("decision.after_commit")
    ring_approvals(approval.organization_id)
    ring_worker(approval.run_id)
