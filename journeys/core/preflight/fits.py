"""Whether every value of one field is a value of another: ``ok``, ``lossy`` (it arrives, but as text) or ``broken``.

The same rules as binding and validation at run time: nothing is converted but lists and objects into text, and ``null`` counts
as absent. Whatever could be refused at run time is broken here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from agents.core.spec.describe import describe_type, nullable_type
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    FileType,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
)

State = Literal["ok", "lossy", "broken"]
NO_BOUNDS = Constraints()
TEXT = ScalarType(kind="str")


@dataclass(frozen=True, slots=True)
class Fit:
    """``why`` says in a few words what does not fit; ``convert`` is an expression with ``{}`` that would make it fit."""

    state: State
    why: str = ""
    convert: str = ""


OK = Fit("ok")


@dataclass(frozen=True, slots=True)
class Shape:
    """A type with its bounds."""

    type: TypeSpec
    bounds: Constraints = NO_BOUNDS

    @classmethod
    def of(cls, field: FieldSpec) -> Shape:
        return cls(field.type, field.constraints)


def fit(source: Shape, target: Shape) -> Fit:
    """Whether whatever ``source`` produces may be given to ``target``."""
    given, wanted = _present(source.type), _present(target.type)
    if _is_text(wanted) and isinstance(given, ListType | DictType | ModelType):
        if target.bounds.named():
            return Fit("broken", f"{describe_type(given)} becomes text of any length, and the input has bounds")
        return Fit("lossy", f"{describe_type(given)} is passed as text")
    if not _holds(given, wanted):
        told = f"{describe_type(given)} is not {describe_type(wanted)}"
        return Fit("broken", told, _conversion(given, wanted))
    loose = _loose(given, source.bounds, target.bounds)
    return Fit("broken", f"the input takes less than the output may be: {loose}") if loose else OK


def worst(fits: list[Fit]) -> Fit:
    """The worst of several; ``ok`` for none."""
    order = ("ok", "lossy", "broken")
    return max(fits, key=lambda f: order.index(f.state), default=OK)


def _holds(given: TypeSpec, wanted: TypeSpec) -> bool:  # noqa: PLR0911 - one branch a type
    """Whether each JSON value of ``given`` is one of ``wanted``, within lists and objects as well."""
    match wanted:
        case AnyType():
            return True
        case OptionalType():
            return _holds(_present(given), wanted.of)
        case EnumType():
            allowed = {(type(v), v) for v in wanted.values}
            return isinstance(given, EnumType) and all((type(v), v) in allowed for v in given.values)
        case ListType():
            return isinstance(given, ListType) and _holds(given.of, wanted.of)
        case DictType():
            if isinstance(given, ModelType):
                return all(_holds(nullable_type(f), wanted.of) for f in given.fields)
            return isinstance(given, DictType) and _holds(given.of, wanted.of)
        case ModelType():
            return isinstance(given, ModelType) and _model_holds(given, wanted)
        case FileType():
            return isinstance(given, FileType) and wanted.accepts in ("any", given.accepts)
        case ScalarType():
            return _scalar_holds(given, wanted.kind)


def _model_holds(given: ModelType, wanted: ModelType) -> bool:
    """Objects refuse keys that they do not declare and need those that they require; defaults are filled in on both sides."""
    there = {f.name: f for f in given.fields}
    if set(there) - {f.name for f in wanted.fields}:
        return False
    return all(fit_exactly(there[f.name], f) if f.name in there else not f.required for f in wanted.fields)


def fit_exactly(given: FieldSpec, wanted: FieldSpec) -> bool:
    return _holds(nullable_type(given), nullable_type(wanted)) and not _loose(given.type, given.constraints, wanted.constraints)


def _scalar_holds(given: TypeSpec, wanted: str) -> bool:
    if isinstance(given, EnumType):
        python: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
        kinds = python.get(wanted, ())
        return (
            all(isinstance(v, kinds) and (wanted == "bool" or not isinstance(v, bool)) for v in given.values)
            if kinds
            else False
        )
    if not isinstance(given, ScalarType):
        return False
    also = {"float": ("int",), "str": ("date", "datetime")}
    return given.kind == wanted or given.kind in also.get(wanted, ())


def _present(type_: TypeSpec) -> TypeSpec:
    return type_.of if isinstance(type_, OptionalType) else type_


def _is_text(type_: TypeSpec) -> bool:
    return isinstance(type_, ScalarType) and type_.kind == "str"


def _loose(  # noqa: PLR0911 - one bound a line
    given: TypeSpec, source: Constraints, target: Constraints
) -> str:
    """The first bound of ``target`` that values of ``source`` may break; empty when none."""
    if not target.named():
        return ""
    values = given.values if isinstance(given, EnumType) else ()
    low, high = _range(source, values)
    short, long = _lengths(source, values)
    if target.ge is not None and (low is None or low < target.ge):
        return f"at least {target.ge:g}"
    if target.le is not None and (high is None or high > target.le):
        return f"at most {target.le:g}"
    if target.min_length and (short is None or short < target.min_length):
        return f"a length of at least {target.min_length}"
    if target.max_length is not None and (long is None or long > target.max_length):
        return f"a length of at most {target.max_length}"
    if target.pattern is not None and target.pattern != source.pattern:
        return f"the pattern {target.pattern}"
    return ""


def _range(source: Constraints, values: tuple[Any, ...]) -> tuple[float | None, float | None]:
    return (min(values), max(values)) if values and not isinstance(values[0], str) else (source.ge, source.le)


def _lengths(source: Constraints, values: tuple[Any, ...]) -> tuple[int | None, int | None]:
    if values and all(isinstance(v, str) for v in values):
        return min(map(len, values)), max(map(len, values))
    return source.min_length, source.max_length


def _conversion(given: TypeSpec, wanted: TypeSpec) -> str:
    """An expression over ``{}`` that turns one into the other; empty where only a person or a model could."""
    if isinstance(wanted, ListType) and _holds(given, wanted.of):
        return "[{}]"
    if not isinstance(given, ScalarType) or not isinstance(wanted, ScalarType):
        return ""
    ways = {
        ("int", "str"): "string({})",
        ("float", "str"): "string({})",
        ("bool", "str"): "string({})",
        ("float", "int"): "int({})",
    }
    return ways.get((given.kind, wanted.kind), "")
