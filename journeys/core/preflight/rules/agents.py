"""What answers: agents that are not there, and what the catalogs and models say of those that are."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from journeys.core.preflight.report import Finding, Fix, Focus, clear_field, error, warning
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import Node


def check(scope: Scope) -> Iterator[Finding]:
    for node in scope.view.nodes.values():
        yield from _missing(scope, node)
        yield from _pattern(scope, node)
    named = {a for node in scope.view.nodes.values() for a in node.spec.agents}
    for name in scope.view.agents:
        yield from _told(scope, name)
    for name in scope.view.own - named:
        remove = Fix("Remove the agent", ({"op": "clear_field", "path": f"agents.{name}"},))
        what = f"The agent {name!r} is part of the journey and answers in no pathway."
        how = "Add it to a pathway, or remove it."
        yield warning("unused_agent", f"agents.{name}", Focus("agent", name), what, how, remove)
    yield from _keys(scope)


def _missing(scope: Scope, node: Node) -> Iterator[Finding]:
    known = sorted({*scope.view.own, *scope.facts.agents})
    for name in node.spec.agents:
        if name in known:
            continue
        path = f"pathways.{node.id}.agents"
        near = difflib.get_close_matches(name, known, n=1)
        fixes = [
            Fix(
                f"Use {other!r}",
                ({"op": "set_field", "path": path, "value": [other if a == name else a for a in node.spec.agents]},),
            )
            for other in near
        ]
        rest = [a for a in node.spec.agents if a != name]
        fixes.append(Fix("Take it out", ({"op": "set_field", "path": path, "value": rest},)))
        what = f"{scope.view.title(node.id)} names the agent {name!r}, which is neither part of the journey nor published."
        how = f"Make and publish it, or use one of: {', '.join(known) or 'none yet'}."
        yield error("unknown_agent", f"{path}.{name}", Focus("pathway", node.id, "agents"), what, how, *fixes)


def _pattern(scope: Scope, node: Node) -> Iterator[Finding]:
    for problem in scope.facts.patterns.get(node.id, ()):
        where = f"pathways.{node.id}.{problem['where']}"
        field = problem["where"].split(".")[0]
        what = f"{scope.view.title(node.id)}: {problem['where']} {problem['message']}."
        key = "pipeline_params" if field == "pipeline_params" else "pipeline"
        plain = clear_field("Use the default", f"pathways.{node.id}.{key}")
        focus = Focus("pathway", node.id, field)
        yield error("pattern", where, focus, what, "Choose a pattern of the catalog with its parameters.", plain)


def _told(scope: Scope, name: str) -> Iterator[Finding]:
    own = name in scope.view.own
    for problems, make in ((scope.facts.problems, error), (scope.facts.warnings, warning)):
        for problem in problems.get(name, ()):
            inside = problem["where"]
            what = f"The agent {name!r}: {problem['message']}."
            at_home = "" if own else " It is a published agent: change it where it is at home."
            field = inside.split(".")[0].split("[")[0]
            fixes = _tool_fixes(scope, name, inside) if own else ()
            code = {"tools": "tool", "model": "model", "strategy": "strategy", "strategy_params": "strategy"}.get(
                field, "agent"
            )
            where = f"agents.{name}.{inside}".rstrip(".")
            yield make(code, where, Focus("agent", name, field), what, f"Choose something that is there.{at_home}", *fixes)


def _tool_fixes(scope: Scope, name: str, inside: str) -> tuple[Fix, ...]:
    tools = getattr(scope.view.agents[name], "tools", ())
    place = inside.removeprefix("tools[").removesuffix("]")
    if not inside.startswith("tools[") or not place.isdecimal() or int(place) >= len(tools):
        return ()
    rest = [t.model_dump(mode="json") for n, t in enumerate(tools) if n != int(place)]
    label = f"Take the tool {tools[int(place)].name!r} away"
    return (Fix(label, ({"op": "set_field", "path": f"agents.{name}.tools", "value": rest},)),)


def _keys(scope: Scope) -> Iterator[Finding]:
    """A provider without its key is no fault of the journey, but nobody would get an answer."""
    told: set[str] = set()
    for name, agent in scope.view.models():
        provider = scope.facts.default_provider if agent.provider == "default" else agent.provider
        why = scope.facts.keys.get(provider)
        if not why or provider in told:
            continue
        told.add(provider)
        focus = Focus("agent", name, "model") if name else Focus("journey", "", "intent_model")
        who = f"The agent {name!r}" if name else "Reading what people mean"
        fixes: tuple[Fix, ...] = ()
        if name in scope.view.own and agent.provider != "default" and scope.facts.default_provider not in scope.facts.keys:
            fixes = (Fix("Use the default model", ({"op": "clear_field", "path": f"agents.{name}.model"},)),)
        what = f"{who} asks {provider}, which cannot answer now: {why}."
        how = "Enter what is missing in Settings, Models, or choose another model."
        yield warning("key_missing", f"agents.{name}.model" if name else "intent_model", focus, what, how, *fixes)
