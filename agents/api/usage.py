"""``/usage``: what models cost and how much they are used, summed and call by call."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from agents.services.usage import Amounts, Period, UsageRow, get_usage, list_calls, read_period
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import (
    ApiRequest,
    Cursor,
    Limit,
    Page,
    answers,
    example,
    read_cursor,
    write_cursor,
)

router = Router(tags=["Usage"])
AMOUNTS: dict[str, Any] = {
    "calls": 12,
    "failures": 1,
    "input_tokens": 5400,
    "output_tokens": 1200,
    "cost_microusd": 1530,
    "unpriced": 0,
}
ROW: dict[str, Any] = {"name": "gpt-4o-mini", "provider": "openai", "amounts": AMOUNTS}
CALL: dict[str, Any] = {
    "at": "2026-11-22T09:00:00Z",
    "run_id": "3f0d8d4e-5b64-4d2e-9f25-2f6b8f4f9f11",
    "path": "agent/model/0",
    "provider": "openai",
    "model": "gpt-4o-mini",
    "agent": "triage",
    "journey": "",
    "ok": True,
    "input_tokens": 450,
    "output_tokens": 100,
    "cost_microusd": 128,
    "duration_s": 0.8,
}


class PeriodQuery(Schema):
    """Which days: so many back from today, or from one to another."""

    days: str = Field(default="", max_length=10, description="Days back from today (UTC), today included; empty: 30.")
    start: str = Field(default="", alias="from", max_length=20, description="The first day, instead of `days`: 2026-11-01.")
    to: str = Field(default="", max_length=20, description="The last day; empty: today.")

    def period(self) -> Period:
        return read_period(self.days, self.start, self.to)


class AmountsOut(Schema):
    """Sums. Money in micro-dollars."""

    model_config = example(**AMOUNTS)

    calls: int
    failures: int
    input_tokens: int
    output_tokens: int
    cost_microusd: int
    unpriced: int = Field(description="Calls at no known price; they are not in `cost_microusd`.")


class UsageRowOut(Schema):
    """The sums of one model, agent or journey."""

    model_config = example(**ROW)

    name: str
    provider: str = Field(description="Of a model; else empty.")
    amounts: AmountsOut


class UsageDayOut(Schema):
    """The sums of one day."""

    model_config = example(day="2026-11-22", amounts=AMOUNTS, models=[ROW])

    day: date
    amounts: AmountsOut
    models: list[UsageRowOut]


class UsageOut(Schema):
    """Everything of a period."""

    model_config = example(
        start="2026-11-01",
        end="2026-11-22",
        totals=AMOUNTS,
        days=[{"day": "2026-11-22", "amounts": AMOUNTS, "models": [ROW]}],
        models=[ROW],
        agents=[{**ROW, "name": "triage", "provider": ""}],
        journeys=[],
        unpriced=[],
    )

    start: date
    end: date
    totals: AmountsOut
    days: list[UsageDayOut] = Field(description="Every day of the period, oldest first.")
    models: list[UsageRowOut]
    agents: list[UsageRowOut]
    journeys: list[UsageRowOut]
    unpriced: list[UsageRowOut] = Field(description="The models whose price is not known.")


class ModelCallOut(Schema):
    """One model call that ended."""

    model_config = example(**CALL)

    at: datetime
    run_id: UUID
    path: str = Field(description="The step within the run.")
    provider: str
    model: str
    agent: str
    journey: str
    ok: bool
    input_tokens: int
    output_tokens: int
    cost_microusd: int | None = Field(description="Null: no price is known.")
    duration_s: float


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: UsageOut}, 422),
    operation_id="get_usage",
    summary="Get cost and usage of a period",
    description="Model calls of the organization by day, model, agent and journey. Days are days of UTC.",
)
def get(request: ApiRequest, asked: Query[PeriodQuery]) -> UsageOut:
    usage = get_usage(request.auth, asked.period())
    return UsageOut(
        start=usage.period.start,
        end=usage.period.end,
        totals=_amounts(usage.totals),
        days=[
            UsageDayOut(
                day=day.day,
                amounts=_amounts(day.amounts),
                models=[_row(UsageRow(model, amounts, provider)) for (provider, model), amounts in sorted(day.models.items())],
            )
            for day in usage.days
        ],
        models=[_row(row) for row in usage.models],
        agents=[_row(row) for row in usage.agents],
        journeys=[_row(row) for row in usage.journeys],
        unpriced=[_row(row) for row in usage.unpriced],
    )


@router.get(
    "/calls",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[ModelCallOut]}, 422),
    operation_id="list_model_calls",
    summary="List model calls",
    description="One by one, in the order in which they ended.",
)
def list_all(request: ApiRequest, asked: Query[PeriodQuery], cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    after = read_cursor(cursor) if cursor else 0
    if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**63:
        raise Invalid(problems=[{"where": "query.cursor", "message": f"the cursor {cursor!r} is not one of this list"}])
    rows = list(list_calls(request.auth, asked.period(), after, limit + 1))
    items = [ModelCallOut(**{name: getattr(row, name) for name in ModelCallOut.model_fields}) for row in rows[:limit]]
    return {"items": items, "next": write_cursor(rows[limit - 1].pk) if len(rows) > limit else None}


def _amounts(amounts: Amounts) -> AmountsOut:
    return AmountsOut(**asdict(amounts))


def _row(row: UsageRow) -> UsageRowOut:
    return UsageRowOut(name=row.name, provider=row.provider, amounts=_amounts(row.amounts))
