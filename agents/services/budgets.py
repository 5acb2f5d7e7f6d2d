"""Budgets: limits of an organization, an agent or journey, and a session; and what is raised when a run waits at one.

Runs draw from accounts in the journal's own transaction (``adapters.accounts``); here people set and read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from agents.adapters.accounts import find_accounts, lock_accounts, percent_used
from agents.models.approval import Approval, ApprovalKind
from agents.models.budget import Budget, BudgetPeriod, BudgetScope, ModelCall
from agents.models.definition import Definition, Version
from agents.models.run import Run
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission

MEASURES = ("microusd", "tokens", "calls", "seconds")
MOST = 10**15


def accounts_of(run: Run) -> tuple[UUID, ...]:
    """The accounts that the run draws from: its organization's, its agent's or journey's, its session's; and its parent's."""
    if not getattr(run, "has_budgets", True):  # the claim has looked
        return ()
    own = find_accounts(run.organization_id, _definition_of(run.version_id), run.queue_key)
    if run.parent_id is None:
        return own
    above = Run.objects.only("organization_id", "version_id", "queue_key", "parent_id").get(pk=run.parent_id)
    return tuple(sorted({*own, *accounts_of(above)}))


def list_budgets(principal: Principal) -> list[Budget]:
    """The organization's first, then by title."""
    found = Budget.objects.filter(organization_id=principal.organization_id)
    return sorted(found, key=lambda b: (b.scope != BudgetScope.ORGANIZATION, b.scope, b.title))


@dataclass(frozen=True, slots=True)
class BudgetTarget:
    """Something that can have a budget: ``value`` is ``<scope>:<key>``."""

    value: str
    label: str


def budget_targets(principal: Principal) -> list[BudgetTarget]:
    """The organization, then its agents and journeys by name."""
    found = Definition.objects.filter(
        organization_id=principal.organization_id, kind__in=("agent", "journey"), archived_at=None
    )
    rows = [BudgetTarget(f"definition:{d.id}", f"{d.kind.capitalize()}: {d.name}") for d in found.order_by("kind", "name")]
    return [BudgetTarget("organization:", "The whole organization"), *rows]


def get_budget(principal: Principal, budget_id: UUID) -> Budget:
    found = Budget.objects.filter(organization_id=principal.organization_id, pk=budget_id).first()
    if found is None:
        raise NotFound(f"There is no budget {budget_id}.")
    return found


def set_budget(
    *,
    principal: Principal,
    scope: str,
    scope_key: str = "",
    title: str = "",
    period: str = BudgetPeriod.ALWAYS,
    limit_microusd: int | None = None,
    limit_tokens: int | None = None,
    limit_calls: int | None = None,
) -> Budget:
    """Makes the budget of a scope or changes its limits; a limit of ``None`` is no limit.

    A new account of a day or month begins with what was used in it so far. Runs that wait at it go on by their own decision.
    """
    limits = {"limit_microusd": limit_microusd, "limit_tokens": limit_tokens, "limit_calls": limit_calls}
    _check(scope, period, limits)
    title = title or _title(principal, scope, scope_key)
    now = timezone.now()
    with transaction.atomic():
        known = Budget.objects.select_for_update().filter(
            organization_id=principal.organization_id, scope=scope, scope_key=scope_key
        )
        budget = known.first() or Budget(organization_id=principal.organization_id, scope=scope, scope_key=scope_key)
        if budget._state.adding or budget.period != period:
            budget.period, budget.period_start = period, start_of(period, now)
            _count_from_start(budget)
        budget.title, budget.changed_by_label, budget.changed_at = title, principal.label, now
        for name, limit in limits.items():
            setattr(budget, name, limit)
        budget.warned_percent = 0
        budget.save()
    return budget


def raise_limit(principal: Principal, run: Run, account: str, measure: str, amount: int | float) -> dict[str, Any]:
    """Raises the limit that ``run`` (locked by the caller) waits at by ``amount``, in the decision's own transaction.

    ``account`` is ``run``, an account's id, or ``agent:<path>``: the last is kept by the run's journal alone. Raising the
    organization's limit needs the right to administrate.
    """
    if measure not in MEASURES or not 0 < amount <= MOST:
        told = f"got {amount!r} {measure}; allowed is a positive amount of {', '.join(MEASURES)}"
        raise Invalid(problems=[{"where": "raise_by", "message": told}])
    if account == "run":
        _raise(run, f"budget_{measure}", amount)
        run.warned_percent = 0
    elif not account.startswith("agent:"):
        budget = Budget.objects.select_for_update().get(organization_id=run.organization_id, pk=account)
        if budget.scope == BudgetScope.ORGANIZATION and not principal.may(Permission.ADMIN):
            told = "only who administrates the organization may raise its budget; others may stop the run"
            raise Invalid(problems=[{"where": "decision", "message": told}])
        _raise(budget, f"limit_{measure}", amount)
        budget.warned_percent, budget.changed_by_label, budget.changed_at = 0, principal.label, timezone.now()
        budget.save()
    return {"account": account, "measure": measure, "raise_by": amount}


def lock_account_at(card: Approval) -> None:
    """Locks the account that a budget card is about, if it is one of the database."""
    account = card.arguments.get("account", "") if card.kind == ApprovalKind.BUDGET else ""
    if account and account != "run" and not account.startswith("agent:"):
        lock_accounts([UUID(account)])


def _raise(row: Run | Budget, name: str, amount: int | float) -> None:
    limit = getattr(row, name)
    if limit is not None:  # a limit that was lifted while the run waited stays lifted
        setattr(row, name, limit + int(amount))


def fullness(budget: Budget) -> float:
    """Percent of the fullest limit that is used."""
    return percent_used(
        (
            (budget.limit_microusd, budget.spent_microusd),
            (budget.limit_tokens, budget.used_tokens),
            (budget.limit_calls, budget.used_calls),
        )
    )


def start_of(period: str, now: Any) -> Any:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {BudgetPeriod.DAY: day, BudgetPeriod.MONTH: day.replace(day=1)}.get(BudgetPeriod(period), now)


def _count_from_start(budget: Budget) -> None:
    """What the ledger says of the account's present day or month; an account without a period counts from now."""
    budget.spent_microusd = budget.used_tokens = budget.used_calls = 0
    calls = ModelCall.objects.filter(organization_id=budget.organization_id, at__gte=budget.period_start)
    if budget.period == BudgetPeriod.ALWAYS:
        return
    if budget.scope != BudgetScope.ORGANIZATION:
        runs = Run.objects.filter(organization_id=budget.organization_id)
        runs = (
            runs.filter(queue_key=budget.scope_key)
            if budget.scope == BudgetScope.SESSION
            else runs.filter(version__definition_id=budget.scope_key)
        )
        calls = calls.filter(run_id__in=runs.values("pk"))
    sums = calls.aggregate(money=Sum("cost_microusd"), given=Sum("input_tokens"), made=Sum("output_tokens"))
    budget.spent_microusd = sums["money"] or 0
    budget.used_tokens = (sums["given"] or 0) + (sums["made"] or 0)
    budget.used_calls = calls.count()


def _check(scope: str, period: str, limits: dict[str, int | None]) -> None:
    problems = []
    if scope not in BudgetScope.values:
        problems.append({"where": "scope", "message": f"is {scope!r}; allowed: {', '.join(BudgetScope.values)}"})
    if period not in BudgetPeriod.values:
        problems.append({"where": "period", "message": f"is {period!r}; allowed: {', '.join(BudgetPeriod.values)}"})
    problems += [
        {"where": name, "message": f"is {limit}; allowed: 0 to {MOST}, or nothing for no limit"}
        for name, limit in limits.items()
        if limit is not None and not 0 <= limit <= MOST
    ]
    if problems:
        raise Invalid(problems=problems)  # type: ignore[arg-type]


def _title(principal: Principal, scope: str, scope_key: str) -> str:
    if scope == BudgetScope.ORGANIZATION:
        if scope_key:
            raise Invalid(problems=[{"where": "scope_key", "message": "the organization's budget has none"}])
        return "the organization"
    if scope == BudgetScope.DEFINITION:
        try:
            found = Definition.objects.filter(organization_id=principal.organization_id, pk=UUID(scope_key)).first()
        except ValueError:
            found = None
        if found is None:
            raise NotFound(f"There is no agent or journey {scope_key}.")
        return f"{found.kind} {found.name}"
    if not Run.objects.filter(organization_id=principal.organization_id, queue_key=scope_key).exists() or not scope_key:
        raise NotFound(f"There is no session {scope_key!r} that has run.")
    return "this session"


_DEFINITIONS: dict[int | UUID, UUID] = {}  # a version never changes its definition


def _definition_of(version_id: Any) -> UUID | None:
    if version_id is None:
        return None
    if version_id not in _DEFINITIONS:
        if len(_DEFINITIONS) > 100_000:
            _DEFINITIONS.clear()
        _DEFINITIONS[version_id] = Version.objects.values_list("definition_id", flat=True).get(pk=version_id)
    return _DEFINITIONS[version_id]
