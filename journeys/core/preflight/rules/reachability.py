"""Pathways that no conversation comes to, and moves that are never made."""

from __future__ import annotations

from collections.abc import Iterator

from journeys.core.names import ANYWHERE
from journeys.core.preflight.report import Finding, Fix, Focus, warning
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import Edge
from journeys.core.spec import AlwaysTriggerSpec, ConditionTriggerSpec, IntentTriggerSpec

Asked = tuple[Edge, set[str]]  # a transition with the pathways that it starts from


def check(scope: Scope) -> Iterator[Finding]:
    if scope.view.entry not in scope.view.nodes:
        return
    for node in scope.view.nodes.values():
        if node.id not in scope.reached:
            yield _unreachable(scope, node.id)
    edges = [(edge, set(scope.view.sources(edge))) for edge in scope.view.edges.values()]
    order = sorted(range(len(edges)), key=lambda n: (-edges[n][0].spec.priority, n))
    for place, n in enumerate(order):
        yield from _dead(scope, *edges[n], [edges[m] for m in order[:place]])


def _unreachable(scope: Scope, pathway: str) -> Finding:
    title = scope.view.title(pathway)
    add = Fix(
        f"Let an intent lead to {title}",
        ({"op": "add_transition", "to_pathway": pathway, "trigger": {"kind": "intent", "intents": [pathway]}},),
    )
    remove = Fix(f"Remove {title}", ({"op": "remove_pathway", "pathway": pathway},))
    what = f"No conversation comes to {title!r}."
    how = "Let a transition lead to it, let another pathway be followed by it, or remove it."
    return warning("unreachable", f"pathways.{pathway}", Focus("pathway", pathway), what, how, add, remove)


def _dead(scope: Scope, edge: Edge, sources: set[str], before: list[Asked]) -> Iterator[Finding]:
    focus, where = Focus("transition", edge.id, "from_pathways"), f"transitions.{edge.id}"
    remove = Fix("Remove the transition", ({"op": "remove_transition", "transition": edge.id},))
    unknown = [s for s in edge.spec.from_pathways if s not in scope.view.nodes and s != ANYWHERE]
    if unknown:
        return  # told by the rule on targets
    if not sources:
        anywhere = {"op": "set_transition", "transition": edge.id, "values": {"from_pathways": [ANYWHERE]}}
        what = f"The transition {edge.id!r} starts nowhere but in its own target, and a move to where one is, is none."
        how = "Choose the pathways that it starts from."
        fixes = (Fix("Let it start anywhere", (anywhere,)), remove) if len(scope.view.nodes) > 1 else (remove,)
        yield warning("dead_transition", where, focus, what, how, *fixes)
    elif not sources & scope.reached:
        what = f"The transition {edge.id!r} starts in {', '.join(sorted(sources))}, and no conversation comes there."
        yield warning("dead_transition", where, focus, what, "Let something lead there, or remove the transition.", remove)
    elif "trigger" not in edge.broken:
        yield from _shadowed(scope, edge, sources & scope.reached, before, remove)


def _shadowed(scope: Scope, edge: Edge, sources: set[str], before: list[Asked], remove: Fix) -> Iterator[Finding]:
    for other, theirs in before:
        if not sources <= theirs or other.spec.guard or "trigger" in other.broken:
            continue
        raised = {"op": "set_transition", "transition": edge.id, "values": {"priority": other.spec.priority + 1}}
        ahead = Fix(f"Ask it before {other.id!r}", (raised,))
        focus = Focus("transition", edge.id, "priority")
        if isinstance(other.spec.trigger, AlwaysTriggerSpec) and _moment(edge) == other.spec.trigger.on:
            what = f"The transition {edge.id!r} is never made: {other.id!r} is asked before it and always fires."
            how = "Give it a higher priority, or the other one a guard."
            yield warning("shadowed", f"transitions.{edge.id}", focus, what, how, ahead, remove)
            return
        if _covers(edge, other):
            what = f"The transition {edge.id!r} is never made: {other.id!r} is asked before it and has all its intents."
            how = "Remove it, or give one of them other intents, other pathways to start from or a guard."
            yield warning("shadowed", f"transitions.{edge.id}", focus, what, how, remove)
            return


def _moment(edge: Edge) -> str:
    trigger = edge.spec.trigger
    return trigger.on if isinstance(trigger, ConditionTriggerSpec | AlwaysTriggerSpec) else ""


def _covers(edge: Edge, other: Edge) -> bool:
    mine, theirs = edge.spec.trigger, other.spec.trigger
    if not isinstance(mine, IntentTriggerSpec) or not isinstance(theirs, IntentTriggerSpec):
        return False
    return set(mine.intents) <= set(theirs.intents) and theirs.confidence_threshold <= mine.confidence_threshold
