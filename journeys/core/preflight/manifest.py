"""The permission manifest: what a journey can do, asks for and never does, computed from tools, policies, budgets and egress.

The same deciding as at run time (``agents.core.autonomy.permissions``), over every tool that an agent may name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from agents.core.autonomy.permissions import Layer, ToolFacts, decide
from agents.core.runtime.effects import Effect
from agents.core.spec.agent import AgentSpec
from agents.core.spec.permissions import PermissionType
from agents.core.spec.pipeline import agents_in
from journeys.core.preflight.facts import Facts

Verb = Literal["reads", "calls", "asks", "never", "spends", "reaches"]
_POWER = {"never": 0, "asks": 1, "reads": 2, "calls": 3}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the manifest. ``subject`` is a tool, ``money`` or ``network``; ``agent`` empty: the whole journey."""

    verb: Verb
    agent: str
    subject: str
    sentence: str
    danger: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A line that two versions do not share. ``sign``: ``+`` more power, ``-`` less."""

    sign: Literal["+", "-"]
    sentence: str


def make_manifest(agents: Mapping[str, Any], budget_microusd: int | None, facts: Facts) -> tuple[Line, ...]:
    """The manifest of a journey with ``agents`` (name -> spec), agent by agent, the journey's own lines last."""
    lines = [
        line for name, runnable in agents.items() for _, agent in agents_in(runnable) for line in _tools(name, agent, facts)
    ]
    lines += _network(lines, facts)
    lines.append(_money(budget_microusd, facts))
    return tuple(dict.fromkeys(lines))


def diff_manifests(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[Change, ...]:
    """What a new version may do more and less than the old one; added powers first."""
    old, new = {(x.agent, x.subject): x for x in before}, {(x.agent, x.subject): x for x in after}
    more, less = [], []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if now is not None and (was is None or _is_more(was, now)):
            more.append(Change("+", now.sentence))
        elif now is not None:
            less.append(Change("-", now.sentence))
        elif was is not None:
            less.append(Change("-", f"no longer: {was.sentence}"))
    return (*more, *less)


def as_data(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    return [asdict(line) for line in lines]


def _tools(name: str, agent: AgentSpec, facts: Facts) -> Iterator[Line]:
    asks = frozenset(use.name for use in agent.tools if use.ask)
    layers = [Layer(agent.name, agent.permissions, asks), *([facts.organization] if facts.organization else [])]
    for use in agent.tools:
        offer = facts.tools.get(use.name)
        tool = offer.facts if offer else ToolFacts(use.name)
        decision = decide(tool, layers)
        limit = f" up to {agent.limits.calls} times" if agent.limits.calls else ""
        if decision.type is PermissionType.DENY:
            yield Line("never", name, use.name, f"{name} never uses {use.name}: {decision.reason}", tool.danger)
        elif decision.type is PermissionType.ASK:
            people = "a person" if use.quorum == 1 else f"{use.quorum} people"
            other = ", none of them who started it," if use.other_person else ""
            yield Line("asks", name, use.name, f"{name} asks {people}{other} before {use.name}", tool.danger)
        elif tool.effect is Effect.READ:
            yield Line("reads", name, use.name, f"{name} can read by {use.name}{limit}", tool.danger)
        else:
            yield Line("calls", name, use.name, f"{name} can call {use.name}{limit} without asking", tool.danger)
    used = {use.name for use in agent.tools}
    for denied in agent.permissions.denied_tools:
        if denied not in used:
            yield Line("never", name, denied, f"{name} never uses {denied}")


def _network(lines: list[Line], facts: Facts) -> list[Line]:
    tools = {line.subject for line in lines if line.verb != "never"}
    if not any(offer.network for name, offer in facts.tools.items() if name in tools):
        return []
    allowed, denied = facts.egress
    where = ", ".join(allowed) if allowed else "any public address"
    but = f", never {', '.join(denied)}" if denied else ""
    return [Line("reaches", "", "network", f"its tools can connect to {where}{but}")]


def _money(budget: int | None, facts: Facts) -> Line:
    limits = [n for n in (budget, facts.budget_microusd) if n is not None]
    if not limits:
        return Line("spends", "", "money", "a conversation can spend without a limit")
    return Line("spends", "", "money", f"a conversation can spend up to {min(limits) / 1_000_000:.2f} USD")


def _is_more(was: Line, now: Line) -> bool:
    if was.verb in _POWER and now.verb in _POWER and was.verb != now.verb:
        return _POWER[now.verb] > _POWER[was.verb]
    return _limit(now) > _limit(was) if now.subject == "money" else True


def _limit(line: Line) -> float:
    word = line.sentence.removeprefix("a conversation can spend up to ").removesuffix(" USD")
    return float(word) if word.replace(".", "").isdigit() else float("inf")
