"""Pages of decisions: the inbox and the card on which a person approves, edits, rejects or answers."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.approvals import decide_approval, get_approval, list_approvals
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx, with_toast

_DONE = {
    "approve": "Approved. The run goes on.",
    "edit": "Approved with your changes. The run goes on.",
    "reject": "Rejected. The agent is told your reason.",
    "answer": "Answered. The run goes on.",
    "retry": "The step is tried again.",
    "done": "Marked as done. The run goes on.",
    "stop": "Stopped.",
}


@require_GET
@requires(Permission.READ)
def show_approvals(request: GuardedRequest) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    approvals = _decided(request) if decided else list_approvals(request.principal)
    wanted = request.GET.get("open", "")
    chosen = next((a for a in approvals if str(a.id) == wanted), approvals[0] if approvals else None)
    page = {"approvals": approvals, "chosen": chosen, "decided": decided, **_card(request, chosen)}
    return render(request, "agents/approval/inbox.html" if is_htmx(request) else "agents/approval/list.html", page)


@require_GET
@requires(Permission.READ)
def show_approval(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    approval = get_approval(request.principal, approval_id)
    template = "agents/approval/card.html" if is_htmx(request) else "agents/approval/detail.html"
    return render(request, template, _card(request, approval))


@require_POST
@requires(Permission.APPROVE)
def decide(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    decision = request.POST.get("decision", "")
    try:
        approval = decide_approval(
            principal=request.principal,
            approval_id=approval_id,
            decision=decision,
            seen_digest=request.POST.get("seen_digest", ""),
            reason=request.POST.get("reason", "").strip(),
            arguments=_arguments(request.POST.get("arguments")),
            result=request.POST.get("result"),
        )
    except (Conflict, Invalid) as refusal:
        approval = get_approval(request.principal, approval_id)
        page = _card(request, approval) | {"refusal": refusal.message, "typed": request.POST, "opened": decision}
        template = "agents/approval/card.html" if is_htmx(request) else "agents/approval/detail.html"
        return render(request, template, page, status=refusal.status)
    if is_htmx(request):
        done = render(request, "agents/approval/card.html", _card(request, approval))
        return with_toast(done, _DONE[decision], "success")
    return go_back(request, reverse("approval_list"), _DONE[decision], "success")


def _decided(request: GuardedRequest) -> list[Any]:
    return [a for a in list_approvals(request.principal, status=None) if a.status != "pending"]


def _card(request: GuardedRequest, approval: Any) -> dict[str, Any]:
    return {"approval": approval, "may_decide": request.principal.may(Permission.APPROVE)}


def _arguments(text: str | None) -> dict[str, Any] | None:
    """The edited arguments; what is no JSON object is refused with the place of the fault."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as fault:
        message = f"This is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}. Nothing was decided."
        raise Invalid(message) from fault
    except (ValueError, RecursionError) as fault:  # a number of thousands of digits, or brackets without end
        raise Invalid(f"This is not JSON that can be read: {fault}. Nothing was decided.") from fault
    if not isinstance(value, dict):
        raise Invalid(f"The arguments must be a JSON object such as {{...}}; this is: {text[:40]}. Nothing was decided.")
    return value
