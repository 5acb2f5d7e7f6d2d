"""Types of a signature as pydantic-core schemas, whose validated result is plain JSON data.

Owns the exact meaning of each type; messages for people are made in ``agents.core.spec.values``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic_core import CoreSchema
from pydantic_core import core_schema as cs

from agents.core.media.kinds import MAX_BYTES_OF, is_accepted
from agents.core.spec.describe import nullable_type
from agents.core.spec.types import (
    MAX_INT,
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
from trust.core.canonical import canonical_json


def object_schema(fields: Iterable[FieldSpec]) -> CoreSchema:
    """An object with exactly ``fields``, absent ones replaced by their defaults."""
    return cs.typed_dict_schema(
        {field.name: _field(field) for field in fields},
        extra_behavior="forbid",
        strict=True,
    )


def _field(field: FieldSpec) -> cs.TypedDictField:
    schema = _type(nullable_type(field), field.constraints)
    if field.required:
        return cs.typed_dict_field(schema)
    default = field.default
    if isinstance(default, list | dict):
        schema = cs.with_default_schema(schema, default_factory=lambda: copy.deepcopy(default))
    else:
        schema = cs.with_default_schema(schema, default=default)
    return cs.typed_dict_field(schema, required=False)


def _type(type_: TypeSpec, bounds: Constraints) -> CoreSchema:  # noqa: PLR0911 - one branch a type
    none = Constraints()
    lengths: dict[str, Any] = {"min_length": bounds.min_length, "max_length": bounds.max_length}
    match type_:
        case ScalarType():
            return _scalar(type_, bounds)
        case EnumType():
            return _enum(type_)
        case OptionalType():
            return cs.nullable_schema(_type(type_.of, bounds))
        case ListType():
            return cs.list_schema(_type(type_.of, none), strict=True, **lengths)
        case DictType():
            return cs.dict_schema(_text(none), _type(type_.of, none), strict=True, **lengths)
        case ModelType():
            return object_schema(type_.fields)
        case FileType():
            return _file(type_)
        case AnyType():
            return cs.no_info_plain_validator_function(_json)


def _scalar(type_: ScalarType, bounds: Constraints) -> CoreSchema:
    match type_.kind:
        case "str":
            return _text(bounds)
        case "int":
            low = 1 - MAX_INT if bounds.ge is None else int(bounds.ge)
            high = MAX_INT - 1 if bounds.le is None else int(bounds.le)
            return cs.int_schema(strict=True, ge=low, le=high)
        case "float":
            return cs.float_schema(strict=True, allow_inf_nan=False, ge=bounds.ge, le=bounds.le)
        case "bool":
            return cs.bool_schema(strict=True)
        case "date":
            return cs.no_info_after_validator_function(_date, cs.str_schema(strict=True))
        case "datetime":
            return cs.no_info_after_validator_function(_datetime, cs.str_schema(strict=True))


def _text(bounds: Constraints) -> CoreSchema:
    schema = cs.str_schema(strict=True, min_length=bounds.min_length, max_length=bounds.max_length, pattern=bounds.pattern)
    return cs.no_info_after_validator_function(_storable, schema)


def _file(type_: FileType) -> CoreSchema:
    """What is claimed of a file; whoever reads its bytes holds them against the claim."""

    def check(value: dict[str, Any]) -> dict[str, Any]:
        if not is_accepted(type_.accepts, value["media_type"]):
            raise ValueError("not a type of file that is allowed here")
        return value

    text = {
        name: cs.str_schema(strict=True, min_length=1, max_length=length, pattern=pattern)
        for name, length, pattern in (("file", 100, r"^[\w:.-]+$"), ("name", 200, None), ("media_type", 100, r"^[\w.+/-]+$"))
    }
    size = cs.int_schema(strict=True, ge=1, le=MAX_BYTES_OF[type_.accepts])
    fields = {**text, "size": size, "sha256": cs.str_schema(strict=True, pattern="^[0-9a-f]{64}$")}
    shape = cs.typed_dict_schema(
        {name: cs.typed_dict_field(schema) for name, schema in fields.items()}, extra_behavior="forbid", strict=True
    )
    return cs.no_info_after_validator_function(check, shape)


def _enum(type_: EnumType) -> CoreSchema:
    """Exact in type as well: Python's ``True == 1`` would let a boolean pass for an integer."""
    allowed = {(type(value), value) for value in type_.values}

    def check(value: Any) -> Any:
        if isinstance(value, list | dict) or (type(value), value) not in allowed:
            raise ValueError("not one of the allowed values")
        return value

    return cs.no_info_plain_validator_function(check)


def _storable(text: str) -> str:
    """Half a surrogate pair has no UTF-8 form, and PostgreSQL's JSON refuses the NUL character."""
    if not text.isascii():
        text.encode()
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    return text


def _json(value: Any) -> Any:
    canonical_json(value)
    return value


def _date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _datetime(text: str) -> str:
    if len(text) < len("2026-11-22T14") or text[10] not in "Tt ":
        raise ValueError("has no time")
    return datetime.fromisoformat(text).isoformat()
