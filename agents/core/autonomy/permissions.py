"""Whether a tool call is allowed, denied, or asked of a person; and why, step by step. Pure: the chain and pages call it.

The order, identical for built-in, function and MCP tools. The first line that speaks decides; a denial beats all:

1. ``denied_tools`` -> deny                       6. ``allowed_tools`` -> allow
2. a DENY rule that matches -> deny               7. ALLOW and ASK rules by priority; at equal priority ASK wins
3. mode plan: anything that does not only read -> deny      8. mode accept_edits: edits of workspace files -> allow
4. mode bypass -> allow                           9. danger safe or low -> allow
5. the agent's use of the tool says "ask" -> ask  10. otherwise (medium, high, critical, unknown) -> ask

Every agent up to the root of the run has its say, and the strictest answer counts: a child never has more than its parent.
Rules of the organization are a layer of their own. A grant ("approve all further calls") turns ask into allow, never deny.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

from agents.core.runtime.effects import Effect
from agents.core.spec.permissions import PermissionMode, PermissionPolicy, PermissionRule, PermissionType

ALLOW, DENY, ASK = PermissionType.ALLOW, PermissionType.DENY, PermissionType.ASK
_STRICTNESS = {ALLOW: 0, ASK: 1, DENY: 2}


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """What deciding needs of a tool. ``danger`` is ``unknown`` for a tool that nobody has classed: it asks."""

    name: str
    effect: Effect = Effect.UNKEYED
    danger: str = "unknown"
    edits: bool = False  # changes files of the workspace and nothing else
    also: str = ""  # a second name of the same tool: what fits either name fits the tool

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.also) if self.also else (self.name,)


@dataclass(frozen=True, slots=True)
class Layer:
    """One voice: an agent's policy, or the organization's rules. ``asks`` are the tools whose use the agent marked "ask"."""

    name: str
    policy: PermissionPolicy = field(default_factory=PermissionPolicy)
    asks: frozenset[str] = frozenset()
    is_agent: bool = True  # the organization's layer has no mode and no defaults: it is silent unless a rule speaks

    def as_data(self) -> dict[str, Any]:
        return {"name": self.name, "policy": self.policy.model_dump(mode="json"), "asks": sorted(self.asks)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Layer:
        return cls(data["name"], PermissionPolicy.model_validate(data["policy"]), frozenset(data["asks"]))


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's "approve all further calls of this tool here"; ``id`` names its row so that it can be withdrawn."""

    pattern: str
    id: str = ""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """``type`` with its ``reason`` in one sentence; ``trail`` has the answer of every voice, for "why was this asked?"."""

    type: PermissionType
    reason: str
    trail: tuple[dict[str, str], ...] = field(default=())

    def as_data(self) -> dict[str, Any]:
        return {"decision": self.type.value, "reason": self.reason, "trail": list(self.trail)}


def decide(tool: ToolFacts, layers: Sequence[Layer], grants: Iterable[Grant] = ()) -> Decision:
    """The strictest answer of all ``layers``; at equal strictness the first one's reason is told."""
    answers = [(layer.name, *found) for layer in layers if (found := _answer(tool, layer))]
    trail = tuple({"layer": name, "decision": kind.value, "reason": reason} for name, kind, reason in answers)
    if not answers:
        return Decision(ASK, f"nothing says what {tool.name} may do", trail)
    name, kind, reason = max(answers, key=lambda answer: _STRICTNESS[answer[1]])
    if kind is ASK:
        for grant in grants:
            if any(matches(grant.pattern, name) for name in tool.names):
                told = f"{grant.by or 'somebody'} approved all further calls of it here" + (
                    f": {grant.reason}" if grant.reason else ""
                )
                return Decision(
                    ALLOW, told, (*trail, {"layer": "grant", "decision": "allow", "reason": told, "grant": grant.id})
                )
    return Decision(kind, f"{name}: {reason}" if len(answers) > 1 else reason, trail)


def matches(pattern: str, name: str) -> bool:
    """Whether ``pattern`` (RE2) fits the whole of ``name``."""
    return _compiled(pattern).fullmatch(name) is not None


def _answer(  # noqa: PLR0911 - one return for each line of the documented order
    tool: ToolFacts, layer: Layer
) -> tuple[PermissionType, str] | None:
    policy = layer.policy
    found = _matching(policy, tool.names) if policy.rules else []
    if any(name in policy.denied_tools for name in tool.names):
        return DENY, f"{tool.name} is on the list of denied tools"
    if denial := next((rule for rule in found if rule.permission_type is DENY), None):
        return DENY, _told(denial)
    if policy.mode is PermissionMode.PLAN and tool.effect is not Effect.READ:
        return DENY, "in plan mode only tools that read may be used"
    if policy.mode is PermissionMode.BYPASS:
        return ALLOW, "bypass mode asks nobody"
    if any(name in layer.asks for name in tool.names):
        return ASK, "the agent is to ask before each call of it"
    if any(name in policy.allowed_tools for name in tool.names):
        return ALLOW, f"{tool.name} is on the list of allowed tools"
    if found:
        rule = max(found, key=lambda r: (r.priority, r.permission_type is ASK))
        return rule.permission_type, _told(rule)
    return _by_nature(tool, policy.mode) if layer.is_agent else None


def _by_nature(tool: ToolFacts, mode: PermissionMode) -> tuple[PermissionType, str]:
    if mode is PermissionMode.ACCEPT_EDITS and tool.edits:
        return ALLOW, "accept-edits mode lets workspace files be changed"
    if tool.danger in ("safe", "low"):
        return ALLOW, f"its danger is {tool.danger}"
    if tool.danger == "unknown":
        return ASK, "nobody has said how dangerous it is"
    return ASK, f"its danger is {tool.danger}"


def _told(rule: PermissionRule) -> str:
    return f"rule {rule.pattern!r}, priority {rule.priority}" + (f": {rule.reason}" if rule.reason else "")


_FOUND: dict[int, tuple[weakref.ref[PermissionPolicy], dict[tuple[str, ...], list[PermissionRule]]]] = {}
_MOST_NAMES = 1000


def _matching(policy: PermissionPolicy, names: tuple[str, ...]) -> list[PermissionRule]:
    """The rules that fit one of ``names``, in their order; remembered, for an agent calls the same tools again and again."""
    known = _FOUND.get(id(policy))
    if known is None or known[0]() is not policy:
        key = id(policy)
        known = _FOUND[key] = (weakref.ref(policy, lambda _ref: _FOUND.pop(key, None)), {})
    found = known[1].get(names)
    if found is None:
        if len(known[1]) >= _MOST_NAMES:
            known[1].clear()
        found = [rule for rule in policy.rules if any(matches(rule.pattern, name) for name in names)]
        known[1][names] = found
    return found


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)
