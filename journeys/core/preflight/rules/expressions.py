"""Expressions: conditions, guards, completion and bindings are checked against what is known where they are asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from agents.core.spec.types import TypeSpec
from journeys.core.expressions import check_expression
from journeys.core.preflight.report import Finding, Fix, Focus, clear_field, error
from journeys.core.preflight.scope import Scope
from journeys.core.spec import ConditionTriggerSpec

_NEAR = re.compile(r"there is no field '([^']+)'; did you mean '([^']+)'\?")


def check(scope: Scope) -> Iterator[Finding]:
    for node in scope.view.nodes.values():
        focus, base = Focus("pathway", node.id, "complete_if"), f"pathways.{node.id}"
        if node.spec.complete_if.strip():
            types = scope.types_in(node.id)
            yield from _one(node.spec.complete_if, types, f"{base}.complete_if", focus, "It is complete when")
        for name, source in node.spec.bindings.items():
            if source.startswith("="):
                focus = Focus("pathway", node.id, "bindings")
                types = scope.types_in(node.id)
                yield from _one(source[1:], types, f"{base}.bindings.{name}", focus, f"The input {name!r}")
    for edge in scope.view.edges.values():
        yield from _edge(scope, edge.id)


def _edge(scope: Scope, transition: str) -> Iterator[Finding]:
    edge = scope.view.edges[transition]
    if not edge.spec.guard.strip() and not isinstance(edge.spec.trigger, ConditionTriggerSpec):
        return
    base, types = f"transitions.{transition}", scope.types_in(*scope.view.sources(edge))
    if edge.spec.guard.strip():
        focus = Focus("transition", transition, "guard")
        yield from _one(edge.spec.guard, types, f"{base}.guard", focus, f"The guard of {transition!r}")
    trigger = edge.spec.trigger
    if isinstance(trigger, ConditionTriggerSpec):
        known = types if trigger.on == "answer" else scope.types
        focus = Focus("transition", transition, "trigger")
        where = f"{base}.trigger.expression"
        yield from _one(trigger.expression, known, where, focus, f"The condition of {transition!r}")


def _one(text: str, types: dict[str, TypeSpec], where: str, focus: Focus, what: str) -> Iterator[Finding]:
    want: Literal["bool", "any"] = "any" if ".bindings." in where else "bool"
    problem = check_expression(text, types, want)
    if not problem:
        return
    fixes: list[Fix] = []
    binding = "=" if ".bindings." in where else ""
    near = _NEAR.search(problem)
    if near:
        better = re.sub(rf"(?<![\w.]){re.escape(near[1])}\b", near[2], text)
        if better != text and not check_expression(better, types, want):
            fixes.append(Fix(f"Use {near[2]!r}", ({"op": "set_field", "path": where, "value": binding + better},)))
    if not where.endswith("trigger.expression"):
        fixes.append(clear_field("Take it out", where))
    how = "Correct it; what may be named are the fields of the context, the outputs of the pathway, user, message and turn."
    yield error("expression", where, focus, f"{what} cannot be read: {problem}.", how, *fixes)
