"""The accounts above a run (organization, agent or journey, session) in plain SQL: reserve, settle, and what is used.

One conditional UPDATE decides: it changes an account only where the whole amount fits. Owns no run and no event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agents.adapters.rows import id_of, uuid_value
from agents.core.autonomy.budgets import budget_exceeded
from agents.core.runtime.errors import BudgetExceeded
from agents.core.runtime.events import Money
from agents.models.budget import Budget, BudgetPeriod
from agents.models.run import Run

WARN_AT = (50, 80, 100)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a group of events changes, summed. ``reserving``: a call begins, so limits are checked."""

    spend: int = 0
    held: int = 0  # reserved minus released
    tokens: int = 0
    held_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    reserve: int = 0
    reserve_tokens: int = 0
    cost_unknown: bool = False

    @property
    def reserving(self) -> bool:
        return bool(self.calls or self.reserve)


def sum_of(moved: Iterable[Money]) -> Moved:
    many = list(moved)
    reserve, tokens = sum(m.reserve_microusd for m in many), sum(m.reserve_tokens for m in many)
    given, made = sum(m.input_tokens for m in many), sum(m.output_tokens for m in many)
    return Moved(
        spend=sum(m.spend_microusd for m in many),
        held=reserve - sum(m.release_microusd for m in many),
        tokens=given + made,
        held_tokens=tokens - sum(m.release_tokens for m in many),
        input_tokens=given,
        output_tokens=made,
        calls=sum(m.calls for m in many),
        reserve=reserve,
        reserve_tokens=tokens,
        cost_unknown=any(m.cost_unknown for m in many),
    )


def find_accounts(organization_id: UUID, definition_id: UUID | None, session_key: str) -> tuple[UUID, ...]:
    """The accounts that a run draws from, in the order in which they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM agents_budget WHERE organization_id = %s AND (scope = 'organization'"
            " OR (scope = 'definition' AND scope_key = %s) OR (scope = 'session' AND scope_key = %s)) ORDER BY id",
            [uuid_value(organization_id), str(definition_id or "-"), session_key or "-"],
        )
        return tuple(id_of(row[0]) for row in cursor.fetchall())


def move(accounts: Sequence[UUID], moved: Moved, now: datetime) -> list[dict[str, Any]]:
    """Changes every account by ``moved``; the warnings that came of it. Raises ``BudgetExceeded`` when one has no room: the
    caller's savepoint undoes the others."""
    ids = [uuid_value(account) for account in accounts]
    marks = ", ".join(["%s"] * len(ids))
    room, params = _room(moved)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(ids) > 1:
            cursor.execute(f"SELECT 1 FROM agents_budget WHERE id IN ({marks}) ORDER BY id FOR UPDATE", ids)
        cursor.execute(
            "UPDATE agents_budget SET spent_microusd = spent_microusd + %s, used_tokens = used_tokens + %s,"
            f" reserved_microusd = {at_least_0('reserved_microusd')}, reserved_tokens = {at_least_0('reserved_tokens')},"
            " used_calls = used_calls + %s"
            f" WHERE id IN ({marks}){room} RETURNING {_SEEN}",
            [moved.spend, moved.tokens, moved.held, moved.held_tokens, moved.calls, *ids, *params],
        )
        rows = cursor.fetchall()
    if len(rows) < len(ids) and moved.reserving:
        raise _refusal(accounts, {id_of(row[0]) for row in rows}, moved)
    return [warning for row in rows if (warning := _warning(row))]


def at_least_0(column: str) -> str:
    """``column`` moved by a parameter: an account that is younger than a reservation has nothing of it to give back."""
    return f"{'GREATEST' if connection.vendor == 'postgresql' else 'MAX'}(0, {column} + %s)"


def lock_accounts(accounts: Sequence[UUID]) -> None:
    """Before a run is locked whose money is to move: workers lock in this order, and another one is a deadlock."""
    if accounts:
        list(Budget.objects.select_for_update().filter(pk__in=accounts).order_by("pk").values_list("pk"))


def _room(moved: Moved) -> tuple[str, list[int]]:
    """The condition that a call which begins must meet; a settlement always goes through."""
    if not moved.reserving:
        return "", []
    room = (
        " AND (limit_microusd IS NULL OR spent_microusd + reserved_microusd + %s <= limit_microusd)"
        " AND (limit_tokens IS NULL OR used_tokens + reserved_tokens + %s <= limit_tokens)"
        " AND (limit_calls IS NULL OR used_calls + %s <= limit_calls)"
    )
    return room, [moved.held + moved.spend, moved.held_tokens + moved.tokens, moved.calls]


_SEEN = "id, title, warned_percent, limit_microusd, spent_microusd, limit_tokens, used_tokens, limit_calls, used_calls"


def _refusal(accounts: Sequence[UUID], fitting: set[UUID], moved: Moved) -> BudgetExceeded:
    found = Budget.objects.in_bulk([a for a in accounts if a not in fitting])
    for budget in found.values():
        told = refuse(
            str(budget.id),
            budget.title,
            moved,
            money=(budget.limit_microusd, budget.spent_microusd, budget.reserved_microusd),
            tokens=(budget.limit_tokens, budget.used_tokens, budget.reserved_tokens),
            calls=(budget.limit_calls, budget.used_calls, 0),
        )
        if told:
            return told
    # Deleted or raised between the two statements: asking again finds out.
    again = BudgetExceeded("a budget changed at this moment; the call is tried again")
    again.temporary = True
    return again


def refuse(account: str, title: str, moved: Moved, **measures: tuple[int | None, int, int]) -> BudgetExceeded | None:
    """Which limit of ``account`` stands in the way: ``money``, ``tokens`` and ``calls`` as (limit, used, reserved)."""
    needs = {
        "money": ("microusd", moved.held + moved.spend),
        "tokens": ("tokens", moved.held_tokens + moved.tokens),
        "calls": ("calls", moved.calls),
    }
    for name, (limit, used, reserved) in measures.items():
        measure, needed = needs[name]
        if limit is not None and used + reserved + needed > limit:
            return budget_exceeded(account, title, measure, limit=limit, used=used, reserved=reserved, needed=needed)
    return None


def _warning(row: Sequence[Any]) -> dict[str, Any] | None:
    account, title, warned, *pairs = row
    percent = percent_used(zip(pairs[::2], pairs[1::2], strict=True))
    reached = max((mark for mark in WARN_AT if percent >= mark), default=0)
    if reached <= warned:
        return None
    Budget.objects.filter(pk=id_of(account)).update(warned_percent=reached)
    return {"account": str(id_of(account)), "title": title, "percent": reached}


def percent_used(pairs: Iterable[tuple[int | None, int]]) -> float:
    """The fullest of ``(limit, used)``; no limit is never full."""
    return max((used * 100 / limit if limit else 100.0 for limit, used in pairs if limit is not None), default=0.0)


def settle_leftovers(accounts: Sequence[UUID], microusd: int, tokens: int, now: datetime) -> None:
    """A reservation that no call gave back belongs to one that was cut off: it may have been charged, so it is spent."""
    if accounts:
        move(accounts, Moved(spend=microusd, held=-microusd, held_tokens=-tokens), now)


def run_warnings(run_id: UUID, moved: Moved) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The mark that a run with limits of its own passes with ``moved``, if any, and what its row then says of it."""
    run = Run.objects.get(pk=run_id)
    pairs = (
        (run.budget_microusd, run.spent_microusd + moved.spend),
        (run.budget_tokens, run.input_tokens + run.output_tokens + moved.tokens),
        (run.budget_calls, run.calls + moved.calls),
    )
    percent = percent_used(pairs)
    reached = max((mark for mark in WARN_AT if percent >= mark), default=0)
    if reached <= run.warned_percent:
        return [], {}
    return [{"account": "run", "title": "this run", "percent": reached}], {"warned_percent": reached}


def roll_over(now: datetime) -> None:
    """Begins the new day or month (UTC) of every account whose last one is over. What is reserved stays reserved."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for period, start in ((BudgetPeriod.DAY, day), (BudgetPeriod.MONTH, day.replace(day=1))):
        Budget.objects.filter(period=period, period_start__lt=start).update(
            period_start=start, spent_microusd=0, used_tokens=0, used_calls=0, warned_percent=0
        )
