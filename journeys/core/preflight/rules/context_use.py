"""The context: fields that nobody reads, and declared ones that nobody writes."""

from __future__ import annotations

from collections.abc import Iterator

from journeys.core.expressions import names_in
from journeys.core.preflight.report import Finding, Focus, clear_field, set_field, warning
from journeys.core.preflight.scope import Scope


def check(scope: Scope) -> Iterator[Finding]:
    read = _read(scope)
    for node in scope.view.nodes.values():
        for name in node.spec.accumulate:
            if name in read or "*" in read or name not in scope.view.outputs(node):
                continue
            rest = [n for n in node.spec.accumulate if n != name]
            where = f"pathways.{node.id}.accumulate.{name}"
            what = f"{scope.view.title(node.id)} keeps {name!r} in the context, and nothing reads it."
            how = "Bind an input to it or use it in a condition, or do not keep it."
            drop = set_field(f"Do not keep {name!r}", f"pathways.{node.id}.accumulate", rest)
            yield warning("never_read", where, Focus("pathway", node.id, "accumulate"), what, how, drop)
    for field in getattr(scope.view.head, "context", ()):
        if field.name not in scope.writers:
            where = f"context.{field.name}"
            what = f"The context field {field.name!r} is declared, and nothing writes it."
            how = "Keep an output of that name, set it in a transition, or remove the declaration."
            focus = Focus("journey", "", "context")
            yield warning("never_written", where, focus, what, how, clear_field("Remove the declaration", where))


def _read(scope: Scope) -> set[str]:
    """Every name that something reads; ``*`` when an agent is given the whole context."""
    found: set[str] = set()
    for node in scope.view.nodes.values():
        spec = node.spec
        found |= {*spec.complete_when, spec.response_field, *_named(spec.complete_if)}
        if not spec.complete_when and not spec.complete_if and (spec.next or spec.return_behavior):
            found |= set(spec.accumulate)  # they say when the pathway is complete
        for _, field in scope.view.inputs(node):
            source = spec.bindings.get(field.name, field.name)
            found |= _named(source[1:]) if source.startswith("=") else {"*" if source == "context" else source}
    for edge in scope.view.edges.values():
        found |= _named(edge.spec.guard) | _named(getattr(edge.spec.trigger, "expression", ""))
        found |= {update.source for update in edge.spec.context_update if update.source}
    found |= set(scope.view.patterns.correction.fields)
    return found


def _named(expression: str) -> set[str]:
    names = set(names_in(expression)) if expression else set()
    return names | {"*"} if "context" in names else names
