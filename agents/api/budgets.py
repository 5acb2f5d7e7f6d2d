"""``/budgets``: limits of the organization, of single agents and journeys, and of sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from agents.models import Budget
from agents.services.budgets import fullness, get_budget, list_budgets, set_budget
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Budgets"])
MOST = 10**15
SHOWN: dict[str, Any] = {
    "id": "3f0c1f52-6d0e-4e0c-9a51-0d6a9a0f2b11",
    "scope": "organization",
    "scope_key": "",
    "title": "the organization",
    "period": "month",
    "period_start": "2026-11-01T00:00:00Z",
    "limit_microusd": 50_000_000,
    "limit_tokens": None,
    "limit_calls": None,
    "spent_microusd": 1_250_000,
    "reserved_microusd": 4_000,
    "used_tokens": 81_000,
    "used_calls": 120,
    "percent": 2.5,
    "changed_by": "Alice",
    "changed_at": "2026-11-02T08:00:00Z",
}


class BudgetOut(Schema):
    """An account that runs draw from: what is reserved belongs to calls that are under way."""

    model_config = example(**SHOWN)

    id: UUID
    scope: Literal["organization", "definition", "session"]
    scope_key: str = Field(description="Id of the agent or journey, key of the session; empty for the organization.")
    title: str
    period: Literal["always", "day", "month"]
    period_start: datetime = Field(description="Since when is counted; days and months begin at midnight UTC.")
    limit_microusd: int | None
    limit_tokens: int | None
    limit_calls: int | None
    spent_microusd: int
    reserved_microusd: int
    used_tokens: int
    used_calls: int
    percent: float = Field(description="How full the fullest limit is; 0 without a limit.")
    changed_by: str
    changed_at: datetime


class BudgetIn(Body):
    """The whole budget of one scope; a limit that is left out is no limit."""

    model_config = example(scope="organization", period="month", limit_microusd=50_000_000)

    scope: Literal["organization", "definition", "session"]
    scope_key: str = Field(default="", max_length=80)
    period: Literal["always", "day", "month"] = "always"
    limit_microusd: int | None = Field(default=None, ge=0, le=MOST)
    limit_tokens: int | None = Field(default=None, ge=0, le=MOST)
    limit_calls: int | None = Field(default=None, ge=0, le=MOST)


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: list[BudgetOut]}),
    operation_id="list_budgets",
    summary="List budgets",
    description="Runs reserve the worst case of a model call before it is made and settle its real cost afterwards. At a limit"
    " the run waits for a person, who raises the limit or stops the run.",
)
def get_all(request: ApiRequest) -> list[BudgetOut]:
    return [tell_budget(budget) for budget in list_budgets(request.auth)]


@router.get(
    "/{budget_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: BudgetOut}, 404),
    operation_id="get_budget",
    summary="Get a budget",
)
def get_one(request: ApiRequest, budget_id: UUID) -> BudgetOut:
    return tell_budget(get_budget(request.auth, budget_id))


@router.put(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: BudgetOut}, 404, *BODY),
    operation_id="set_budget",
    summary="Set the budget of a scope",
    description="Makes it, or changes its limits. Runs that wait at it already are decided by their own card.",
)
def put(request: ApiRequest, data: BudgetIn) -> BudgetOut:
    return tell_budget(set_budget(principal=request.auth, **data.model_dump()))


def tell_budget(budget: Budget) -> BudgetOut:
    own = {name: getattr(budget, name) for name in BudgetOut.model_fields if name not in ("percent", "changed_by")}
    return BudgetOut(**own, percent=round(fullness(budget), 1), changed_by=budget.changed_by_label)
