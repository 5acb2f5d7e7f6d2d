"""The settings page of permissions: the organization's rules, grants that are in force, and what they come to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.core.spec.permissions import PermissionMode, PermissionPolicy
from agents.services.permissions import list_grants, list_rules, make_rule, withdraw_rule
from agents.services.verdicts import judge_calls, known_tools
from trust.core.errors import Denied, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back


@require_GET
@requires(Permission.READ)
def show_permissions(request: GuardedRequest) -> HttpResponse:
    return render(request, "agents/permission/settings.html", _page(request))


@require_POST
@requires(Permission.ADMIN)
def add_rule(request: GuardedRequest) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip() for name in ("pattern", "permission_type", "priority", "reason")}
    priority = typed["priority"] or "0"
    try:
        make_rule(
            principal=request.principal,
            pattern=typed["pattern"],
            permission_type=typed["permission_type"],
            priority=priority,  # type: ignore[arg-type]  # what is no number is told as a problem of the form
            reason=typed["reason"],
        )
    except Invalid as refusal:
        page = _page(request) | {"typed": typed, "refusal": refusal.message}
        return render(request, "agents/permission/settings.html", page, status=refusal.status)
    return go_back(request, reverse("permissions"), "The rule holds from the next step of every run on.", "success")


@require_POST
@requires(Permission.APPROVE)
def withdraw(request: GuardedRequest, rule_id: UUID) -> HttpResponse:
    try:
        row = withdraw_rule(principal=request.principal, rule_id=rule_id)
    except Denied as refusal:
        return go_back(request, reverse("permissions"), refusal.message, "error")
    what = "grant" if row.scope_key else "rule"
    return go_back(request, reverse("permissions"), f"The {what} is withdrawn.", "success")


def _page(request: GuardedRequest) -> dict[str, Any]:
    mode = request.GET.get("mode", PermissionMode.DEFAULT)
    mode = PermissionMode(mode) if mode in list(PermissionMode) else PermissionMode.DEFAULT
    tools = known_tools(request.principal)
    return {
        "rules": list_rules(request.principal),
        "grants": list_grants(request.principal),
        "decisions": judge_calls(request.principal, policy=PermissionPolicy(mode=mode), tools=tools, names=tools),
        "mode": mode.value,
        "modes": [(m.value, m.value.replace("_", " ")) for m in PermissionMode],
        "types": [("deny", "deny"), ("ask", "ask a person"), ("allow", "allow")],
        "typed": {"permission_type": "deny", "priority": "0"},
        "may_admin": request.principal.may(Permission.ADMIN),
        "may_approve": request.principal.may(Permission.APPROVE),
    }
