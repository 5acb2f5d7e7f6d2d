"""Pages of decisions: the inbox, and the card on which a person approves, edits, rejects, asks back, delegates or answers."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.models.approval import Approval, ApprovalKind
from agents.services.approval_card import note_looking
from agents.services.approval_rules import is_shown_whole, parse_ids
from agents.services.approvals import (
    ApprovalFilter,
    approve_several,
    decide_approval,
    get_approval,
    list_approvals,
    list_choices,
)
from agents.services.delegation import delegate_approval
from trust.core.errors import Conflict, Invalid, KaizenError
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx, with_toast

_DONE = {
    "approve": "Approved. The run goes on.",
    "edit": "Approved with your changes. The run goes on.",
    "reject": "Rejected. The agent is told your reason.",
    "ask_back": "Asked back. The agent is told your question and may ask again.",
    "answer": "Answered. The run goes on.",
    "retry": "The step is tried again.",
    "done": "Marked as done. The run goes on.",
    "stop": "Stopped.",
    "raise": "Raised. The run goes on.",
}
_WHOSE = ("all", "role", "mine")


@require_GET
@requires(Permission.READ)
def show_approvals(request: GuardedRequest) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    only = _filter(request)
    status = "decided" if decided else "pending"
    approvals = list_approvals(request.principal, status=status, only=only)
    wanted = request.GET.get("open", "")
    chosen = next((a for a in approvals if str(a.id) == wanted), approvals[0] if approvals else None)
    kept = {name: value for name, value in _kept(only).items() if value}
    page = {
        "approvals": approvals,
        "chosen": chosen,
        "decided": decided,
        "only": only,
        "whose": _WHOSE,
        "kinds": ApprovalKind.values,
        "choices": list_choices(request.principal),
        "query": urlencode({**kept, **({"show": "decided"} if decided else {})}),
        "filters": urlencode(kept),
        "opened_by_hand": bool(wanted),
        **_card(request, chosen),
    }
    return render(request, "agents/approval/inbox.html" if is_htmx(request) else "agents/approval/list.html", page)


@require_GET
@requires(Permission.READ)
def show_approval(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    approval = get_approval(request.principal, approval_id)
    template = "agents/approval/card.html" if is_htmx(request) else "agents/approval/detail.html"
    return render(request, template, _card(request, approval))


@require_GET
@requires(Permission.READ)
def download_arguments(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    """The complete arguments as a file: what is too long for a card."""
    approval = get_approval(request.principal, approval_id)
    body = {"approval": str(approval.id), "tool": approval.tool, "digest": approval.digest, "arguments": approval.arguments}
    answer = HttpResponse(json.dumps(body, indent=2, ensure_ascii=False), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="approval-{approval.id}.json"'
    return answer


@require_GET
@requires(Permission.READ)
def show_onlookers(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    """Who else has this card before them; asking says that the asker has."""
    approval = get_approval(request.principal, approval_id)
    return render(request, "agents/approval/onlookers.html", {"others": note_looking(request.principal, approval)})


@require_POST
@requires(Permission.APPROVE)
def decide(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    decision = request.POST.get("decision", "")
    before = get_approval(request.principal, approval_id)
    try:
        if decision in ("approve", "edit") and not is_shown_whole(before):
            raise Invalid("It was not shown whole, so it cannot be approved on this page. Nothing was decided.")
        approval = decide_approval(
            principal=request.principal,
            approval_id=approval_id,
            decision=decision,
            seen_digest=request.POST.get("seen_digest", ""),
            reason=request.POST.get("reason", "").strip(),
            arguments=_arguments(request.POST.get("arguments")),
            result=request.POST.get("result"),
            raise_by=_amount(before, request.POST.get("raise_by")),
            further_calls=request.POST.get("further_calls") == "on",
        )
    except (Conflict, Invalid) as refusal:
        return _refused(request, approval_id, refusal, opened=decision)
    done = _DONE[decision]
    if approval.status == "pending":
        done = f"Your approval counts. {approval.quorum - approval.votes.count()} more must approve."
    if is_htmx(request):
        card = render(request, "agents/approval/card.html", _card(request, get_approval(request.principal, approval_id)))
        return with_toast(card, done, "success")
    return go_back(request, reverse("approval_list"), done, "success")


@require_POST
@requires(Permission.APPROVE)
def delegate(request: GuardedRequest, approval_id: UUID) -> HttpResponse:
    try:
        approval = delegate_approval(
            principal=request.principal,
            approval_id=approval_id,
            to=request.POST.get("to", ""),
            reason=request.POST.get("reason", "").strip(),
        )
    except (Conflict, Invalid) as refusal:
        return _refused(request, approval_id, refusal, opened="delegate")
    label = approval.delegated_to_label
    done = f"Handed over to {label}. Only they decide it now." if label else "Taken back: everybody who may approve decides it."
    if is_htmx(request):
        card = render(request, "agents/approval/card.html", _card(request, get_approval(request.principal, approval_id)))
        return with_toast(card, done, "success")
    return go_back(request, reverse("approval_list"), done, "success")


@require_GET
@requires(Permission.APPROVE)
def review_several(request: GuardedRequest) -> HttpResponse:
    """Everything that was picked, with its complete arguments, above one button."""
    picked = [get_approval(request.principal, i) for i in parse_ids(request.GET.getlist("id")[:50])]
    return render(request, "agents/approval/several.html", {"picked": [a for a in picked if a.status == "pending"]})


@require_POST
@requires(Permission.APPROVE)
def decide_several(request: GuardedRequest) -> HttpResponse:
    ids, digests = parse_ids(request.POST.getlist("id")), request.POST.getlist("seen_digest")
    try:
        results = approve_several(
            principal=request.principal, seen=zip(ids, digests, strict=False), reason=request.POST.get("reason", "").strip()
        )
    except Invalid as refusal:
        picked = [get_approval(request.principal, i) for i in ids]
        page = {"picked": [a for a in picked if a.status == "pending"], "refusal": refusal.message}
        return render(request, "agents/approval/several.html", page, status=422)
    refused = [done.message for _, done in results if isinstance(done, KaizenError)]
    text = f"{len(results) - len(refused)} approved." + (f" {len(refused)} not: {' '.join(refused)}" if refused else "")
    return go_back(request, reverse("approval_list"), text, "warning" if refused else "success")


def _refused(request: GuardedRequest, approval_id: UUID, refusal: KaizenError, *, opened: str) -> HttpResponse:
    approval = get_approval(request.principal, approval_id)
    page = _card(request, approval) | {"refusal": refusal.message, "typed": request.POST, "opened": opened}
    template = "agents/approval/card.html" if is_htmx(request) else "agents/approval/detail.html"
    return render(request, template, page, status=refusal.status)


def _card(request: GuardedRequest, approval: Any) -> dict[str, Any]:
    return {"approval": approval, "may_decide": request.principal.may(Permission.APPROVE)}


def _filter(request: GuardedRequest) -> ApprovalFilter:
    """The filter in the address; what it does not know means no filter."""
    get = request.GET.get
    whose, kind = get("whose", ""), get("kind", "")
    return ApprovalFilter(
        whose=whose if whose in _WHOSE else "all",
        kind=kind if kind in ApprovalKind.values else "",
        risk=get("risk", "")[:10],
        agent=get("agent", "")[:200],
        tool=get("tool", "")[:200],
        text=get("text", "").strip()[:200].replace("\0", ""),
    )


def _kept(only: ApprovalFilter) -> dict[str, str]:
    names = {name: getattr(only, name) for name in ("kind", "risk", "agent", "tool", "text")}
    return {"whose": "" if only.whose == "all" else only.whose, **names}


def _amount(approval: Approval, text: str | None) -> int | None:
    """The amount of a budget card in the unit of its measure: dollars are typed, micro-dollars are kept."""
    if text is None:
        return None
    try:
        amount = Decimal(text.strip() or "x")
    except InvalidOperation:
        raise Invalid(f"The amount must be a number above 0; got {text[:40]!r}. Nothing was decided.") from None
    if not amount.is_finite() or amount <= 0:
        raise Invalid(f"The amount must be a number above 0; got {text[:40]!r}. Nothing was decided.")
    factor = 1_000_000 if approval.arguments.get("measure") == "microusd" else 1
    return int((amount * factor).to_integral_value())


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
