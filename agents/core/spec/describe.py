"""Types of a signature in words: what a person or a model reads when a value does not fit. Owns no validation."""

from __future__ import annotations

from agents.core.media.kinds import describe_accepts
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

_SCALARS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date like 2026-11-22",
    "datetime": "a date and time like 2026-11-22T14:30:00",
}


def describe_field(field: FieldSpec) -> str:
    """What may stand in ``field``, such as ``a whole number from 1 to 5``."""
    return describe_type(nullable_type(field), field.constraints)


def describe_type(type_: TypeSpec, bounds: Constraints | None = None) -> str:  # noqa: PLR0911 - one branch a type
    """The type in words; ``bounds`` belong to the type itself or, for an optional one, to what it holds."""
    match type_:
        case ScalarType():
            return _SCALARS[type_.kind] + _bounds(bounds, "characters")
        case EnumType():
            return "one of " + ", ".join(repr(value) for value in type_.values)
        case OptionalType():
            return describe_type(type_.of, bounds) + ", or null"
        case ListType():
            return f"a list of {_inner(type_.of)}" + _bounds(bounds, "items")
        case DictType():
            return f"an object whose values are {_inner(type_.of)}" + _bounds(bounds, "entries")
        case ModelType():
            return f"an object with {', '.join(field.name for field in type_.fields) or 'no fields'}"
        case FileType():
            return describe_accepts(type_.accepts)
        case AnyType():
            return "any JSON value"


def nullable_type(field: FieldSpec) -> TypeSpec:
    """The type that a value of ``field`` really has: a default of ``None`` makes ``None`` a value."""
    if field.required or field.default is not None or isinstance(field.type, OptionalType | AnyType):
        return field.type
    return OptionalType(of=field.type)


def _inner(type_: TypeSpec) -> str:
    return {"str": "texts", "int": "whole numbers", "float": "numbers", "any": "any values"}.get(
        type_.kind, f"({describe_type(type_)})"
    )


def _bounds(bounds: Constraints | None, unit: str) -> str:
    if bounds is None:
        return ""
    text = _range(bounds.ge, bounds.le, "") + _range(bounds.min_length, bounds.max_length, f" {unit}")
    return text + (f" that matches {bounds.pattern}" if bounds.pattern is not None else "")


def _range(low: float | None, high: float | None, unit: str) -> str:
    low_text, high_text = (f"{value:g}" if value is not None else "" for value in (low, high))
    of = " of" if unit else ""
    if unit and (low if high is None else high) == 1:
        unit = unit.removesuffix("s") if not unit.endswith("ies") else f"{unit.removesuffix('ies')}y"
    if low is not None and high is not None:
        return f"{of} {low_text}{unit}" if unit and low == high else f"{of or ' from'} {low_text} to {high_text}{unit}"
    if low is not None:
        return f"{of} at least {low_text}{unit}"
    return f"{of} at most {high_text}{unit}" if high is not None else ""
