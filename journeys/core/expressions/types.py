"""Our types in the language's words, and our values as it wants them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.spec.types import (
    AnyType,
    DictType,
    EnumType,
    ListType,
    OptionalType,
    ScalarType,
    TypeSpec,
)

ANY = AnyType()
_SCALARS = {"str": "string", "int": "int", "float": "double", "bool": "bool", "date": "string", "datetime": "string"}
_INT64 = 2**63


def type_word(type_: TypeSpec) -> str:
    """``string``, ``int``, ``double``, ``bool``, ``list(T)``, ``map(T)`` (its keys are texts) or ``dyn``.

    An optional type is the type itself: a value that is absent is unknown to an expression and never ``null``.
    """
    match type_:
        case ScalarType():
            return _SCALARS[type_.kind]
        case EnumType():
            kinds = {type(value) for value in type_.values}
            return {str: "string", int: "int", bool: "bool"}[kinds.pop()] if len(kinds) == 1 else "dyn"
        case OptionalType():
            return type_word(type_.of)
        case ListType():
            return f"list({type_word(type_.of)})"
        case DictType():
            return f"map({type_word(type_.of)})"
        case _:
            return "dyn" if isinstance(type_, AnyType) else "map(dyn)"


def fit(value: Any, word: str) -> Any:
    """``value`` as the type ``word`` wants it; whole numbers are decimal ones where these are wanted, and what is ``None``
    inside an object is absent. Raises ``ValueError`` for a value of another type."""
    if word == "dyn":
        return _clean(value)
    if word.startswith("list(") and isinstance(value, list | tuple):
        return [fit(item, word[5:-1]) for item in value]
    if word.startswith("map(") and isinstance(value, Mapping):
        return {str(key): fit(item, word[4:-1]) for key, item in value.items() if item is not None}
    if word == "string" and isinstance(value, str):
        return value
    if word == "bool" and isinstance(value, bool):
        return value
    if word in ("int", "double") and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if word == "double" else _whole(value)
    raise ValueError(f"it has the value {str(value)[:80]!r}, which is no {word}")


def _whole(value: int | float) -> int:
    if value != int(value) or abs(value) >= _INT64:
        raise ValueError(f"it has the value {value!r}, which is no whole number of 64 bits")
    return int(value)


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _clean(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _INT64:
        return float(value)
    return value
