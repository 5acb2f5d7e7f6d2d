"""Inputs of agents: each required one is fed on every way to its pathway, by something of its type.

On a way where one is not known, a transition may wait for just that: the error ``missing_input``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.core.spec.describe import describe_field, describe_type
from agents.core.spec.types import OptionalType
from journeys.core.errors import MissingInput
from journeys.core.names import ANYWHERE
from journeys.core.preflight.feeding import Fed
from journeys.core.preflight.remedies import bring_fixes
from journeys.core.preflight.report import Finding, Fix, Focus, clear_field, error, warning
from journeys.core.preflight.scope import GIVEN, Scope
from journeys.core.preflight.view import Node


def check(scope: Scope) -> Iterator[Finding]:
    for node in scope.view.nodes.values():
        if "bindings" in node.broken:
            continue
        if scope.view.is_known(node):
            yield from _bindings(scope, node)
        for fed in scope.fed(node):
            if fed.lacking and fed.known and _is_expected(scope, node):
                continue
            if fed.lacking and (node.id in scope.reached or not fed.known):
                yield _unbound(scope, node, fed)
            elif fed.fit.state != "ok":
                yield _misfit(scope, node, fed)
            elif not fed.known and fed.input.name in node.spec.bindings:
                yield _reads_nothing(scope, node, fed)


def _is_expected(scope: Scope, node: Node) -> bool:
    """Whether a transition from ``node`` waits for an input that is not known, and leads elsewhere."""

    def waits(spec: Any) -> bool:
        here = ANYWHERE in spec.from_pathways or node.id in spec.from_pathways
        named = getattr(spec.trigger, "event", "") == "error" and spec.trigger.code in ("", MissingInput.code)
        return bool(here and named and not spec.guard and spec.to_pathway != node.id)

    return any(waits(edge.spec) for edge in scope.view.edges.values())


def _bindings(scope: Scope, node: Node) -> Iterator[Finding]:
    inputs = list(dict.fromkeys(f.name for _, f in scope.view.inputs(node)))
    for name in node.spec.bindings:
        if name not in inputs:
            where = f"pathways.{node.id}.bindings.{name}"
            what = f"{scope.view.title(node.id)} binds {name!r}, which is no input there."
            how = f"The inputs are: {', '.join(inputs) or 'none'}."
            focus = Focus("pathway", node.id, "bindings")
            yield error("unknown_input", where, focus, what, how, clear_field(f"Take the binding of {name!r} out", where))


def _unbound(scope: Scope, node: Node, fed: Fed) -> Finding:
    title, names = scope.view.title(node.id), " and ".join(map(repr, fed.lacking))
    owner = f"{title}: the input {fed.input.name!r}" + (f" of {fed.agent}" if fed.agent != node.id else "")
    if not fed.known:
        why = f"needs {names}, and nothing brings that."
        how = "Keep such an output of an earlier pathway, bind the input to something else, or give it a default."
    elif node.id == scope.view.entry and fed.lacking:
        why = f"needs {names}, which is not there when the conversation begins."
        how = "Give the input a default, or ask for it in a pathway before this one."
    else:
        ways = scope.ways_without(node, fed.lacking[0])
        why = f"needs {names}, which is not known on every way: not {ways[0] if ways else 'on one of them'}."
        how = "Make sure it is known before that move is made, or give the input a default."
    where = f"pathways.{node.id}.bindings.{fed.input.name}"
    fixes = bring_fixes(scope, node, fed)
    return error("unbound_input", where, Focus("pathway", node.id, "bindings"), f"{owner} {why}", how, *fixes)


def _misfit(scope: Scope, node: Node, fed: Fed) -> Finding:
    where = f"pathways.{node.id}.bindings.{fed.input.name}"
    focus = Focus("pathway", node.id, "bindings")
    from_ = "the expression" if fed.is_expression else repr(fed.source)
    what = f"{scope.view.title(node.id)}: the input {fed.input.name!r} gets {from_}: {fed.fit.why}."
    if fed.fit.state == "lossy":
        how = f"Nothing is lost for a model that reads text; else let the input be {describe_type(fed.givers[0].type)}."
        return warning("input_lossy", where, focus, what, how, *_retype(scope, node, fed))
    how = f"The input takes {describe_field(fed.input)}: convert the value, bind something else, or change one of the types."
    fixes: list[Fix] = []
    if fed.fit.convert and not fed.is_expression and not fed.input.constraints.named():
        text = fed.fit.convert.format(fed.source)
        op = {"op": "convert_input", "target": node.id, "input": fed.input.name, "expression": text}
        if fed.source in scope.knowledge.at(node.id) and len({s.type.kind for s in fed.givers}) == 1:
            fixes.append(Fix(f"Convert it: {text}", (op,)))
    return error("input_type", where, focus, what, how, *fixes, *_retype(scope, node, fed))


def _retype(scope: Scope, node: Node, fed: Fed) -> tuple[Fix, ...]:
    """The input takes what comes, where the journey may change it."""
    path = scope.input_path(node, fed.agent, fed.input.name)
    if not path or not fed.givers:
        return ()
    types = [s.type.of if isinstance(s.type, OptionalType) else s.type for s in fed.givers]
    same = all(t == types[0] for t in types)
    new: dict[str, Any] = {
        **fed.input.model_dump(mode="json"),
        "type": types[0].model_dump(mode="json") if same else {"kind": "any"},
        "constraints": {},
    }
    new["default"] = None
    told = describe_type(types[0]) if same else "any value"
    return (Fix(f"Let the input take {told}", ({"op": "set_field", "path": path, "value": new},)),)


def _reads_nothing(scope: Scope, node: Node, fed: Fed) -> Finding:
    where = f"pathways.{node.id}.bindings.{fed.input.name}"
    what = f"{scope.view.title(node.id)}: the input {fed.input.name!r} is bound to {fed.source!r}, which nothing brings."
    known = ", ".join(sorted({*scope.writers, *GIVEN}))
    how = f"It always has its default. Bind it to one of: {known}."
    clear = clear_field("Take the binding out", where)
    return warning("unknown_source", where, Focus("pathway", node.id, "bindings"), what, how, clear)
