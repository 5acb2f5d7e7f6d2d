"""JSON schemas of a signature's inputs and outputs, and whether a provider's strict mode can take them.

Strict means OpenAI's rules: every property is required, what may be absent is ``anyOf`` with null, no additional
properties. Owns no validation of values: that is ``agents.core.spec.values``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.core.media.kinds import MAX_BYTES_OF, TYPES_OF
from agents.core.spec.describe import describe_type, nullable_type
from agents.core.spec.signature import SignatureSpec
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
    TypeSpec,
)

Schema = dict[str, Any]

_SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
_BOUNDS = {
    "string": {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"},
    "array": {"min_length": "minItems", "max_length": "maxItems"},
    "object": {"min_length": "minProperties", "max_length": "maxProperties"},
    "integer": {"ge": "minimum", "le": "maximum"},
    "number": {"ge": "minimum", "le": "maximum"},
}
_NOT_IN_STRICT = {"minLength", "maxLength", "minProperties", "maxProperties"}
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer"}


def input_schema(sig: SignatureSpec, *, strict: bool = False) -> Schema:
    """Schema of the inputs as callers and forms see it: defaults shown, only what has none is required."""
    return _object(sig.inputs, strict)


def output_schema(sig: SignatureSpec, *, strict: bool = True) -> Schema:
    """Schema of the outputs as a model must give them: every property required, nothing else allowed."""
    return _object(sig.outputs, strict)


def is_strict(sig: SignatureSpec) -> bool:
    """Whether a provider's strict mode can enforce the outputs: false with free-form objects or values anywhere."""
    return all(_is_closed(field.type) for field in sig.outputs)


def _is_closed(type_: TypeSpec) -> bool:
    match type_:
        case AnyType() | DictType():
            return False
        case OptionalType() | ListType():
            return _is_closed(type_.of)
        case ModelType():
            return all(_is_closed(field.type) for field in type_.fields)
        case _:
            return True


def _object(fields: Iterable[FieldSpec], strict: bool) -> Schema:
    fields = tuple(fields)
    return {
        "type": "object",
        "properties": {field.name: _property(field, strict) for field in fields},
        "required": [field.name for field in fields if strict or field.required],
        "additionalProperties": False,
    }


def _property(field: FieldSpec, strict: bool) -> Schema:
    schema = _type(nullable_type(field), field.constraints, strict)
    notes = [field.description] if field.description else []
    if strict and (field.constraints.min_length is not None or field.constraints.max_length is not None):
        notes.append(f"({describe_type(field.type, field.constraints)})")
    if notes:
        schema["description"] = " ".join(notes)
    if not strict and not field.required:
        schema["default"] = field.default
    return schema


def _type(type_: TypeSpec, bounds: Constraints, strict: bool) -> Schema:  # noqa: PLR0911 - one branch a type
    none = Constraints()
    match type_:
        case OptionalType():
            return {"anyOf": [_type(type_.of, bounds, strict), {"type": "null"}]}
        case EnumType():
            return _enum(type_)
        case ListType():
            return _bounded({"type": "array", "items": _type(type_.of, none, strict)}, bounds, strict)
        case DictType():
            schema = {"type": "object", "additionalProperties": _type(type_.of, none, strict)}
            return _bounded(schema, bounds, strict)
        case ModelType():
            return {**_object(type_.fields, strict), "title": type_.name}
        case FileType():
            return _file(type_)
        case AnyType():
            return {}
        case _:
            return _bounded(dict(_SCALARS[type_.kind]), bounds, strict)


def _file(type_: FileType) -> Schema:
    types = list(TYPES_OF[type_.accepts])
    properties: Schema = {
        "file": {"type": "string", "description": "The id of the uploaded file."},
        "name": {"type": "string", "maxLength": 200},
        "media_type": {"type": "string", **({"enum": types} if types else {})},
        "size": {"type": "integer", "minimum": 1, "maximum": MAX_BYTES_OF[type_.accepts]},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
    return {
        "type": "object",
        "title": {"any": "File", "image": "Image", "audio": "Audio"}[type_.accepts],
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _enum(type_: EnumType) -> Schema:
    names = list(dict.fromkeys(_JSON_TYPES[type(value)] for value in type_.values))
    return {"type": names[0] if len(names) == 1 else names, "enum": list(type_.values)}


def _bounded(schema: Schema, bounds: Constraints, strict: bool) -> Schema:
    for name, keyword in _BOUNDS.get(schema["type"], {}).items():
        value = getattr(bounds, name)
        if value is not None and not (strict and keyword in _NOT_IN_STRICT):
            schema[keyword] = int(value) if isinstance(value, float) and value.is_integer() else value
    return schema
