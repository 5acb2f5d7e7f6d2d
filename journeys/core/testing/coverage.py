"""Coverage: which pathways, transitions, intents, returns, next moves and error edges conversations have gone through.

Owns the names of edges that have no id of their own: ``next:<pathway>``, ``return:<pathway>``, ``error:<pathway>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from agents.core.spec.types import Frozen
from journeys.core.engine.intents import NONE
from journeys.core.names import ANYWHERE
from journeys.core.spec import JourneySpec
from journeys.core.spec.triggers import intents_of
from journeys.core.testing.trace import took, visited

Kind = Literal["pathway", "transition", "intent", "next", "return", "error"]
State = Literal["tested", "seen", "never"]
KINDS: tuple[Kind, ...] = ("pathway", "transition", "intent", "next", "return", "error")


class Item(Frozen):
    """One thing that can be covered. ``tested``: by a test; ``seen``: only by real sessions; ``never``: by neither."""

    kind: Kind
    id: str
    label: str
    state: State


class Coverage(Frozen):
    """Every item of a journey with its state."""

    items: tuple[Item, ...]

    def of(self, kind: Kind) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    def percent(self, kind: Kind) -> int:
        """Whole percents that tests cover, rounded down; 100 when there is nothing to cover."""
        items = self.of(kind)
        return 100 * sum(item.state == "tested" for item in items) // len(items) if items else 100

    def untested(self, kind: Kind) -> list[str]:
        return [item.id for item in self.of(kind) if item.state != "tested"]

    def paint(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What a canvas paints: pathways as nodes, transitions and the other edges by their id."""
        drawn = {i.id: {"covered": i.state == "tested", "state": i.state} for i in self.items if i.kind == "pathway"}
        edges = {
            i.id: {"covered": i.state == "tested", "state": i.state, "kind": i.kind}
            for i in self.items
            if i.kind not in ("pathway", "intent")
        }
        return {"nodes": drawn, "edges": edges}


def measure(spec: JourneySpec, tested: Iterable[Mapping[str, Any]], seen: Iterable[Mapping[str, Any]] = ()) -> Coverage:
    """The coverage by the summaries of turns of tests and of real sessions."""
    by_tests, by_sessions = exercised(spec, tested), exercised(spec, seen)
    items = []
    for kind, name, label in listed(spec):
        key = f"{kind} {name}"
        state: State = "tested" if key in by_tests else "seen" if key in by_sessions else "never"
        items.append(Item(kind=kind, id=name, label=label, state=state))
    return Coverage(items=tuple(items))


def listed(spec: JourneySpec) -> list[tuple[Kind, str, str]]:
    """Everything of ``spec`` that can be covered: kind, id, label."""
    found: list[tuple[Kind, str, str]] = [("pathway", p.id, p.title or p.id) for p in spec.pathways]
    for t in spec.transitions:
        sources = "anywhere" if ANYWHERE in t.from_pathways else ", ".join(t.from_pathways)
        what = t.label or ", ".join(intents_of(t.trigger)) or t.trigger.kind
        found.append(("transition", t.id, f"{sources} → {t.to_pathway} ({what})"))
    intents = dict.fromkeys(name for t in spec.transitions for name in intents_of(t.trigger))
    found += [("intent", name, name) for name in intents]
    found += [("next", f"next:{p.id}", f"{p.id} → {p.next}") for p in spec.pathways if p.next]
    found += [("return", f"return:{p.id}", f"back from {p.id}") for p in spec.pathways if p.return_behavior]
    failing = [p for p in spec.pathways if p.on_error.mode == "pathway"]
    found += [("error", f"error:{p.id}", f"{p.id} fails → {p.on_error.pathway}") for p in failing]
    return found


def exercised(spec: JourneySpec, summaries: Iterable[Mapping[str, Any]]) -> set[str]:
    """What the turns with these summaries went through, each as ``<kind> <id>``."""
    found: set[str] = set()
    for summary in summaries:
        found |= {f"pathway {name}" for name in visited(summary)}
        found |= {f"transition {name}" for name in transitions_taken(spec, summary)}
        intent = (summary.get("intent") or {}).get("intent")
        if intent and intent != NONE:
            found.add(f"intent {intent}")
        for move in took(summary):
            edge = _edge(spec, move)
            if edge:
                found.add(edge)
    return found


def transitions_taken(spec: JourneySpec, summary: Mapping[str, Any]) -> list[str]:
    """The ids of the transitions that a turn took. A move that does not name its own is found by where it led."""
    intent = (summary.get("intent") or {}).get("intent", "")
    taken = [
        str(move["transition"]) if move.get("transition") else _derived(spec, move, intent)
        for move in took(summary)
        if move.get("transition") or move.get("kind") in ("transition", "end")
    ]
    return [name for name in taken if name]


def _derived(spec: JourneySpec, move: Mapping[str, Any], intent: str) -> str:
    def fits(t: Any) -> bool:
        here = move.get("source") in t.from_pathways or ANYWHERE in t.from_pathways
        return bool(here and t.to_pathway == move.get("target"))

    fitting = [t for t in spec.transitions if fits(t)]
    meant = [t for t in fitting if intent in intents_of(t.trigger)]
    if meant:
        return meant[0].id
    return fitting[0].id if len(fitting) == 1 and move.get("kind") == "transition" else ""


def _edge(spec: JourneySpec, move: Mapping[str, Any]) -> str:
    kind, source = str(move.get("kind", "")), str(move.get("source", ""))
    pathway = next((p for p in spec.pathways if p.id == source), None)
    if pathway is None or move.get("transition"):
        return ""
    if kind == "end":
        kind = "next" if pathway.next == move.get("target") else kind
    return f"{kind} {kind}:{source}" if kind in ("next", "return", "error") else ""
