"""What pathways take from their agents: accumulated fields, merge rules, completion, the response, their own contract."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from agents.core.spec.describe import describe_type
from agents.core.spec.types import OptionalType, ScalarType, TypeSpec
from journeys.core.preflight.fits import Shape, fit
from journeys.core.preflight.merging import fits_rule, joins, known_rules, rule_takes
from journeys.core.preflight.report import Finding, Fix, Focus, clear_field, error, set_field
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import Node


def check(scope: Scope) -> Iterator[Finding]:
    for node in scope.view.nodes.values():
        yield from _accumulated(scope, node)
        yield from _merges(scope, node)
        if scope.view.is_known(node):
            yield from _completion(scope, node)
            yield from _response(scope, node)
            yield from _contract(scope, node)


def _accumulated(scope: Scope, node: Node) -> Iterator[Finding]:
    outputs = scope.view.outputs(node)
    if not scope.view.is_known(node) and node.spec.signature is None:
        return
    for name in node.spec.accumulate:
        if name in outputs:
            continue
        rest = [n for n in node.spec.accumulate if n != name]
        fixes = [
            Fix(f"Rename {name!r} to {new!r} everywhere", ({"op": "rename_field", "field": name, "to": new},))
            for new in renamed_to(scope, node, name)
        ]
        fixes.append(set_field(f"Do not keep {name!r}", f"pathways.{node.id}.accumulate", rest))
        what = f"{scope.view.title(node.id)} keeps {name!r} in the context, and nothing there brings it."
        how = f"Keep one of its outputs: {', '.join(outputs)}."
        where = f"pathways.{node.id}.accumulate.{name}"
        yield error("unknown_output", where, Focus("pathway", node.id, "accumulate"), what, how, *fixes)


def renamed_to(scope: Scope, node: Node, name: str) -> list[str]:
    """What the output ``name`` may be called now: outputs that nobody uses yet, the likeliest first."""
    used = {*node.spec.accumulate, *node.spec.complete_when, node.spec.response_field}
    new = [n for n in scope.view.outputs(node) if n not in used and n not in scope.writers and n not in ("response", "answer")]
    return sorted(new, key=lambda n: -difflib.SequenceMatcher(None, n, name).ratio())[:2]


def _merges(scope: Scope, node: Node) -> Iterator[Finding]:
    outputs = scope.view.outputs(node)
    focus = Focus("pathway", node.id, "merge")
    for name, rule in node.spec.merge.items():
        where = f"pathways.{node.id}.merge.{name}"
        default = clear_field("Replace the value, as by default", where)
        if rule not in known_rules():
            how = f"Choose one of: {', '.join(known_rules())}."
            yield error("unknown_merge_rule", where, focus, f"{name!r} is merged by {rule!r}, which is no rule.", how, default)
        elif name not in node.spec.accumulate:
            what = f"{name!r} has a merge rule and is not kept in the context."
            keep = Fix(f"Keep {name!r}", ({"op": "accumulate_field", "pathway": node.id, "field": name},))
            how = "Keep it, or take the rule out."
            yield error("merge_unused", where, focus, what, how, *([keep] if name in outputs else []), default)
        elif name in outputs and not fits_rule(rule, outputs[name].type):
            told = describe_type(_bare(outputs[name].type))
            what = f"{name!r} is merged by {rule!r}, which takes {rule_takes(rule)}, and it is {told}."
            yield error("merge_type", where, focus, what, "Choose a rule that fits its type.", default)
        elif name in outputs:
            yield from _others(scope, node, name, rule)


def _others(scope: Scope, node: Node, name: str, rule: str) -> Iterator[Finding]:
    """What stands in the context before must be of a kind that the rule can join, whoever wrote it."""
    for writer in scope.writers.get(name, []):
        if writer.id == node.id and writer.kind == "pathway":
            continue
        if not joins(rule, scope.view.outputs(node)[name].type, writer.shape.type):
            what = f"{name!r} is merged by {rule!r}, which takes {rule_takes(rule)}, and {writer.where} leaves another type."
            where = f"pathways.{node.id}.merge.{name}"
            default = clear_field("Replace the value, as by default", where)
            yield error(
                "merge_type", where, Focus("pathway", node.id, "merge"), what, "Give both one type, or replace.", default
            )
            return


def _completion(scope: Scope, node: Node) -> Iterator[Finding]:
    outputs = scope.view.outputs(node)
    known = {*outputs, *scope.writers, *_declared(scope)}
    for name in node.spec.complete_when:
        if name in known:
            continue
        rest = [n for n in node.spec.complete_when if n != name]
        fixes = [
            Fix(f"Rename {name!r} to {new!r} everywhere", ({"op": "rename_field", "field": name, "to": new},))
            for new in renamed_to(scope, node, name)[:1]
        ]
        fixes.append(set_field(f"Do not wait for {name!r}", f"pathways.{node.id}.complete_when", rest))
        what = f"{scope.view.title(node.id)} is complete once {name!r} is there, and nothing brings it."
        how = f"Wait for one of: {', '.join(sorted(known))}."
        where = f"pathways.{node.id}.complete_when.{name}"
        yield error("never_complete", where, Focus("pathway", node.id, "complete_when"), what, how, *fixes)


def _declared(scope: Scope) -> Iterable[str]:
    return [f.name for key in ("context", "variables") for f in getattr(scope.view.head, key, ())]


def _response(scope: Scope, node: Node) -> Iterator[Finding]:
    outputs = scope.view.outputs(node)
    name = node.spec.response_field
    if name in ("response", *outputs):
        return
    texts = [n for n, f in outputs.items() if isinstance(_bare(f.type), ScalarType)]
    where = f"pathways.{node.id}.response_field"
    fixes = [set_field(f"Answer with {n!r}", where, n) for n in texts[:2]] or [clear_field("Use the default", where)]
    what = f"{scope.view.title(node.id)} answers with {name!r}, which is none of its outputs."
    focus = Focus("pathway", node.id, "response_field")
    yield error("unknown_response", where, focus, what, f"Choose one of: {', '.join(outputs)}.", *fixes)


def _contract(scope: Scope, node: Node) -> Iterator[Finding]:
    """A pathway with agents and a signature of its own is held to the signature."""
    signature = node.spec.signature
    if signature is None or not node.spec.agents:
        return
    for _, inner in scope.view.answering(node):
        for given in inner.outputs if inner else ():
            wanted = next((f for f in signature.outputs if f.name == given.name), None)
            if wanted is None:
                continue
            found = fit(Shape.of(given), Shape.of(wanted))
            if found.state == "ok" and not (_may_be_null(given.type) and not _may_be_null(wanted.type)):
                continue
            where = f"pathways.{node.id}.signature.outputs.{given.name}"
            why = found.why or "it may be null"
            what = f"{given.name!r} of what answers does not fit the signature of {scope.view.title(node.id)}: {why}."
            same = [
                {
                    **f.model_dump(mode="json"),
                    **({"type": given.type.model_dump(mode="json"), "constraints": {}} if f is wanted else {}),
                }
                for f in signature.outputs
            ]
            fix = set_field("Take the type of what answers", f"pathways.{node.id}.signature.outputs", same)
            focus = Focus("pathway", node.id, "signature")
            yield error("contract", where, focus, what, "Give both fields one type.", fix)


def _may_be_null(type_: TypeSpec) -> bool:
    return isinstance(type_, OptionalType)


def _bare(type_: TypeSpec) -> TypeSpec:
    return type_.of if isinstance(type_, OptionalType) else type_
