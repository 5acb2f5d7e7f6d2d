"""A draft as preflight sees it: its pathways, transitions and agents as far as they parse, whatever the rest looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from pydantic import BaseModel, create_model

from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.pipeline import PipelineSpec, agents_in, signature_of
from agents.core.spec.runnable import upgrade
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, Frozen
from journeys.core.editing.draft import with_ids
from journeys.core.engine.pathways import PLAIN_REPLY
from journeys.core.names import ANYWHERE
from journeys.core.preflight.salvage import Misfit, salvage
from journeys.core.spec import JourneySpec, PathwaySpec, PatternsSpec, TransitionSpec
from trust.core.errors import KaizenError

_PARTS = ("pathways", "transitions", "agents")
_Head: type[BaseModel] = create_model(  # the journey without its parts: these are read one by one
    "Head",
    __base__=Frozen,
    **cast("Any", {n: (f.annotation, f) for n, f in JourneySpec.model_fields.items() if n not in _PARTS}),
)
Runnable = AgentSpec | PipelineSpec
_ANY_TRIGGER = {"kind": "always"}


@dataclass(frozen=True, slots=True)
class Node:
    """A pathway; ``broken`` are the keys that do not parse and stand at their defaults."""

    spec: PathwaySpec
    broken: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return self.spec.id


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition; one with a broken trigger has ``always`` in its place."""

    spec: TransitionSpec
    broken: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return self.spec.id


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that did not parse, with the element it belongs to."""

    kind: str
    id: str
    misfit: Misfit


@dataclass(frozen=True)
class View:
    """``agents`` has every agent that a pathway names and that is known, ``own`` the names of those inside the journey."""

    draft: Mapping[str, Any]
    head: Any
    nodes: dict[str, Node]
    edges: dict[str, Edge]
    agents: dict[str, Runnable]
    own: frozenset[str]
    published: Mapping[str, Any]
    unread: tuple[Unread, ...] = ()
    twice: tuple[tuple[str, str], ...] = ()  # (kind, id) of elements whose id is taken
    _sources: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)
    _seen: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def spec(self) -> JourneySpec:
        """What could be read, as a spec that nobody has validated: for what the engine works out of one."""
        head = {name: getattr(self.head, name) for name in type(self.head).model_fields} if self.head else {}
        pathways = tuple(node.spec for node in self.nodes.values())
        transitions = tuple(edge.spec for edge in self.edges.values())
        return JourneySpec.model_construct(
            None, **{**head, "pathways": pathways, "transitions": transitions}, agents=self.agents
        )

    @property
    def entry(self) -> str:
        return str(getattr(self.head, "entry", ""))

    @property
    def patterns(self) -> PatternsSpec:
        return cast("PatternsSpec", getattr(self.head, "patterns", PatternsSpec()))

    def sources(self, edge: Edge) -> list[str]:
        """The pathways that a transition starts from, spelled out. It never leads from a pathway to itself."""
        if edge.id not in self._sources:
            named = edge.spec.from_pathways
            wide = list(self.nodes) if ANYWHERE in named else [n for n in named if n in self.nodes]
            self._sources[edge.id] = [n for n in wide if n != edge.spec.to_pathway]
        return self._sources[edge.id]

    def answering(self, node: Node) -> list[tuple[str, SignatureSpec | None]]:
        """What answers in ``node``, in order, with the signature of each; ``None``: it is not known."""
        if not node.spec.agents:
            known = None if "signature" in node.broken else node.spec.signature or PLAIN_REPLY
            return [(node.id, known)]
        return [(name, signature_of(self.agents[name]) if name in self.agents else None) for name in node.spec.agents]

    def inputs(self, node: Node) -> list[tuple[str, FieldSpec]]:
        return [(name, f) for name, signature in self.answering(node) if signature for f in signature.inputs]

    def outputs(self, node: Node) -> dict[str, FieldSpec]:
        """The output fields of ``node`` by name: of its agents (the last one's where two share a name) and of its signature."""
        if node.id not in self._seen:
            own = node.spec.signature.outputs if node.spec.signature and node.spec.agents else ()
            found = {f.name: f for f in own}
            found |= {f.name: f for _, signature in self.answering(node) if signature for f in signature.outputs}
            self._seen[node.id] = found
        return cast("dict[str, FieldSpec]", self._seen[node.id])

    def is_known(self, node: Node) -> bool:
        """Whether all that answers in ``node`` is known, so that something absent is really absent."""
        return all(signature is not None for _, signature in self.answering(node))

    def models(self) -> Iterator[tuple[str, ModelSpec]]:
        """Every model that a conversation asks, with the name of its agent; without one: what detects intents."""
        for name, runnable in self.agents.items():
            for _, agent in agents_in(runnable):
                yield name, agent.model
        intents = getattr(self.head, "intent_model", None)
        if isinstance(intents, dict):
            yield "", ModelSpec(provider=str(intents.get("provider", "default")))

    def title(self, pathway: str) -> str:
        node = self.nodes.get(pathway)
        return (node.spec.title if node else "") or pathway.replace("_", " ").capitalize()


def read_draft(draft: Mapping[str, Any], published: Mapping[str, Any]) -> View:
    """The view of a raw draft; ``published`` are the agents it may name, slug -> spec or JSON."""
    unread: list[Unread] = []
    twice: list[tuple[str, str]] = []
    draft = _upgraded(draft, unread)
    head, misfits, _ = salvage(
        _Head, {k: v for k, v in draft.items() if k not in _PARTS}, {"name": "Journey", "entry": "entry"}
    )
    unread += [Unread("journey", "", m) for m in misfits]
    nodes: dict[str, Node] = {}
    for name, item, n in _rows(draft, "pathways", unread):
        _read_node(name or f"[{n}]", item, nodes, unread, twice)
    edges: dict[str, Edge] = {}
    for name, item, n in _rows(with_ids(dict(draft)), "transitions", unread):
        _read_edge(name or f"[{n}]", item, edges, unread, twice)
    agents, own = _read_agents(draft, nodes, published, unread)
    return View(draft, head, nodes, edges, agents, own, published, tuple(unread), tuple(twice))


def _upgraded(draft: Mapping[str, Any], unread: list[Unread]) -> Mapping[str, Any]:
    try:
        return upgrade(dict(draft), "journey")
    except (KaizenError, AttributeError, TypeError) as error:
        unread.append(Unread("journey", "", Misfit("schema_version", "schema_version", str(error))))
        return {k: v for k, v in draft.items() if k != "schema_version"}


def _rows(draft: Mapping[str, Any], key: str, unread: list[Unread]) -> Iterator[tuple[str, dict[str, Any], int]]:
    items = draft.get(key, [])
    if not isinstance(items, list | tuple):
        unread.append(Unread("journey", "", Misfit(key, key, f"must be a list, got {type(items).__name__}")))
        return
    for n, item in enumerate(items):
        if isinstance(item, dict):
            name = item.get("id")
            yield (name if isinstance(name, str) else ""), item, n
        else:
            unread.append(Unread("journey", "", Misfit(f"{key}.{n}", key, f"must be an object, got {type(item).__name__}")))


def _read_node(
    name: str, item: dict[str, Any], nodes: dict[str, Node], unread: list[Unread], twice: list[tuple[str, str]]
) -> None:
    spec, misfits, broken = salvage(PathwaySpec, item, {"id": "pathway"})
    unread += [Unread("pathway", name, m) for m in misfits]
    if spec is None:
        return
    if "id" in broken:
        spec = spec.model_copy(update={"id": name})
    if name in nodes:
        twice.append(("pathway", name))
    else:
        nodes[name] = Node(spec, broken)


def _read_edge(
    name: str, item: dict[str, Any], edges: dict[str, Edge], unread: list[Unread], twice: list[tuple[str, str]]
) -> None:
    spec, misfits, broken = salvage(TransitionSpec, item, {"trigger": _ANY_TRIGGER, "to_pathway": ""})
    unread += [Unread("transition", name, m) for m in misfits]
    if spec is None:
        return
    if name in edges:
        twice.append(("transition", name))
    else:
        edges[name] = Edge(spec.model_copy(update={"id": name}), broken)


def _read_agents(
    draft: Mapping[str, Any], nodes: Mapping[str, Node], published: Mapping[str, Any], unread: list[Unread]
) -> tuple[dict[str, Runnable], frozenset[str]]:
    own = draft.get("agents", {})
    if not isinstance(own, Mapping):
        unread.append(Unread("journey", "", Misfit("agents", "agents", f"must be an object, got {type(own).__name__}")))
        own = {}
    agents: dict[str, Runnable] = {}
    for name, data in own.items():
        spec, misfits = _agent(data)
        unread += [Unread("agent", str(name), m) for m in misfits]
        if spec:
            agents[name] = spec
    for name in {a for node in nodes.values() for a in node.spec.agents} - set(own):
        spec, _ = _agent(published[name]) if name in published else (None, [])
        if spec:
            agents[name] = spec
    return agents, frozenset(map(str, own))


def _agent(data: Any) -> tuple[Runnable | None, list[Misfit]]:
    if isinstance(data, AgentSpec | PipelineSpec):
        return data, []
    if not isinstance(data, Mapping):
        return None, [Misfit("", "", f"must be an object, got {type(data).__name__}")]
    if data.get("kind") == "pipeline":
        pipeline, misfits, broken = salvage(PipelineSpec, data, {"name": "Pipeline"})
        return (None if {"members", "signature"} & broken else pipeline), misfits
    spec, misfits, broken = salvage(AgentSpec, data, {"name": "Agent"})
    return (None if "signature" in broken else spec), misfits
