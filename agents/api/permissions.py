"""``/permissions``: the organization's rules over tool calls, grants that people gave, and what would be decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema, Status
from pydantic import Field

from agents.core.spec.permissions import PermissionPolicy
from agents.models import PermissionRuleRow
from agents.services.permissions import list_grants, list_rules, make_rule, withdraw_rule
from agents.services.verdicts import judge_calls, known_tools
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Permissions"])
Grants = Annotated[bool, Query(description="True: the grants of sessions and runs instead of the organization's rules.")]
SHOWN: dict[str, Any] = {
    "id": "7c3a7a52-3a4e-4a8a-a5f9-0d6a9a0f2b11",
    "scope_key": "",
    "pattern": "(delete|drop)_.*",
    "permission_type": "deny",
    "priority": 100,
    "reason": "Destructive operations are not allowed",
    "created_by": "Alice",
    "created_at": "2026-11-02T08:00:00Z",
    "withdrawn_at": None,
}


class RuleOut(Schema):
    """A rule of the organization, or a grant for one session or run (``scope_key``)."""

    model_config = example(**SHOWN)

    id: UUID
    scope_key: str = Field(description="Empty: the whole organization. Else the session or run that the grant is for.")
    pattern: str = Field(description="A regular expression (RE2) that must match the whole name of a tool.")
    permission_type: Literal["allow", "deny", "ask"]
    priority: int
    reason: str
    created_by: str
    created_at: datetime
    withdrawn_at: datetime | None


class RuleIn(Body):
    """A rule for every tool call of the organization."""

    model_config = example(pattern="(delete|drop)_.*", permission_type="deny", priority=100, reason="Not allowed")

    pattern: str = Field(min_length=1, max_length=500)
    permission_type: Literal["allow", "deny", "ask"]
    priority: int = Field(default=0, ge=-1_000_000, le=1_000_000)
    reason: str = Field(default="", max_length=500)


class PreviewIn(Body):
    """An agent's permissions and the tools to decide on; without tools, every tool of the catalog."""

    model_config = example(policy={"mode": "default"}, tools=["read_file"], asks=[])

    policy: PermissionPolicy = PermissionPolicy()
    tools: list[str] = Field(default=[], max_length=500)
    asks: list[str] = Field(default=[], max_length=500, description="Tools whose use the agent marks “ask”.")


class DecisionOut(Schema):
    """What would be decided on a call of ``tool`` and why; ``trail`` has the answer of every voice."""

    model_config = example(
        tool="bash_command",
        danger="high",
        effect="unkeyed",
        decision="ask",
        reason="its danger is high",
        trail=[{"layer": "this agent", "decision": "ask", "reason": "its danger is high"}],
    )

    tool: str
    danger: str
    effect: str
    decision: Literal["allow", "deny", "ask"]
    reason: str
    trail: list[dict[str, str]]


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: list[RuleOut]}, 422),
    operation_id="list_permission_rules",
    summary="List permission rules and grants",
)
def get_all(request: ApiRequest, grants: Grants = False) -> list[RuleOut]:
    found = list_grants(request.auth) if grants else list_rules(request.auth)
    return [tell_rule(row) for row in found]


@router.post(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({201: RuleOut}, *BODY),
    operation_id="make_permission_rule",
    summary="Make a rule for the organization",
    description="It holds from the next time that a worker takes up a run. A denial beats everything else.",
)
def post(request: ApiRequest, data: RuleIn) -> Any:
    return Status(201, tell_rule(make_rule(principal=request.auth, **data.model_dump())))


@router.post(
    "/{rule_id}/withdraw",
    auth=KeyAuth(Permission.APPROVE),
    response=answers({200: RuleOut}, 404),
    operation_id="withdraw_permission_rule",
    summary="Withdraw a rule or a grant",
    description="A grant is withdrawn by whoever may approve, a rule of the organization by who administrates it.",
)
def withdraw(request: ApiRequest, rule_id: UUID) -> RuleOut:
    return tell_rule(withdraw_rule(principal=request.auth, rule_id=rule_id))


@router.post(
    "/preview",
    auth=KeyAuth(Permission.READ),
    response=answers({200: list[DecisionOut]}, *BODY),
    operation_id="preview_permissions",
    summary="See what permissions would decide",
    description="The organization's rules have their say, too. Nothing is changed.",
)
def preview(request: ApiRequest, data: PreviewIn) -> list[dict[str, Any]]:
    tools = known_tools(request.auth)
    found = judge_calls(request.auth, policy=data.policy, tools=tools, names=data.tools or tools, asks=data.asks)
    return [{name: getattr(verdict, name) for name in DecisionOut.model_fields} for verdict in found]


def tell_rule(row: PermissionRuleRow) -> RuleOut:
    own = {name: getattr(row, name) for name in RuleOut.model_fields if name != "created_by"}
    return RuleOut(**own, created_by=row.created_by_label)
