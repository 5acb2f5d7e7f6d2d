"""The settings page of budgets: what is limited, how full it is, and the form that sets a limit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.budgets import budget_targets, fullness, get_budget, list_budgets, set_budget
from trust.core.errors import Invalid, Problem
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back


@require_GET
@requires(Permission.READ)
def show_budgets(request: GuardedRequest) -> HttpResponse:
    return render(request, "agents/budget/settings.html", _page(request))


@require_GET
@requires(Permission.ADMIN)
def edit_budget(request: GuardedRequest, budget_id: UUID) -> HttpResponse:
    budget = get_budget(request.principal, budget_id)
    typed = {
        "target": f"{budget.scope}:{budget.scope_key}",
        "period": budget.period,
        "dollars": "" if budget.limit_microusd is None else f"{Decimal(budget.limit_microusd) / 1_000_000:f}",
        "tokens": "" if budget.limit_tokens is None else budget.limit_tokens,
        "calls": "" if budget.limit_calls is None else budget.limit_calls,
    }
    return render(request, "agents/budget/settings.html", _page(request) | {"typed": typed, "editing": budget})


@require_POST
@requires(Permission.ADMIN)
def save_budget(request: GuardedRequest) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip() for name in ("target", "period", "dollars", "tokens", "calls")}
    scope, _, scope_key = typed["target"].partition(":")
    try:
        budget = set_budget(
            principal=request.principal,
            scope=scope,
            scope_key=scope_key,
            period=typed["period"] or "always",
            limit_microusd=_dollars(typed["dollars"]),
            limit_tokens=_whole("tokens", typed["tokens"]),
            limit_calls=_whole("calls", typed["calls"]),
        )
    except Invalid as refusal:
        page = _page(request) | {"typed": typed, "refusal": refusal.message}
        return render(request, "agents/budget/settings.html", page, status=refusal.status)
    return go_back(request, reverse("budgets"), f"The budget of {budget.title} is saved.", "success")


def _page(request: GuardedRequest) -> dict[str, Any]:
    budgets = list_budgets(request.principal)
    return {
        "budgets": [{"budget": budget, "percent": min(100, round(fullness(budget)))} for budget in budgets],
        "targets": budget_targets(request.principal),
        "typed": {"target": "organization:", "period": "month"},
        "may_admin": request.principal.may(Permission.ADMIN),
    }


def _dollars(text: str) -> int | None:
    if not text:
        return None
    try:
        value = Decimal(text)
        if value.is_finite() and 0 <= value <= 10**9:
            return int(value * 1_000_000)
    except InvalidOperation:
        pass
    raise _refused("dollars", f"{text[:40]!r} is not an amount of dollars such as 25 or 0.50")


def _whole(name: str, text: str) -> int | None:
    if not text:
        return None
    plain = text.replace(",", "").replace(" ", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 15):
        raise _refused(name, f"{text[:40]!r} is not a whole number of {name}")
    return int(plain)


def _refused(where: str, message: str) -> Invalid:
    return Invalid(problems=[Problem(where=where, message=message)])
