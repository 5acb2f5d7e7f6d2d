"""What every rule looks at: the view of the draft, the facts around it, and what follows from both, worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agents.core.spec.types import ListType, OptionalType, TypeSpec
from journeys.core.engine.known import ANY, known_types, outputs_of, type_of
from journeys.core.preflight.facts import Facts
from journeys.core.preflight.fits import Shape
from journeys.core.preflight.links import Knowledge, Link, find_knowledge, list_links, reachable
from journeys.core.preflight.view import Node, View

if TYPE_CHECKING:
    from journeys.core.preflight.feeding import Fed

GIVEN = ("message", "history", "context")
_LISTS = ("append", "union")


@dataclass(frozen=True, slots=True)
class Writer:
    """One place that writes a context field, and what it leaves there."""

    where: str
    kind: str
    id: str
    shape: Shape


@dataclass
class Scope:
    view: View
    facts: Facts
    _fed: dict[str, list[Fed]] = field(default_factory=dict)

    @cached_property
    def links(self) -> list[Link]:
        return list_links(self.view)

    @cached_property
    def reached(self) -> set[str]:
        return reachable(self.view, self.links)

    @cached_property
    def knowledge(self) -> Knowledge:
        """A variable may be unknown even where it is required: nothing is certain when a conversation begins."""
        return find_knowledge(self.view, self.links)

    @cached_property
    def writers(self) -> dict[str, list[Writer]]:
        """Who writes each field of the context, in the order of the draft."""
        found: defaultdict[str, list[Writer]] = defaultdict(list)
        for name, writer in self._writing():
            found[name].append(writer)
        return dict(found)

    @cached_property
    def types(self) -> dict[str, TypeSpec]:
        """What expressions may name outside of any pathway's answer."""
        return known_types(self.view.spec) if self.view.nodes else {}

    def types_in(self, *pathways: str) -> dict[str, TypeSpec]:
        """What expressions may name after one of ``pathways`` answered."""
        found: dict[str, TypeSpec] = {}
        for pathway in pathways:
            for name, type_ in outputs_of(self.view.spec, self.view.nodes[pathway].spec).items():
                bare = type_.of if isinstance(type_, OptionalType) else type_
                found[name] = bare if found.get(name, bare) == bare else ANY
        return {**found, **self.types}  # as ``known_types`` with these pathways has it, without asking for all of it again

    def _writing(self) -> Iterator[tuple[str, Writer]]:
        for known in getattr(self.view.head, "variables", ()):
            yield known.name, Writer(f"variables.{known.name}", "journey", "", Shape.of(known))
        for node in self.view.nodes.values():
            for name in node.spec.accumulate:
                output = self.view.outputs(node).get(name)
                if output is not None:
                    shape = merged(Shape.of(output), node.spec.merge.get(name, "replace"))
                    yield name, Writer(f"pathways.{node.id}.accumulate", "pathway", node.id, shape)
        yield from self._updates()

    def _updates(self) -> Iterator[tuple[str, Writer]]:
        for edge in self.view.edges.values():
            for n, update in enumerate(edge.spec.context_update):
                if update.op == "remove" or (not update.source and update.value is None):
                    continue
                type_ = self.types.get(update.source) if update.source else type_of(update.value)
                if type_ is None:
                    continue
                if update.op == "append" and not isinstance(type_, ListType):
                    type_ = ListType(of=type_)
                where = f"transitions.{edge.id}.context_update.{n}"
                yield update.field, Writer(where, "transition", edge.id, Shape(type_))

    @cached_property
    def onward(self) -> dict[str, set[str]]:
        """Pathway -> where one may come from it in one move."""
        found: dict[str, set[str]] = {}
        for link in self.links:
            found.setdefault(link.source, set()).add(link.target)
        return found

    @cached_property
    def _into(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.target, []).append(link)
        return found

    def fed(self, node: Node) -> list[Fed]:
        """How each input of ``node`` is fed."""
        from journeys.core.preflight.feeding import feed

        if node.id not in self._fed:
            self._fed[node.id] = list(feed(self, node))
        return self._fed[node.id]

    def links_without(self, node: Node, name: str) -> list[Link]:
        """The ways to ``node`` that may come without ``name``, those from where nobody ever is left out."""
        into = [link for link in self._into.get(node.id, []) if link.source in self.reached]
        return [link for link in into if not self.knowledge.brings(link, name)]

    def ways_without(self, node: Node, name: str) -> list[str]:
        """The same in words."""
        words = {"next": "when {} is complete", "return": "on the return from {}", "recovery": "after an error in {}"}
        said = []
        for link in self.links_without(node, name):
            title = self.view.title(link.source)
            way = (
                f"by the transition {link.id!r} from {title}"
                if link.kind == "transition"
                else words.get(link.kind, "from {}").format(title)
            )
            said.append(way)
        return said

    def input_path(self, node: Node, agent: str, name: str) -> str:
        """Where the input stands in the draft; empty when the journey does not hold it."""
        if agent in self.view.own and agent in node.spec.agents:
            return f"agents.{agent}.signature.inputs.{name}"
        plain = not node.spec.agents and node.spec.signature is not None
        return f"pathways.{node.id}.signature.inputs.{name}" if plain else ""

    def own_input(self, node: Node, name: str) -> bool:
        """Whether the journey holds the signature that has the input ``name``."""
        owners = [agent for agent, f in self.view.inputs(node) if f.name == name]
        plain = not node.spec.agents and node.spec.signature is not None
        return bool(owners) and (plain or all(o in self.view.own for o in owners))


def merged(shape: Shape, rule: str) -> Shape:
    """What a merge rule leaves in the context of what comes in."""
    bare: Any = shape.type.of if isinstance(shape.type, OptionalType) else shape.type
    if rule in _LISTS:
        return Shape(bare if isinstance(bare, ListType) else ListType(of=bare))
    return Shape(bare, shape.bounds) if rule in ("replace", "max", "min") else Shape(bare)
