"""What runs ask of people: the inbox, and the one decision that each question gets. The rules are in ``approval_rules``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from agents.adapters.bell import ring_approvals
from agents.adapters.crash import probe
from agents.adapters.doorbell_task import ring_worker
from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval, ApprovalKind, ApprovalStatus, ApprovalVote
from agents.models.run import Run, RunStatus
from agents.services.approval_rules import (
    EVENTS,
    YES,
    Verdict,
    allowed_decisions,
    check_open,
    check_verdict,
    may_bulk,
    missing_votes,
    why_not,
)
from agents.services.budgets import lock_account_at, raise_limit
from agents.services.permissions import grant_further_calls
from agents.services.runs import append_events
from trust.core.errors import Conflict, Invalid, KaizenError, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.principals import person_behind

MOST = 200  # in one list


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    """What an inbox shows. ``whose``: mine (delegated to me, or asked by my own runs), role (what I may decide), all."""

    whose: str = "all"
    kind: str = ""
    risk: str = ""
    agent: str = ""
    tool: str = ""
    text: str = ""

    @property
    def is_set(self) -> bool:
        return self != ApprovalFilter()


ALL = ApprovalFilter()


def list_approvals(
    principal: Principal,
    *,
    status: str | None = "pending",
    run_id: UUID | None = None,
    limit: int = MOST,
    only: ApprovalFilter = ALL,
) -> list[Approval]:
    """Oldest first while they are pending, else the latest decisions first. ``status`` ``decided`` is all but pending."""
    found = _filtered(principal, _visible(principal), only).select_related("run").prefetch_related("votes")
    if status == "decided":
        found = found.exclude(status=ApprovalStatus.PENDING)
    elif status:
        found = found.filter(status=status)
    if run_id:
        found = found.filter(run_id=run_id)
    order = F("created_at").asc() if status == ApprovalStatus.PENDING else F("decided_at").desc(nulls_last=True)
    rows = list(found.order_by(order, "id")[:limit])
    if only.whose == "role":
        rows = [row for row in rows if not why_not(principal, row)]
    return rows


def get_approval(principal: Principal, approval_id: UUID) -> Approval:
    approval = _visible(principal).select_related("run").prefetch_related("votes").filter(pk=approval_id).first()
    if approval is None:
        raise NotFound(f"There is no approval {approval_id}.")
    return approval


def list_choices(principal: Principal) -> dict[str, list[str]]:
    """The agents, tools and risks that occur, for the inbox's filters."""
    rows = list(_visible(principal).values_list("agent", "tool", "risk").distinct()[:2000])
    return {name: sorted({row[n] for row in rows if row[n]}) for n, name in enumerate(("agent", "tool", "risk"))}


def decide_approval(
    *,
    principal: Principal,
    approval_id: UUID,
    decision: str,
    seen_digest: str,
    reason: str = "",
    arguments: dict[str, Any] | None = None,
    result: Any = None,
    raise_by: int | None = None,
    further_calls: bool = False,
) -> Approval:
    """Decides once: the decision, its event and the run's way back to the queue are one transaction.

    ``seen_digest`` is the digest of what the person was shown. Of several people who must approve, the last one decides, and
    a no decides at once; see ``Verdict`` for the rest. Raises ``Invalid``, and ``Conflict`` that names who was first.
    """
    verdict = Verdict(decision, reason, arguments, result, raise_by, further_calls)
    seen = get_approval(principal, approval_id)
    check_verdict(seen, verdict)
    with transaction.atomic():
        # Accounts, then the run, as every writer of runs does: two orders of locking would be a deadlock.
        lock_account_at(seen)
        run = Run.objects.select_for_update().get(pk=seen.run_id)
        approval = Approval.objects.select_for_update().get(pk=approval_id)
        approval.run = run
        check_open(approval, run, seen_digest)
        if refusal := why_not(principal, approval, decision):
            raise Invalid(problems=[{"where": "decision", "message": refusal}])
        if decision in YES and not _vote(principal, approval, verdict, seen_digest):
            _voted(principal, run, approval, verdict)
        else:
            _decide(principal, run, approval, verdict, seen_digest)
        probe("decision.before_commit")
        transaction.on_commit(lambda: _told(approval))
    return approval


def approve_several(
    *, principal: Principal, seen: Iterable[tuple[UUID, str]], reason: str = ""
) -> list[tuple[UUID, Approval | KaizenError]]:
    """Approves each of ``seen`` (id and digest as shown) by itself; what is refused does not keep the others.

    Refuses altogether, before anything is decided, when one of them is not for bulk: high risk, or several people.
    """
    wanted = list(dict.fromkeys(seen))
    found = [get_approval(principal, approval_id) for approval_id, _ in wanted]
    if refused := [a.title for a in found if not may_bulk(a)]:
        message = f"each of these is decided by itself, because of its risk, its size or its quorum: {'; '.join(refused)}"
        raise Invalid(problems=[{"where": "ids", "message": message}])
    results: list[tuple[UUID, Approval | KaizenError]] = []
    for approval_id, digest in wanted:
        try:
            done: Approval | KaizenError = decide_approval(
                principal=principal, approval_id=approval_id, decision="approve", seen_digest=digest, reason=reason
            )
        except (Conflict, Invalid) as refusal:
            done = refusal
        results.append((approval_id, done))
    return results


def expire_approvals() -> int:
    """Rejects what nobody decided in time, in the name of the system; the number of runs that go on with that."""
    due = Approval.objects.filter(status=ApprovalStatus.PENDING, expires_at__lt=timezone.now())
    count = 0
    for approval_id, run_id in list(due.values_list("pk", "run_id")):
        with transaction.atomic():
            run = Run.objects.select_for_update().get(pk=run_id)
            approval = Approval.objects.select_for_update().get(pk=approval_id)
            if approval.status != ApprovalStatus.PENDING or run.status != RunStatus.WAITING:
                continue
            approval.status, approval.decided_by = ApprovalStatus.EXPIRED, "system:sweep"
            approval.decided_at, approval.reason = timezone.now(), "nobody decided in time"
            approval.save()
            payload = {
                "approval": str(approval.id),
                "decision": "stop" if approval.kind in (ApprovalKind.OUTCOME, ApprovalKind.BUDGET) else "reject",
                "reason": approval.reason,
                "by": approval.decided_by,
            }
            _resume(run, [NewEvent(EVENTS[ApprovalKind(approval.kind)], approval.path, payload)], by="system:sweep")
            count += 1
            transaction.on_commit(lambda approval=approval: _told(approval))  # type: ignore[misc]
    return count


def _visible(principal: Principal) -> QuerySet[Approval]:
    """Whoever may approve sees every question of the organization; others those of runs that they may see."""
    approvals = Approval.objects.filter(organization_id=principal.organization_id)
    if principal.may(Permission.APPROVE) or principal.may(Permission.AUDIT):
        return approvals
    return approvals.filter(Q(run__private_to="") | Q(run__private_to=principal.ref))


def _filtered(principal: Principal, found: QuerySet[Approval], only: ApprovalFilter) -> QuerySet[Approval]:
    person = person_behind(principal.ref)
    if only.whose == "mine":
        undelegated = Q(delegated_to="") & Q(run__created_by__in={principal.ref, person})
        found = found.filter(Q(delegated_to=person) | undelegated)
    exact = {name: getattr(only, name) for name in ("kind", "risk", "agent", "tool") if getattr(only, name)}
    found = found.filter(**exact)
    if only.text:
        names = ("title", "tool", "agent", "run__title", "run__created_by_label", "decided_by_label")
        anywhere = Q()
        for name in names:
            anywhere |= Q(**{f"{name}__icontains": only.text})
        found = found.filter(anywhere)
    return found


def _vote(principal: Principal, approval: Approval, verdict: Verdict, seen_digest: str) -> bool:
    """Records one person's yes where several are needed; whether it is the last one."""
    if approval.quorum < 2:
        return True
    try:
        with transaction.atomic():
            ApprovalVote.objects.create(
                approval=approval,
                by=person_behind(principal.ref),
                by_label=principal.label,
                reason=verdict.reason,
                seen_digest=seen_digest,
                at=timezone.now(),
            )
    except IntegrityError:
        raise Conflict("You have approved this already.") from None
    return missing_votes(approval) == 0


def _voted(principal: Principal, run: Run, approval: Approval, verdict: Verdict) -> None:
    payload = {
        "approval": str(approval.id),
        "by": principal.ref,
        "label": principal.label,
        "reason": verdict.reason,
        "votes": approval.votes.count(),
        "quorum": approval.quorum,
    }
    append_events(run, [NewEvent(EventType.APPROVAL_VOTED, approval.path, payload)])


def _decide(principal: Principal, run: Run, approval: Approval, verdict: Verdict, seen_digest: str) -> None:
    approval.status, approval.final_arguments = allowed_decisions(approval)[verdict.decision], verdict.arguments
    approval.reason = verdict.reason or _answer_text(verdict)
    approval.decided_by, approval.decided_by_label = principal.ref, principal.label
    approval.decided_at = timezone.now()
    approval.save()
    payload: dict[str, Any] = {
        "approval": str(approval.id),
        "decision": verdict.decision,
        "reason": verdict.reason,
        "seen_digest": seen_digest,
        "by": principal.ref,
        "label": principal.label,
    }
    if verdict.arguments is not None:
        payload["arguments"] = verdict.arguments
    if verdict.decision in ("answer", "done"):
        payload["result"] = verdict.result
    if approval.kind == ApprovalKind.APPROVAL and approval.quorum > 1:
        payload["votes"] = [{"by": v.by, "label": v.by_label, "at": v.at.isoformat()} for v in approval.votes.all()]
    if approval.kind == ApprovalKind.BUDGET:
        payload |= _raise_limit(principal, run, approval, verdict)
    if verdict.further_calls:
        rule = grant_further_calls(principal=principal, run=run, approval=approval, reason=verdict.reason)
        payload["grant"] = str(rule.id)
    _resume(run, [NewEvent(EVENTS[ApprovalKind(approval.kind)], approval.path, payload)], by=principal.ref)


def _raise_limit(principal: Principal, run: Run, approval: Approval, verdict: Verdict) -> dict[str, Any]:
    account, measure = approval.arguments.get("account", ""), approval.arguments.get("measure", "")
    if verdict.decision == "raise" and verdict.raise_by is not None:
        raise_limit(principal, run, account, measure, verdict.raise_by)
    return {"account": account, "measure": measure, "raise_by": verdict.raise_by or 0}


def _resume(run: Run, events: list[NewEvent], *, by: str) -> None:
    if run.status == RunStatus.WAITING:
        run.status, run.waiting_on = RunStatus.QUEUED, None
        events = [*events, NewEvent(EventType.RUN_RESUMED, "", {"by": by})]
    append_events(run, events)
    run.save()


def _answer_text(verdict: Verdict) -> str:
    """What was answered is kept beside the question, so that it is read without the journal."""
    is_text = verdict.decision in ("answer", "done") and isinstance(verdict.result, str)
    return str(verdict.result) if is_text else ""


def _told(approval: Approval) -> None:
    probe("decision.after_commit")
    ring_approvals(approval.organization_id)
    if approval.status != ApprovalStatus.PENDING:
        ring_worker(approval.run_id)
