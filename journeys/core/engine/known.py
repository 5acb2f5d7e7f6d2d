"""What expressions may name and of which type: context fields, this turn's outputs, the person's variables, the message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agents.core.spec.pipeline import signature_of
from agents.core.spec.types import (
    AnyType,
    EnumType,
    FieldSpec,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
)
from journeys.core.expressions.reading import MESSAGE, PATHWAY, TURN, USER
from journeys.core.merging.catalog import LISTS, MERGE_RULES
from journeys.core.spec import ContextUpdateSpec, JourneySpec, PathwaySpec

ANY = AnyType()
_TEXT = ScalarType(kind="str")


def known_types(spec: JourneySpec, pathways: Iterable[str] = ()) -> dict[str, TypeSpec]:
    """The type of every name that an expression may use.

    Context fields come from ``spec.context``, from the signatures of the pathways and agents that accumulate them (as their
    merge rule leaves them), and from the context updates of transitions; of a name with two types nothing is known but that
    it exists (``any``). Outputs of ``pathways`` are added for expressions that are asked after one of these answered.
    """
    found: dict[str, TypeSpec] = {}
    for pathway in spec.pathways:
        if pathway.id in set(pathways):
            _add(found, outputs_of(spec, pathway))
    return {**found, **context_types(spec), **_given(spec)}


def context_types(spec: JourneySpec) -> dict[str, TypeSpec]:
    """The type of every context field that the journey declares, accumulates or sets."""
    found: dict[str, TypeSpec] = {}
    for pathway in spec.pathways:
        outputs = outputs_of(spec, pathway)
        fields = {name: outputs.get(name, ANY) for name in pathway.accumulate}
        _add(found, {name: _merged(type_, pathway.merge.get(name, "replace")) for name, type_ in fields.items()})
    found |= {field.name: field.type for field in spec.context}
    every = {**_all_outputs(spec), **found}
    for transition in spec.transitions:
        new = {u.field: _updated(u, every) for u in transition.context_update if u.op != "remove" and u.field not in found}
        _add(found, new)
    return found


def outputs_of(spec: JourneySpec, pathway: PathwaySpec) -> dict[str, TypeSpec]:
    """The outputs of the pathway's own signature and of what answers in it, as far as these are known."""
    signatures = [pathway.signature] if pathway.signature else []
    signatures += [signature_of(spec.agents[name]) for name in pathway.agents if name in spec.agents]
    found: dict[str, TypeSpec] = {}
    for signature in reversed(signatures):
        found |= {field.name: field.type for field in signature.outputs}
    return found or {"response": _TEXT}


def known_values(
    spec: JourneySpec,
    *,
    context: Mapping[str, Any],
    outputs: Mapping[str, Any],
    user: Mapping[str, Any],
    message: str,
    turn: int,
    pathway: str,
) -> dict[str, Any]:
    """The values to go with ``known_types``: an accumulated field as the context has it, any other as this turn brought it."""
    accumulated = {name for p in spec.pathways for name in p.accumulate}
    fresh = {name: value for name, value in outputs.items() if not (name in accumulated and name in context)}
    return {**context, **fresh, USER: dict(user), MESSAGE: message, TURN: turn, PATHWAY: pathway}


def _given(spec: JourneySpec) -> dict[str, TypeSpec]:
    return {
        USER: ModelType(name="User", fields=_optional(spec.variables)),
        MESSAGE: _TEXT,
        TURN: ScalarType(kind="int"),
        PATHWAY: EnumType(values=tuple(dict.fromkeys(p.id for p in spec.pathways))),
    }


def _optional(fields: Sequence[FieldSpec]) -> tuple[FieldSpec, ...]:
    return tuple(FieldSpec(name=field.name, type=field.type) for field in fields)


def _all_outputs(spec: JourneySpec) -> dict[str, TypeSpec]:
    found: dict[str, TypeSpec] = {}
    for pathway in spec.pathways:
        _add(found, outputs_of(spec, pathway))
    return found


def _add(found: dict[str, TypeSpec], new: Mapping[str, TypeSpec]) -> None:
    """Adds ``new``; a name that has another type already may be anything. Optional makes no other type."""
    for name, type_ in new.items():
        bare = type_.of if isinstance(type_, OptionalType) else type_
        found[name] = bare if found.get(name, bare) == bare else ANY


def _merged(type_: TypeSpec, rule: str) -> TypeSpec:
    bare = type_.of if isinstance(type_, OptionalType) else type_
    if rule not in MERGE_RULES:
        return ANY  # a rule of somebody else's: nothing is known of what it makes
    return ListType(of=bare) if rule in LISTS and not isinstance(bare, ListType | AnyType) else bare


def _updated(update: ContextUpdateSpec, known: Mapping[str, TypeSpec]) -> TypeSpec:
    type_ = known.get(update.source, ANY) if update.source else type_of(update.value)
    if update.op == "append":
        return type_ if isinstance(type_, ListType) else ListType(of=type_)
    return type_


def type_of(value: Any) -> TypeSpec:
    """The type that a JSON value shows."""
    if isinstance(value, bool):
        return ScalarType(kind="bool")
    if isinstance(value, int):
        return ScalarType(kind="int")
    if isinstance(value, float):
        return ScalarType(kind="float")
    if isinstance(value, str):
        return _TEXT
    return ListType(of=ANY) if isinstance(value, list) else ANY
