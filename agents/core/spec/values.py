"""Values against a signature: checks, applies defaults, and returns JSON-ready data with dates as ISO text.

Owns the messages of what does not fit. Nothing is guessed or converted beyond that: text is never a number, a boolean
never an integer; ``0``, ``False``, ``""`` and ``None`` are values like any other.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic_core import PydanticSerializationError, SchemaError, SchemaValidator, ValidationError, to_jsonable_python

from agents.core.spec.describe import describe_field, describe_type
from agents.core.spec.errors import InvalidValues
from agents.core.spec.runnable import digest_spec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import DictType, FieldSpec, ListType, ModelType, OptionalType, TypeSpec
from agents.core.spec.validators import object_schema
from trust.core.errors import Problem

_Pair = tuple[SchemaValidator, SchemaValidator]
_BY_DIGEST: dict[str, _Pair] = {}
_BY_ID: dict[int, tuple[weakref.ref[SignatureSpec], _Pair]] = {}
_MOST = 4096


def validate_inputs(sig: SignatureSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with defaults applied. Raises ``InvalidValues`` that lists every problem.

    Python's own dates, enums, dataclasses and pydantic models are taken for the JSON they stand for.
    """
    return _validate(sig, _compiled(sig)[0], sig.inputs, values, "input")


def validate_outputs(sig: SignatureSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs with defaults applied. Raises ``InvalidValues`` that lists every problem."""
    return _validate(sig, _compiled(sig)[1], sig.outputs, values, "output")


def default_problems(field: FieldSpec) -> list[Problem]:
    """What is wrong with the default of ``field``, or with its pattern; empty when all is well."""
    try:
        validator = SchemaValidator(object_schema((field,)))
        validator.validate_python({} if field.default is None else {field.name: field.default})
    except SchemaError as error:
        reason = str(error).split("error: ")[-1].strip()
        return [{"where": field.name, "message": f"the pattern {field.constraints.pattern!r} cannot be used: {reason}"}]
    except ValidationError as error:
        items = error.errors(include_url=False, include_context=False)
        return [_problem((field,), item, "field", "") for item in items if item["type"] != "missing"]
    return []


def _validate(
    sig: SignatureSpec, validator: SchemaValidator, fields: tuple[FieldSpec, ...], values: Any, noun: str
) -> dict[str, Any]:
    try:
        data = to_jsonable_python(values, inf_nan_mode="constants")
        return cast("dict[str, Any]", validator.validate_python(data))
    except (PydanticSerializationError, UnicodeError) as error:
        raise InvalidValues(problems=[{"where": "", "message": f"a value is not JSON: {error}"}]) from None
    except ValidationError as error:
        items = error.errors(include_url=False, include_context=False)
        raise InvalidValues(problems=[_problem(fields, item, noun, sig.name) for item in items]) from None


def _compiled(sig: SignatureSpec) -> _Pair:
    """Validators of ``sig``: found by identity first, since a digest costs more than a validation."""
    known = _BY_ID.get(id(sig))
    if known is not None and known[0]() is sig:
        return known[1]
    digest = digest_spec(sig)
    pair = _BY_DIGEST.get(digest)
    if pair is None:
        if len(_BY_DIGEST) >= _MOST:
            _BY_DIGEST.clear()
        pair = (SchemaValidator(object_schema(sig.inputs)), SchemaValidator(object_schema(sig.outputs)))
        _BY_DIGEST[digest] = pair
    key = id(sig)
    _BY_ID[key] = (weakref.ref(sig, lambda _ref: _BY_ID.pop(key, None)), pair)
    return pair


def _problem(fields: tuple[FieldSpec, ...], item: Any, noun: str, owner: str) -> Problem:
    where = _path(item["loc"])
    if item["type"] == "extra_forbidden":
        siblings = _fields_at(fields, item["loc"][:-1])
        known = ", ".join(field.name for field in siblings) or "none"
        of = f" of {owner}" if owner and len(item["loc"]) == 1 else ""
        return {"where": where, "message": f"is no {noun}{of}; allowed: {known}"}
    allowed = _allowed(fields, item["loc"])
    if item["type"] == "missing":
        return {"where": where, "message": f"is missing, allowed: {allowed}"}
    return {"where": where, "message": f"got {_short(item['input'])}, allowed: {allowed}"}


def _allowed(fields: tuple[FieldSpec, ...], loc: tuple[int | str, ...]) -> str:
    place = _walk(fields, loc)
    if place is None:
        return "an object with " + (", ".join(field.name for field in fields) or "no fields")
    return describe_field(place) if isinstance(place, FieldSpec) else describe_type(place)


def _fields_at(fields: tuple[FieldSpec, ...], loc: tuple[int | str, ...]) -> tuple[FieldSpec, ...]:
    place = _walk(fields, loc)
    type_ = place.type if isinstance(place, FieldSpec) else place
    while isinstance(type_, OptionalType):
        type_ = type_.of
    return type_.fields if isinstance(type_, ModelType) else fields


def _walk(fields: Iterable[FieldSpec], loc: tuple[int | str, ...]) -> FieldSpec | TypeSpec | None:
    """The field or type that stands at ``loc``; ``None`` is the whole object."""
    here: FieldSpec | TypeSpec | None = None
    for part in loc:
        type_ = here.type if isinstance(here, FieldSpec) else here
        while isinstance(type_, OptionalType):
            type_ = type_.of
        if type_ is None or isinstance(type_, ModelType):
            among = fields if type_ is None else type_.fields
            here = next((field for field in among if field.name == part), here)
        elif isinstance(type_, ListType | DictType):
            here = type_.of
    return here


def _path(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _short(value: Any) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list"}
    if type(value) in names:
        return names[type(value)]
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else "null" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
