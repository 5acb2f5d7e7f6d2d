"""The mapping on an edge: which field of what is known feeds each input of the pathway that is entered, and ways to mend it.

Pure: reading gives rows, editing takes a draft and gives a new one. A mapping is two things in the spec: the source accumulates
the field, and the target binds its input to it unless both have one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agents.core.spec.describe import describe_field
from agents.core.spec.types import FieldSpec
from journeys.core.editing.raw import Draft, add_output, change_pathway, field_owner, names_at
from journeys.core.editing.renaming import uses_of
from journeys.core.preflight.fits import OK, TEXT, Fit, Shape, State, fit
from journeys.core.preflight.view import Node, View, read_draft
from trust.core.errors import Invalid

How = Literal["binding", "expression", "name", "message", "given", "default", "none"]
GIVEN = ("message", "history", "context")  # what every agent may take by these names


@dataclass(frozen=True, slots=True)
class Mend:
    """One offered fix: what a button says, and the operation that does it."""

    label: str
    op: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MappedInput:
    """One input of the target. ``source`` is the field (or the text of the expression) that feeds it, ``how`` by what it is
    found; ``options`` are the outputs of the source with how each would fit."""

    agent: str
    input: str
    type: str
    required: bool
    source: str
    how: How
    state: State | Literal["unbound"]
    why: str
    options: tuple[tuple[str, State], ...]
    mends: tuple[Mend, ...]


def list_mapping(draft: Draft, source: str, target: str, agents: Mapping[str, Any] | None = None) -> list[MappedInput]:
    """The inputs of ``target`` in the order of its agents, each with what ``source`` (or the context) gives it."""
    view = read_draft(draft, agents or {})
    giver, taker = _node(view, source, "source"), _node(view, target, "target")
    rows, earlier = [], dict[str, FieldSpec]()
    for agent, signature in view.answering(taker):
        for wanted in signature.inputs if signature else ():
            rows.append(_Edge(view, giver, taker).row(agent, wanted, earlier))
        earlier |= {f.name: f for f in (signature.outputs if signature else ())}
    return rows


def auto_map(draft: Draft, source: str, target: str, agents: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``draft`` in which every input of ``target`` that nothing feeds yet gets the fitting output of ``source``.

    The same name first, then the same words (``patientAge``, ``patient_age``), then the only output of a required input's type.
    """
    view = read_draft(draft, agents or {})
    outputs = view.outputs(_node(view, source, "source"))
    changed = dict(draft)
    for row in list_mapping(draft, source, target, agents):
        if row.how not in ("none", "default") and not (row.how == "name" and row.state == "broken"):
            continue
        fitting = [name for name, state in row.options if state != "broken"]
        alike = [name for name in fitting if _words(name) == _words(row.input)]
        exact = [name for name, state in row.options if state == "ok"]
        chosen = alike[:1] or (exact if row.required and len(exact) == 1 and exact[0] in outputs else [])
        for name in chosen:
            changed = set_mapping(changed, source, target, row.input, name, agents=agents)
    return changed


def set_mapping(
    draft: Draft, source: str, target: str, into: str, output: str, *, agents: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``draft`` in which ``into`` of ``target`` is fed by ``output``, which ``source`` accumulates when it brings it."""
    view = read_draft(draft, agents or {})
    giver, taker = _node(view, source, "source"), _node(view, target, "target")
    _input(view, taker, into)
    known = {*view.outputs(giver), *GIVEN, *context_fields(view)}
    if output not in known:
        raise _invalid(
            "output", f"{output!r} is nothing that {source!r} or the context has; there is: {', '.join(sorted(known))}"
        )
    changed = accumulate_field(draft, source, output) if output in view.outputs(giver) else dict(draft)

    def bind(pathway: dict[str, Any]) -> dict[str, Any]:
        bindings = {k: v for k, v in _bindings(pathway).items() if k != into}
        return {**pathway, "bindings": bindings if output == into else {**bindings, into: output}}

    return change_pathway(changed, target, bind)


def unset_mapping(draft: Draft, source: str, target: str, into: str) -> dict[str, Any]:
    """``draft`` without the binding of ``into``, and without its field in what ``source`` accumulates when nobody reads it."""
    bound = ""

    def unbind(pathway: dict[str, Any]) -> dict[str, Any]:
        nonlocal bound
        bindings = _bindings(pathway)
        value = bindings.pop(into, into)
        bound = value if isinstance(value, str) and not value.startswith("=") else ""
        return {**pathway, "bindings": bindings}

    changed = change_pathway(draft, target, unbind)
    view = read_draft(changed, {})
    readers = [u for u in uses_of(changed, bound) if u.role == "reads"]
    if not bound or readers or any(f.name == bound for n in view.nodes.values() if n.id != target for _, f in view.inputs(n)):
        return changed

    def drop(pathway: dict[str, Any]) -> dict[str, Any]:
        kept = [name for name in names_at(pathway, "accumulate") if name != bound]
        merge = (
            {k: v for k, v in pathway.get("merge", {}).items() if k != bound} if isinstance(pathway.get("merge"), dict) else {}
        )
        return {**pathway, "accumulate": kept, "merge": merge}

    return change_pathway(changed, source, drop)


def convert_input(draft: Draft, target: str, into: str, expression: str) -> dict[str, Any]:
    """``draft`` in which ``into`` is what ``expression`` gives, such as ``string(age)``."""
    if not expression.strip():
        raise _invalid("expression", "is empty; write what the input is to be, such as string(age)")
    return change_pathway(
        draft, target, lambda p: {**p, "bindings": {**_bindings(p), into: "=" + expression.strip().removeprefix("=")}}
    )


def default_input(draft: Draft, target: str, into: str, value: Any) -> dict[str, Any]:
    """``draft`` in which ``into`` has a default, so that it need not be fed. Only where the journey owns the signature."""
    return field_owner(draft, target, into, "inputs", lambda f: {**f, "required": False, "default": value})


def accumulate_field(draft: Draft, pathway: str, field: str) -> dict[str, Any]:
    """``draft`` in which ``pathway`` puts its output ``field`` into the context."""
    return change_pathway(
        draft, pathway, lambda p: {**p, "accumulate": list(dict.fromkeys((*names_at(p, "accumulate"), field)))}
    )


def extract_output(
    draft: Draft, source: str, target: str, into: str, *, agents: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``draft`` in which the model of ``source`` is asked for the field ``into`` of ``target`` as an output of its own."""
    view = read_draft(draft, agents or {})
    wanted = _input(view, _node(view, target, "target"), into)
    told = wanted.description or f"The {into.replace('_', ' ')}, as far as the person said it"
    data = {**wanted.model_dump(mode="json"), "description": told, "required": True, "default": None}
    changed = add_output(draft, source, data)
    return set_mapping(changed, source, target, into, into, agents=agents)


@dataclass(frozen=True, slots=True)
class _Edge:
    """What is looked at: where values come from and where they go."""

    view: View
    giver: Node
    taker: Node

    def row(self, agent: str, wanted: FieldSpec, earlier: Mapping[str, FieldSpec]) -> MappedInput:
        bound = self.taker.spec.bindings.get(wanted.name, wanted.name)
        how, found = self._found(wanted, bound, earlier)
        state: State | Literal["unbound"] = "unbound" if how == "none" and wanted.required else found.state
        outputs = self.view.outputs(self.giver)
        fits = tuple((name, fit(Shape.of(f), Shape.of(wanted)).state) for name, f in outputs.items())
        mends = self._mends(wanted, bound, how, found, fits) if state in ("broken", "unbound") else ()
        return MappedInput(
            agent=agent,
            input=wanted.name,
            type=describe_field(wanted),
            required=wanted.required,
            source=bound.removeprefix("="),
            how=how,
            state=state,
            why=found.why,
            options=fits,
            mends=mends,
        )

    def _found(  # noqa: PLR0911 - one return for each place that is asked
        self, wanted: FieldSpec, bound: str, earlier: Mapping[str, FieldSpec]
    ) -> tuple[How, Fit]:
        if bound.startswith("="):
            return "expression", OK
        if bound in GIVEN:
            return "given", fit(Shape(TEXT), Shape.of(wanted)) if bound == "message" else OK
        known = self._known(earlier)
        if bound in known:
            return ("binding" if wanted.name in self.taker.spec.bindings else "name"), fit(known[bound], Shape.of(wanted))
        if takes_message(self.view, self.taker, wanted):
            return "message", OK
        if not wanted.required:
            return "default", OK
        if bound in self.view.outputs(self.giver):
            return "none", Fit("broken", f"{bound!r} is an output of {self.giver.id!r} that it does not accumulate")
        return "none", Fit("broken", f"nothing gives {bound!r}")

    def _known(self, earlier: Mapping[str, FieldSpec]) -> dict[str, Shape]:
        """What has a value when the target runs: the context, over it what the source gives, over it earlier agents."""
        outputs = self.view.outputs(self.giver)
        given = {name: Shape.of(outputs[name]) for name in self.giver.spec.accumulate if name in outputs}
        return context_fields(self.view) | given | {name: Shape.of(f) for name, f in earlier.items()}

    def _mends(
        self, wanted: FieldSpec, bound: str, how: How, found: Fit, fits: tuple[tuple[str, State], ...]
    ) -> tuple[Mend, ...]:
        edge = {"source": self.giver.id, "target": self.taker.id, "input": wanted.name}
        here = {"target": self.taker.id, "input": wanted.name}
        title = self.view.title(self.giver.id)
        names = [name for name, how_well in fits if how_well != "broken" and name != "response"][:3]
        mends = [Mend(f"Take {name!r} of {title}", {"op": "map_input", **edge, "output": name}) for name in names]
        if found.convert:
            text = found.convert.format(bound)
            mends.append(Mend(f"Convert: {text}", {"op": "convert_input", **here, "expression": text}))
        if how == "none" and owns_input(self.view, self.taker, wanted.name):  # a default never wins over a value that is there
            empty = empty_value(wanted)
            mends.append(Mend(f"Give it the default {empty!r}", {"op": "default_input", **here, "value": empty}))
        if wanted.name not in self.view.outputs(self.giver) and owns_outputs(self.view, self.giver):
            mends.append(Mend(f"Ask the model of {title} for it", {"op": "extract_output", **edge}))
        return tuple(mends)


def takes_message(view: View, node: Node, wanted: FieldSpec) -> bool:
    """Whether the engine gives the person's message to ``wanted``: the one required text that nothing else feeds."""
    signature = next((s for _, s in view.answering(node) if s and wanted in s.inputs), None)
    if signature is None or any(node.spec.bindings.get(f.name, f.name) == "message" for f in signature.inputs):
        return False
    known = context_fields(view)
    left = [f for f in signature.inputs if f.required and f.name not in node.spec.bindings and f.name not in known]
    texts = [f for f in left if f.type == TEXT and f.name not in GIVEN]
    return texts == [wanted]


def owns_input(view: View, node: Node, name: str) -> bool:
    """Whether the journey itself holds the signature with the input ``name``, and so may change it."""
    owners = [agent for agent, f in view.inputs(node) if f.name == name]
    return bool(owners) and all(o in view.own or (not node.spec.agents and node.spec.signature) for o in owners)


def owns_outputs(view: View, node: Node) -> bool:
    return any(a in view.own for a in node.spec.agents) if node.spec.agents else True


def empty_value(field: FieldSpec) -> Any:
    """A default that fits ``field``: empty where its type and bounds have something empty, else null."""
    empty: dict[str, Any] = {"str": "", "list": [], "dict": {}, "bool": False}
    bounds = field.constraints
    is_free = not bounds.min_length and bounds.pattern is None
    return empty.get(field.type.kind) if is_free else None


def context_fields(view: View) -> dict[str, Shape]:
    """What the context may hold, by name: what is declared, and what any pathway accumulates."""
    found = {f.name: Shape.of(f) for key in ("variables", "context") for f in getattr(view.head, key, ())}
    for node in view.nodes.values():
        outputs = view.outputs(node)
        found |= {name: Shape.of(outputs[name]) for name in node.spec.accumulate if name in outputs}
    return found


def _input(view: View, node: Node, name: str) -> FieldSpec:
    fields = {f.name: f for _, f in view.inputs(node)}
    if name not in fields:
        raise _invalid("input", f"{name!r} is no input of {node.id!r}; the inputs are: {', '.join(fields) or 'none'}")
    return fields[name]


def _node(view: View, name: str, where: str) -> Node:
    if name not in view.nodes:
        raise _invalid(where, f"there is no pathway {name!r}; the pathways are: {', '.join(view.nodes) or 'none'}")
    return view.nodes[name]


def _bindings(pathway: Mapping[str, Any]) -> dict[str, Any]:
    found = pathway.get("bindings")
    return dict(found) if isinstance(found, Mapping) else {}


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
