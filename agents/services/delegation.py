"""Who may decide an approval instead of whom: hands one over to a member, or back to everybody. Decides nothing."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from agents.adapters.bell import ring_approvals
from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval
from agents.models.run import Run, RunEvent
from agents.services.approval_rules import REASON_CHARACTERS, check_open
from agents.services.approvals import get_approval
from agents.services.runs import append_events
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.principals import find_member, list_people, person_behind


def delegate_approval(*, principal: Principal, approval_id: UUID, to: str, reason: str = "") -> Approval:
    """From now on only ``to`` (``user:<id>`` of a member who may approve) decides it; an empty ``to``: everybody again.

    Whoever may decide it may hand it over; who has handed it over, and an owner, may take it back.
    """
    seen = get_approval(principal, approval_id)
    if not principal.may(Permission.APPROVE):
        raise Invalid(problems=[{"where": "to", "message": "handing over needs the right to approve"}])
    if len(reason) > REASON_CHARACTERS:
        raise Invalid(problems=[{"where": "reason", "message": f"at most {REASON_CHARACTERS} characters, got {len(reason)}"}])
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=seen.run_id)
        approval = Approval.objects.select_for_update().get(pk=approval_id)
        approval.run = run
        check_open(approval, run, approval.digest)
        if not may_delegate(principal, approval):
            message = f"it is delegated to {approval.delegated_to_label}; they, who handed it over, or an owner may change that"
            raise Invalid(problems=[{"where": "to", "message": message}])
        label = _label_of(principal, approval, to)
        approval.delegated_to, approval.delegated_to_label = to, label
        approval.save(update_fields=["delegated_to", "delegated_to_label"])
        payload = {
            "approval": str(approval.id),
            "to": to,
            "to_label": label,
            "by": principal.ref,
            "label": principal.label,
            "reason": reason,
        }
        append_events(run, [NewEvent(EventType.APPROVAL_DELEGATED, approval.path, payload)])
        transaction.on_commit(lambda: ring_approvals(approval.organization_id))
    return approval


def may_delegate(principal: Principal, approval: Approval) -> bool:
    if not principal.may(Permission.APPROVE):
        return False
    person = person_behind(principal.ref)
    if not approval.delegated_to or approval.delegated_to == person or principal.may(Permission.ADMIN):
        return True
    rows = RunEvent.objects.filter(run_id=approval.run_id, path=approval.path, type=EventType.APPROVAL_DELEGATED)
    last = rows.order_by("-seq").first()
    return last is not None and person_behind(last.payload.get("by", "")) == person


def list_delegates(principal: Principal, approval: Approval) -> list[Principal]:
    """The members to whom ``approval`` can be handed over."""
    starter = person_behind(approval.run.created_by)
    people = list_people(principal.organization_id, Permission.APPROVE)
    return [p for p in people if p.ref != approval.delegated_to and not (approval.other_person and p.ref == starter)]


def _label_of(principal: Principal, approval: Approval, to: str) -> str:
    if not to:
        return ""
    member = find_member(principal.organization_id, to)
    if member is None or not member.may(Permission.APPROVE):
        known = ", ".join(f"{p.ref} ({p.label})" for p in list_delegates(principal, approval)) or "nobody"
        raise Invalid(problems=[{"where": "to", "message": f"{to!r} is no member who may approve; there is: {known}"}])
    if approval.other_person and to == person_behind(approval.run.created_by):
        raise Invalid(problems=[{"where": "to", "message": f"{member.label} started the run; another person must approve it"}])
    if any(vote.by == to for vote in approval.votes.all()):
        raise Invalid(problems=[{"where": "to", "message": f"{member.label} has approved it already"}])
    return member.label
