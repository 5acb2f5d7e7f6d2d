"""Fixes for an input that is not fed: only such as cure it, so each looks at all the ways on which the value is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from journeys.core.editing.mapping import empty_value, owns_outputs
from journeys.core.names import END
from journeys.core.preflight.feeding import Fed
from journeys.core.preflight.fits import Shape, fit
from journeys.core.preflight.links import Link, certain_outputs
from journeys.core.preflight.report import Fix
from journeys.core.preflight.scope import GIVEN, Scope
from journeys.core.preflight.view import Node
from journeys.core.spec import EventTriggerSpec

_MOST = 3


def bring_fixes(scope: Scope, node: Node, fed: Fed) -> tuple[Fix, ...]:
    """What would feed the input, the best first."""
    found = list(_ways(scope, node, fed)) if not fed.is_expression and "." not in fed.source else []
    message = _message_fix(scope, node, fed)
    return tuple([*found, *default_fix(scope, node, fed), *message][: _MOST + 1])


def default_fix(scope: Scope, node: Node, fed: Fed) -> Iterator[Fix]:
    """A default of its own, where the journey may change the signature. An input with a default needs no source."""
    if scope.own_input(node, fed.input.name) and not fed.is_expression:
        empty = empty_value(fed.input)
        op = {"op": "default_input", "target": node.id, "input": fed.input.name, "value": empty}
        yield Fix(f"Give it the default {_said(empty)}", (op,))


def _ways(scope: Scope, node: Node, fed: Fed) -> Iterator[Fix]:
    name = fed.lacking[0]
    links = scope.links_without(node, name)
    if node.id == scope.view.entry or not links:
        return
    givers = {link.source for link in links}
    only = scope.view.nodes.get(next(iter(givers))) if len(givers) == 1 else None
    if only and all(link.kind in ("next", "return") for link in links):
        yield from _from_one(scope, node, fed, only)
    elif fed.known and all(link.kind == "transition" for link in links):
        yield from _guards(scope, links, name)


def _from_one(scope: Scope, node: Node, fed: Fed, giver: Node) -> Iterator[Fix]:
    """All ways without the value are the completion of one pathway: it can wait for it, or be asked for it."""
    name, outputs = fed.lacking[0], scope.view.outputs(giver)
    title = scope.view.title(giver.id)
    if name in giver.spec.accumulate and name in outputs:
        wait = [*dict.fromkeys((*giver.spec.complete_when, name))]
        op = {"op": "set_field", "path": f"pathways.{giver.id}.complete_when", "value": wait}
        yield Fix(f"Leave {title} only when {name!r} is known", (op,))
        return
    certain = certain_outputs(scope.view, giver)
    waits_for_all = not giver.spec.complete_when and not giver.spec.complete_if
    edge = {"source": giver.id, "target": node.id, "input": fed.input.name}
    fitting = [n for n, f in outputs.items() if fit(Shape.of(f), Shape.of(fed.input)).state == "ok" and n != "response"]
    ranked = sorted(fitting, key=lambda n: n != fed.input.name)
    for output in ranked[:2]:
        clean = not any(fit(w.shape, Shape.of(fed.input)).state == "broken" for w in scope.writers.get(output, []))
        if (output in certain or waits_for_all) and clean:
            yield Fix(f"Take {output!r} of {title}", ({"op": "map_input", **edge, "output": output},))
    taken = fed.input.name in outputs or fed.input.name in scope.writers or fed.input.name in GIVEN
    taken = taken or any(f.name == fed.input.name for _, f in scope.view.inputs(giver))
    if owns_outputs(scope.view, giver) and not taken and fed.source == fed.input.name and giver.spec.pipeline == "sequential":
        yield Fix(f"Ask the model of {title} for it", ({"op": "extract_output", **edge},))


def _guards(scope: Scope, links: list[Link], name: str) -> Iterator[Fix]:
    """All ways without the value are transitions: they can wait for it by a guard."""
    ops: list[dict[str, Any]] = []
    for transition in dict.fromkeys(link.id for link in links):
        spec = scope.view.edges[transition].spec
        changed_on_the_way = any(update.field == name for update in spec.context_update)
        if isinstance(spec.trigger, EventTriggerSpec) or changed_on_the_way or spec.to_pathway == END or len(ops) == _MOST:
            return
        sources = [scope.view.nodes[link.source] for link in links if link.id == transition]
        if any(name in scope.view.outputs(s) and name not in s.spec.accumulate for s in sources) or "||" in spec.guard:
            return
        guard = f"{spec.guard} && has({name})" if spec.guard.strip() else f"has({name})"
        ops.append({"op": "set_transition", "transition": transition, "values": {"guard": guard}})
    which = " and ".join(repr(op["transition"]) for op in ops)
    yield Fix(f"Let {which} wait until {name!r} is known", tuple(ops))


def _message_fix(scope: Scope, node: Node, fed: Fed) -> Iterator[Fix]:
    """What the person says, where a text without bounds is wanted and nobody brings it."""
    if fed.known or fed.is_expression or fed.input.type.kind != "str" or fed.input.constraints.named():
        return
    op = {"op": "set_mapping", "pathway": node.id, "field": fed.input.name, "source": "message"}
    yield Fix("Take what the person says", (op,))


def _said(value: object) -> str:
    return {"": "empty text", "[]": "an empty list", "{}": "an empty object", "None": "nothing", "False": "false"}[str(value)]
