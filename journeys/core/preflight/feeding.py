"""How each input of a pathway is fed at run time: by which source, whether that is certain, and how its type fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import AnyType, DictType, FieldSpec, ListType, ModelType, OptionalType, ScalarType, TypeSpec
from journeys.core.expressions import names_in
from journeys.core.expressions.compiling import compile_expression
from journeys.core.preflight.fits import OK, TEXT, Fit, Shape, fit, worst
from journeys.core.preflight.links import certain_outputs
from journeys.core.preflight.scope import GIVEN, Scope
from journeys.core.preflight.view import Node

_GIVEN: dict[str, TypeSpec] = {
    "message": TEXT,
    "history": ListType(of=DictType(of=TEXT)),
    "context": DictType(of=AnyType()),
}
_RESULTS: dict[str, TypeSpec] = {
    "string": TEXT,
    "int": ScalarType(kind="int"),
    "double": ScalarType(kind="float"),
    "bool": ScalarType(kind="bool"),
}
_NO_CONTEXT = frozenset((*GIVEN, "turn", "pathway"))


@dataclass(frozen=True, slots=True)
class Fed:
    """One input. ``source`` is a name, or the text of an expression; ``lacking`` are the names that may be absent when it is
    needed; ``known`` tells whether anything ever brings the source; ``givers`` are the types that may come."""

    agent: str
    input: FieldSpec
    source: str
    is_expression: bool = False
    lacking: tuple[str, ...] = ()
    known: bool = True
    fit: Fit = OK
    givers: tuple[Shape, ...] = ()


@dataclass
class _Earlier:
    """What agents before this one in the same turn brought, and with it what is ``known`` from the context."""

    known: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    shapes: dict[str, Shape] = field(default_factory=dict)
    unknown: bool = False


def feed(scope: Scope, node: Node) -> Iterator[Fed]:
    """Every input of every agent of ``node``, in order, as far as the agents are known."""
    earlier = _Earlier()
    entering = scope.knowledge.at(node.id)
    certain_here = certain_outputs(scope.view, node)
    for agent, signature in scope.view.answering(node):
        if signature is None:
            earlier.unknown = True
            continue
        earlier.known |= entering
        yield from _agent(scope, node, (agent, signature), earlier)
        if node.spec.pipeline == "sequential":
            earlier.certain |= {f.name for f in signature.outputs} & certain_here
            earlier.known |= earlier.certain
            earlier.shapes |= {f.name: Shape.of(f) for f in signature.outputs}


def _agent(scope: Scope, node: Node, asked: tuple[str, SignatureSpec], earlier: _Earlier) -> Iterator[Fed]:
    agent, signature = asked
    fed = [_input(scope, node, (agent, f), earlier) for f in signature.inputs]
    takes = _message_taker(fed)
    for one in fed:
        if one is takes:
            yield Fed(agent, one.input, "message", fit=_text_fit(one.input))
        elif earlier.unknown and not one.is_expression:
            yield Fed(agent, one.input, one.source, fit=one.fit, givers=one.givers)  # an unknown agent may bring it
        else:
            yield one


def _message_taker(fed: list[Fed]) -> Fed | None:
    """The engine gives the message to the one required text that has no source, unless an input takes it by name."""
    if any(one.source == "message" and not one.is_expression for one in fed):
        return None
    texts = [one for one in fed if one.lacking and one.input.type == TEXT and not one.is_expression]
    alone = len(texts) == 1 and texts[0].source == texts[0].input.name
    return texts[0] if alone else None


def _input(scope: Scope, node: Node, asked: tuple[str, FieldSpec], earlier: _Earlier) -> Fed:
    (agent, wanted), certain = asked, earlier.known
    source = node.spec.bindings.get(wanted.name, wanted.name)
    if source.startswith("="):
        return _expression(scope, agent, wanted, source[1:], certain)
    if "." in source:
        return _path(scope, agent, wanted, source, earlier)
    if source in _GIVEN:
        found = _text_fit(wanted) if source == "message" else fit(Shape(_GIVEN[source]), Shape.of(wanted))
        return Fed(agent, wanted, source, fit=OK if found.state == "lossy" else found, givers=(Shape(_GIVEN[source]),))
    shapes = [writer.shape for writer in scope.writers.get(source, [])]
    if source in earlier.shapes:
        shapes = [earlier.shapes[source], *(shapes if source not in earlier.certain else [])]
    known = bool(shapes) or source in certain
    lacking = (source,) if wanted.required and source not in certain else ()
    found = worst([fit(shape, Shape.of(wanted)) for shape in shapes])
    return Fed(agent, wanted, source, lacking=lacking, known=known, fit=found, givers=tuple(shapes))


def _path(scope: Scope, agent: str, wanted: FieldSpec, source: str, earlier: _Earlier) -> Fed:
    """A source such as ``offer.price``: certain only as far as each part of it must be there."""
    head, *rest = source.split(".")
    if head == "user":
        shapes = [Shape.of(f) for f in getattr(scope.view.head, "variables", ()) if f.name == (rest or [""])[0]]
        certain, rest = False, rest[1:]
    else:
        if head == "context" and rest:
            head, *rest = rest
        own = [earlier.shapes[head]] if head in earlier.shapes else []
        shapes = own or [writer.shape for writer in scope.writers.get(head, [])]
        certain = head in earlier.known
    found = [_inside(shape.type, rest, certain) for shape in shapes]
    types = [Shape(type_) for type_, _ in found if type_ is not None]
    sure = bool(found) and all(is_sure for type_, is_sure in found if type_ is not None) and len(types) == len(found)
    lacking = (source,) if wanted.required and not sure else ()
    return Fed(agent, wanted, source, lacking=lacking, known=bool(types), fit=worst([fit(t, Shape.of(wanted)) for t in types]))


def _inside(type_: TypeSpec, path: list[str], certain: bool) -> tuple[TypeSpec | None, bool]:
    """The type at ``path`` within ``type_`` and whether a value is certainly there; no type: nothing can be there."""
    for part in path:
        bare = type_.of if isinstance(type_, OptionalType) else type_
        certain = certain and bare is type_
        if isinstance(bare, ModelType):
            inner = next((f for f in bare.fields if f.name == part), None)
            if inner is None:
                return None, False
            type_, certain = inner.type, certain and (inner.required or inner.default is not None)
        elif isinstance(bare, DictType | AnyType):
            type_, certain = bare.of if isinstance(bare, DictType) else bare, False
        else:
            return None, False
    return type_, certain and not isinstance(type_, OptionalType)


def _text_fit(wanted: FieldSpec) -> Fit:
    """The message is any text: bounds of the input are a risk of the conversation, not a fault of the journey."""
    return fit(Shape(TEXT), Shape(wanted.type))


def _expression(scope: Scope, agent: str, wanted: FieldSpec, text: str, certain: set[str]) -> Fed:
    names = [n for n in names_in(text) if n not in _NO_CONTEXT]
    users = {f"user.{f.name}" for f in getattr(scope.view.head, "variables", ()) if f.required}
    lacking = tuple(n for n in names if n not in certain and n not in users) if wanted.required and "has(" not in text else ()
    program, _ = compile_expression(text, scope.types, strict=False)
    given = _RESULTS.get(program.returns)
    found = fit(Shape(given), Shape.of(wanted)) if given else OK
    return Fed(agent, wanted, text, True, lacking, True, found, (Shape(given),) if given else ())
