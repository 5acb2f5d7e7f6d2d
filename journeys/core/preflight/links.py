"""The ways from pathway to pathway, and what is certainly known on arrival, whichever way was taken.

A static reading of the engine: what a turn may leave out (an optional output, a pathway that is left before it is complete)
counts as not known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from agents.core.spec.types import FieldSpec, OptionalType
from journeys.core.expressions import names_in
from journeys.core.expressions.reading import code_of
from journeys.core.names import END
from journeys.core.preflight.view import Edge, Node, View
from journeys.core.spec import AlwaysTriggerSpec, ConditionTriggerSpec, EventTriggerSpec

LinkKind = Literal["transition", "next", "return", "recovery", "pattern"]


@dataclass(frozen=True, slots=True)
class Link:
    """One way: ``id`` is the transition's, or the pathway's whose ``next``, return or recovery it is."""

    kind: LinkKind
    id: str
    source: str
    target: str


def list_links(view: View) -> list[Link]:
    """Every way between pathways of the journey, and to its end."""
    known = {*view.nodes, END}
    found = [link for link in _all_links(view) if link.target in known]
    return list(dict.fromkeys(found))


def _all_links(view: View) -> Iterator[Link]:
    entered: defaultdict[str, list[str]] = defaultdict(list)
    for edge in view.edges.values():
        for source in view.sources(edge):
            yield Link("transition", edge.id, source, edge.spec.to_pathway)
            if edge.spec.push:
                entered[edge.spec.to_pathway].append(source)
    for node in view.nodes.values():
        if node.spec.next:
            yield Link("next", node.id, node.id, node.spec.next)
        if node.spec.on_error.mode == "pathway" and node.spec.on_error.pathway:
            yield Link("recovery", node.id, node.id, node.spec.on_error.pathway)
        back = node.spec.return_behavior
        if back and back.kind == "previous":
            for source in dict.fromkeys(entered[node.id]):
                yield Link("return", node.id, node.id, source)
        elif back:
            yield Link("return", node.id, node.id, back.target if back.kind == "specific" else view.entry)
    yield from _pattern_links(view)


def _pattern_links(view: View) -> Iterator[Link]:
    fallback, cancel = view.patterns.fallback, view.patterns.cancel
    targets = [fallback.pathway] if fallback.enabled and fallback.pathway else []
    if cancel.enabled:
        targets.append({"entry": view.entry}.get(cancel.to, cancel.to))
    for target in targets:
        for node in view.nodes:
            if node != target:
                yield Link("pattern", "", node, target)


def reachable(view: View, links: Iterable[Link]) -> set[str]:
    """The pathways that a conversation may come to from the entry; a return leads only to where one has been."""
    onward: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.kind != "return" or not returns_to_previous(view, link.id):
            onward[link.source].add(link.target)
    return _closure({view.entry} & set(view.nodes), onward)


def returns_to_previous(view: View, pathway: str) -> bool:
    back = view.nodes[pathway].spec.return_behavior
    return back is not None and back.kind == "previous"


def can_end(view: View, links: Iterable[Link]) -> set[str]:
    """The pathways from which there is a way to the end."""
    back: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        back[link.target].add(link.source)
    return _closure({END}, back) - {END}


def _closure(start: set[str], onward: dict[str, set[str]]) -> set[str]:
    found, left = set(start), list(start)
    while left:
        for following in onward.get(left.pop(), set()) - found:
            found.add(following)
            left.append(following)
    return found


def certain_outputs(view: View, node: Node) -> set[str]:
    """The outputs that every answer of ``node`` has: required, or with a default, and never null."""
    if not view.is_known(node) or (len(node.spec.agents) > 1 and node.spec.pipeline != "sequential"):
        return {f.name for f in (node.spec.signature.outputs if node.spec.signature else ()) if _is_certain(f)}
    return {name for name, f in view.outputs(node).items() if _is_certain(f)}


def _is_certain(field: FieldSpec) -> bool:
    return (field.required or field.default is not None) and not isinstance(field.type, OptionalType)


def implied(expression: str) -> set[str]:
    """The fields that are known whenever ``expression`` is true, as far as that can be told without evaluating it.

    An unknown field makes what compares it unknown, and unknown is not true; alternatives and negated questions tell nothing.
    """
    code = code_of(expression)
    if not code.strip() or "||" in code or "?" in code or re.search(r"!\s*\(|!\s*has|has\s*\([^)]*\)\s*[=!]=", code):
        return set()
    return {name for name in names_in(expression) if "." not in name} - {"message", "turn", "pathway", "user", "context"}


@dataclass
class Knowledge:
    """What is certainly in the context when a pathway is entered: one bit a field, for speed."""

    bits: dict[str, int]
    entering: dict[str, int]
    steps: _Steps

    def at(self, pathway: str) -> set[str]:
        mask = self.entering.get(pathway, 0)
        return {name for name, bit in self.bits.items() if mask & bit}

    def brings(self, link: Link, name: str) -> bool:
        """Whether whoever takes ``link`` certainly has ``name``."""
        return bool(self.steps.after(link, self.entering.get(link.source, 0)) & self.bits.get(name, 0))


def find_knowledge(view: View, links: Iterable[Link], given: Iterable[str] = ()) -> Knowledge:
    """By iteration to the fixed point: a field counts when every way brings it. ``given``: known from the start."""
    names = _written(view) | set(given)
    bits = {name: 1 << n for n, name in enumerate(sorted(names))}
    every = (1 << len(bits)) - 1
    steps = _Steps(view, bits, every)
    onward: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.target in view.nodes:
            onward[link.source].append(link)
    entering = {view.entry: steps.mask(given)} if view.entry in view.nodes else {}
    left = list(entering)
    while left:
        source = left.pop()
        for link in onward[source]:
            before = entering.get(link.target)
            after = steps.after(link, entering[source]) & (every if before is None else before)
            if after != before:
                entering[link.target] = after
                left.append(link.target)
    return Knowledge(bits, entering, steps)


def _written(view: View) -> set[str]:
    """The fields that anything writes into the context: nothing else can be certain."""
    found = {update.field for edge in view.edges.values() for update in edge.spec.context_update}
    for node in view.nodes.values():
        outputs = view.outputs(node)
        is_open = not view.is_known(node)
        found |= {name for name in node.spec.accumulate if name in outputs or is_open}
    return found


class _Steps:
    """What each way adds to and takes from the context."""

    def __init__(self, view: View, bits: dict[str, int], every: int) -> None:
        self.view, self.bits, self.every = view, bits, every
        self.removed = self.mask(u.field for e in view.edges.values() for u in e.spec.context_update if u.op == "remove")
        self.answered = {n.id: self.mask(certain_outputs(view, n) & set(n.spec.accumulate)) for n in view.nodes.values()}
        self.complete = {n.id: self.answered[n.id] | self._completion(n) for n in view.nodes.values()}

    def mask(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self.bits.get(name, 0)
        return found

    def after(self, link: Link, known: int) -> int:
        if link.kind == "transition":
            return self._moved(self.view.edges[link.id], link.source, known)
        if link.kind == "return" and returns_to_previous(self.view, link.id):
            return self.every & ~self.removed  # what was left is as it was left, but for what moves remove
        return known | self.complete[link.source] if link.kind in ("next", "return") else known

    def _completion(self, node: Node) -> int:
        spec = node.spec
        kept = {n for n in spec.complete_when if n in spec.accumulate or n not in self.view.outputs(node)}
        if not spec.complete_when and not spec.complete_if:
            kept = set(spec.accumulate)
        told = {n for n in implied(spec.complete_if) if n in spec.accumulate or n not in self.view.outputs(node)}
        return self.mask(kept | told)

    def _moved(self, edge: Edge, source: str, known: int) -> int:
        trigger = edge.spec.trigger
        answered = isinstance(trigger, AlwaysTriggerSpec | ConditionTriggerSpec) and trigger.on == "answer"
        if answered and "trigger" not in edge.broken:
            known |= self.answered[source]
        told = implied(edge.spec.guard)
        if isinstance(trigger, ConditionTriggerSpec):
            told |= implied(trigger.expression)
        if not isinstance(trigger, EventTriggerSpec):
            outputs = self.view.outputs(self.view.nodes[source])
            known |= self.mask(n for n in told if n in self.view.nodes[source].spec.accumulate or n not in outputs)
        return self._updated(edge, known)

    def _updated(self, edge: Edge, known: int) -> int:
        for update in edge.spec.context_update:
            bit = self.bits.get(update.field, 0)
            source = self.bits.get(update.source, 0) if update.source else 0
            has_value = bool(source and known & source) if update.source else update.value is not None
            if update.op == "remove" or (update.op in ("set", "copy") and not has_value):
                known &= ~bit
            elif has_value:
                known |= bit
        return known
