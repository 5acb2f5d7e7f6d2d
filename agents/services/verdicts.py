"""What permissions say to a call of each tool: the one answer for the editor, the settings page and the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from agents.core.autonomy.permissions import Layer, ToolFacts, decide
from agents.core.runtime.ports import Tool
from agents.core.spec.permissions import PermissionPolicy, PermissionRule
from agents.services.permissions import list_rules
from agents.services.tools import list_tools
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call of the tool would run, ask or be denied, and why."""

    tool: str
    danger: str
    effect: str
    decision: str
    reason: str
    trail: tuple[dict[str, str], ...]


def known_tools(principal: Principal) -> dict[str, Tool]:
    """Every tool that the organization's agents may name, by name."""
    return {tool.name: tool for tool in list_tools(principal.organization_id)}


def judge_tools(principal: Principal, draft: Mapping[str, Any], tools: Mapping[str, Tool]) -> list[Verdict]:
    """What would happen to a call of each of the agent's tools; empty while its permissions are not valid."""
    try:
        policy = PermissionPolicy.model_validate(draft.get("permissions") or {})
    except ValidationError:
        return []
    uses = draft.get("tools")
    chosen = (
        [use for use in uses if isinstance(use, dict) and isinstance(use.get("name"), str)] if isinstance(uses, list) else []
    )
    asks = [use["name"] for use in chosen if use.get("ask") is True]
    name = draft.get("name")
    who = name if isinstance(name, str) and name else "the agent"
    return judge_calls(principal, policy=policy, tools=tools, names=[use["name"] for use in chosen], asks=asks, who=who)


def judge_calls(
    principal: Principal,
    *,
    policy: PermissionPolicy,
    tools: Mapping[str, Tool],
    names: Iterable[str],
    asks: Iterable[str] = (),
    who: str = "this agent",
) -> list[Verdict]:
    """What a call of each of ``names`` would come to under ``policy``, by an agent ``who`` whose use of ``asks`` is marked
    “ask”, and the organization's rules. A name that ``tools`` does not have is judged as a tool of unknown danger."""
    layers = [*_organization_layers(principal), Layer(who, policy, frozenset(asks))]
    return [_judge(tools.get(name), name, layers) for name in names]


def _organization_layers(principal: Principal) -> list[Layer]:
    """The rules of the organization, which speak before those of any agent."""
    rules = tuple(
        PermissionRule(pattern=row.pattern, permission_type=row.permission_type, priority=row.priority, reason=row.reason)
        for row in list_rules(principal)
    )
    return [Layer("the organization", PermissionPolicy(rules=rules), is_agent=False)] if rules else []


def _judge(tool: Tool | None, name: str, layers: list[Layer]) -> Verdict:
    facts = ToolFacts(name, tool.effect, tool.danger, tool.edits) if tool else ToolFacts(name)
    decision = decide(facts, layers)
    return Verdict(name, facts.danger, facts.effect.value, decision.type.value, decision.reason, decision.trail)
