"""What the canvas paints: how the turn of a test went, or what tests and sessions have covered. By the canvas's own ids.

Edges of the canvas: ``t:<transition>:<source>``, ``next:<pathway>``, ``err:<pathway>``, ``ret:<pathway>:<target>``,
``pat:<pattern>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journeys.core.names import ANYWHERE
from journeys.core.spec import JourneySpec, PathwaySpec, TransitionSpec
from journeys.core.spec.triggers import intents_of
from journeys.models import Message, Session
from journeys.services.sessions import session_spec
from journeys.services.tester import last_question, paint_turn
from journeys.services.testing.coverage import get_coverage
from trust.core.principal import Principal

Paint = dict[str, Any]
TONES = {"ok": "ok", "failed": "bad", "waiting": "wait", "running": "accent"}
COVERED = {
    "tested": ("covered by tests", "ok"),
    "seen": ("seen in sessions only", "warn"),
    "never": ("never", ""),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """``names``: how coverage calls it."""

    id: str
    source: str
    target: str
    name: str


def edges_of(spec: JourneySpec) -> list[Edge]:
    """Every edge that the canvas draws."""
    found = [Edge(f"t:{t.id}:{s}", s, t.to_pathway, t.id) for t in spec.transitions for s in t.from_pathways or (ANYWHERE,)]
    for p in spec.pathways:
        if p.next:
            found.append(Edge(f"next:{p.id}", p.id, p.next, f"next:{p.id}"))
        if p.on_error.mode == "pathway":
            found.append(Edge(f"err:{p.id}", p.id, str(p.on_error.pathway), f"error:{p.id}"))
        found += [Edge(f"ret:{p.id}:{target}", p.id, target, f"return:{p.id}") for target in _returns(spec, p)]
    return found


def paint_test(session: Session, question: Message | None = None, test: Session | None = None) -> Paint:
    """A turn of the session, the newest if none is given: the way it took is ``taken``, everything else is not. Breakpoints and
    pins are those of ``test``, if the session is another one.
    """
    question = question or last_question(session)
    spec, told = session_spec(session), paint_turn(session, question)
    nodes: Paint = {name: _timed(look) for name, look in (told["nodes"] | told["agents"]).items()}
    edges: Paint = {}
    if told["run"]:
        known = edges_of(spec)
        edges = {edge.id: {"taken": False} for edge in known}
        for move in told["moves"]:
            edges |= {name: {"taken": True} for name in _taken(known, move)}
    outline = {_at(name): _words(look) for name, look in nodes.items()}
    outline |= {f"transition:{name.split(':')[1]}": _chip("taken", "accent") for name in _lit(edges) if name.startswith("t:")}
    _mark(spec, (test or session).debug, nodes)
    return {"nodes": nodes, "edges": edges, "outline": outline, "run": told["run"], "status": told["status"]}


def paint_coverage(principal: Principal, slug: str, test: Session | None = None) -> Paint:
    """What passing tests of this draft cover, and what only sessions have gone through. Raises ``Invalid``."""
    target, coverage = get_coverage(principal, slug)
    states = {item.id: item.state for item in coverage.items if item.kind not in ("pathway", "intent")}
    pathways = {item.id: item.state for item in coverage.of("pathway")}
    intents = {item.id: item.state for item in coverage.of("intent")}
    edges: Paint = {edge.id: {"coverage": states[edge.name]} for edge in edges_of(target.spec) if edge.name in states}
    for t in target.spec.transitions:
        for source in t.from_pathways or (ANYWHERE,):
            edges[f"t:{t.id}:{source}"]["intents"] = {name: intents[name] for name in intents_of(t.trigger)}
    outline = {f"pathway:{name}": _chip(*COVERED[state]) for name, state in pathways.items()}
    outline |= {f"transition:{t.id}": _covered(states[t.id], t, intents) for t in target.spec.transitions}
    nodes: Paint = {name: {"coverage": state} for name, state in pathways.items()}
    if test is not None:
        _mark(target.spec, test.debug, nodes)
    percents = {kind: coverage.percent(kind) for kind in ("pathway", "transition")}
    return {"nodes": nodes, "edges": edges, "outline": outline, "percent": percents}


def _returns(spec: JourneySpec, pathway: PathwaySpec) -> list[str]:
    back = pathway.return_behavior
    if back is None:
        return []
    if back.kind == "entry":
        return [spec.entry]
    if back.kind == "specific":
        return [back.target] if back.target else []
    sources = [s for t in spec.transitions if t.to_pathway == pathway.id for s in t.from_pathways or (ANYWHERE,)]
    return [source for source in dict.fromkeys(sources) if source != pathway.id]


def _taken(edges: list[Edge], move: Mapping[str, Any]) -> list[str]:
    """The edges that stand for a move; a move by a transition from anywhere lights the edge that starts anywhere."""
    kind, source, target = str(move.get("kind", "")), str(move.get("source", "")), str(move.get("target", ""))
    if kind == "refused":
        return []
    if move.get("transition"):
        own = [e.id for e in edges if e.name == move["transition"] and e.source == source]
        return own or [e.id for e in edges if e.name == move["transition"]][:1]
    prefixes = {"next": ("next:",), "end": ("next:",), "error": ("err:",), "return": ("ret:",)}.get(
        kind, ("t:", "next:", "err:")
    )
    found = [e.id for e in edges if e.source == source and e.target == target and e.id.startswith(prefixes)]
    if not found:
        found = [
            e.id for e in edges if e.source in (source, ANYWHERE) and e.id.startswith(prefixes) and _leads(e, kind, target)
        ]
    return found[:1]


def _leads(edge: Edge, kind: str, target: str) -> bool:
    """A return to where it came from is drawn to every place it may have come from, perhaps only to anywhere."""
    return edge.target == target or (kind == "return" and edge.target == ANYWHERE)


def _mark(spec: JourneySpec, debug: Mapping[str, Any], nodes: Paint) -> None:
    """Breakpoints and pins stand on their agent, and on each pathway that it answers in."""
    for pathway in spec.pathways:
        for key, names in (("breakpoint", debug.get("breakpoints", ())), ("pinned", debug.get("pins", {}))):
            for name in (name for name in (*pathway.agents, pathway.id) if name in names):
                places = {pathway.id, f"{pathway.id}/{name}" if name in pathway.agents else pathway.id}
                for place in places:
                    nodes.setdefault(place, {})[key] = True


def _lit(edges: Paint) -> list[str]:
    return [name for name, look in edges.items() if look["taken"]]


def _at(name: str) -> str:
    """A node of the canvas as a selection of the outline."""
    pathway, _, agent = name.partition("/")
    return f"agent:{agent}:{pathway}" if agent else f"pathway:{pathway}"


def _timed(look: Mapping[str, Any]) -> Paint:
    """A time that rounds to nothing is not told."""
    return {name: value for name, value in look.items() if name != "duration_s" or value >= 0.05}


def _words(look: Mapping[str, Any]) -> dict[str, str]:
    state, seconds = str(look["state"]), float(look.get("duration_s") or 0)
    return _chip(f"{state}, {seconds:.1f} s" if seconds >= 0.05 else state, TONES.get(state, ""))


def _covered(state: str, transition: TransitionSpec, intents: Mapping[str, str]) -> dict[str, str]:
    """An intent stands beside its transition where it is covered less or more."""
    text, tone = COVERED[state]
    told = [f"{name}: {COVERED[intents[name]][0]}" for name in intents_of(transition.trigger) if intents[name] != state]
    return _chip("; ".join([text, *told]), tone)


def _chip(text: str, tone: str) -> dict[str, str]:
    return {"text": text, "tone": tone}
