"""The map of a journey as coordinates: the main line down the left, pathways beside it on the right. Draws nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journeys.core.names import ANYWHERE, END
from journeys.core.spec import JourneySpec, PathwaySpec

WIDTH, NODE_W, NODE_H, ROW, LEFT, TOP = 368, 150, 46, 84, 8, 8
RIGHT = WIDTH - NODE_W - LEFT


@dataclass(frozen=True, slots=True)
class MapNode:
    id: str
    title: str
    note: str
    x: int
    y: int
    current: bool
    waiting: bool
    w: int = NODE_W
    h: int = NODE_H

    @property
    def tx(self) -> int:
        return self.x + self.w // 2

    @property
    def ty(self) -> int:
        return self.y + (20 if self.note else 28)

    @property
    def ny(self) -> int:
        return self.y + 36


@dataclass(frozen=True, slots=True)
class MapEdge:
    kind: str  # next, move
    d: str


@dataclass(frozen=True, slots=True)
class JourneyMap:
    width: int
    height: int
    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    summary: str


def draw_map(spec: JourneySpec, current: str = "", stack: Sequence[str] = ()) -> JourneyMap:
    """Where every pathway stands and which lines join them; ``current`` and ``stack`` are marked."""
    line = _main_line(spec)
    beside = [p.id for p in spec.pathways if p.id not in line]
    places = {name: (LEFT, TOP + row * ROW) for row, name in enumerate(line)}
    places |= {name: (RIGHT, TOP + row * ROW + ROW // 2) for row, name in enumerate(_beside_order(spec, beside, line))}
    nodes = tuple(
        MapNode(p.id, _title(p), _note(spec, p), *places[p.id], current=p.id == current, waiting=p.id in stack)
        for p in spec.pathways
    )
    rows = max(y for _, y in places.values()) + NODE_H + TOP
    return JourneyMap(WIDTH, rows, nodes, tuple(_edges(spec, places)), _summary(spec, current))


def _main_line(spec: JourneySpec) -> list[str]:
    """The entry and what follows it by ``next``, until the end or a loop."""
    line = [spec.entry]
    while (following := spec.pathway(line[-1]).next) and following != END and following not in line:
        line.append(following)
    return line


def _beside_order(spec: JourneySpec, beside: Sequence[str], line: Sequence[str]) -> list[str]:
    """Pathways that anything leads to first, then by the place on the main line that leads to them."""

    def origin(name: str) -> int:
        sources = [s for t in spec.transitions if t.to_pathway == name for s in t.from_pathways]
        places = [line.index(s) for s in sources if s in line]
        return -1 if ANYWHERE in sources else min(places, default=len(line))

    return sorted(beside, key=origin)


def _edges(spec: JourneySpec, places: dict[str, tuple[int, int]]) -> list[MapEdge]:
    edges = [MapEdge("next", _path(places[p.id], places[p.next])) for p in spec.pathways if p.next and p.next in places]
    for transition in spec.transitions:
        for source in transition.from_pathways:
            if source in places and transition.to_pathway in places:
                edges.append(MapEdge("move", _path(places[source], places[transition.to_pathway])))
    return edges


def _path(a: tuple[int, int], b: tuple[int, int]) -> str:
    """A line between two boxes: straight down one column, else a soft curve between the columns."""
    (ax, ay), (bx, by) = a, b
    if ax == bx:
        if by > ay:
            x = ax + NODE_W // 2
            return f"M{x} {ay + NODE_H}L{x} {by - 2}"
        x = ax - 2 if ax == LEFT else ax + NODE_W + 2
        out = -14 if ax == LEFT else 14
        return f"M{x} {ay + NODE_H // 2}C{x + out} {ay} {x + out} {by + NODE_H} {x} {by + NODE_H // 2}"
    forth = bx > ax
    shift = -7 if forth else 7  # the way there and the way back do not lie on each other
    x1, x2 = (ax + NODE_W, bx - 2) if forth else (ax, bx + NODE_W + 2)
    y1, y2 = ay + NODE_H // 2 + shift, by + NODE_H // 2 + shift
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"


def _title(pathway: PathwaySpec) -> str:
    return pathway.title or pathway.id.replace("_", " ").capitalize()


def _note(spec: JourneySpec, pathway: PathwaySpec) -> str:
    if pathway.id == spec.entry:
        return "starts here"
    sources = {s for t in spec.transitions if t.to_pathway == pathway.id for s in t.from_pathways}
    if pathway.return_behavior:
        return "from anywhere, and back" if ANYWHERE in sources else "comes back"
    if ANYWHERE in sources:
        return "from anywhere"
    return "last stage" if not pathway.next or pathway.next == END else ""


def _summary(spec: JourneySpec, current: str) -> str:
    parts = []
    for pathway in spec.pathways:
        here = " (the conversation is here)" if pathway.id == current else ""
        following = f", then {_title(spec.pathway(pathway.next))}" if pathway.next and pathway.next != END else ""
        parts.append(f"{_title(pathway)}{here}{following}")
    return "; ".join(parts)
