"""Checks of data against JSON schemas that come to an end whatever is in them: patterns by RE2, references up to a count.

Schemas are written by builders of agents and by strangers' servers; both the schema and the data may be made to take for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import re2
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

MOST_REFERENCES = 20_000  # followed in one check; a schema without references is walked through once for each part of the data


class EndlessSchema(ValueError):
    """The schema refers to itself so often that a check of it would not end."""


def build_validator(schema: dict[str, Any]) -> Any:
    return _Validator(schema)


def find_errors(validator: Any, value: Any) -> list[ValidationError]:
    """Every error of ``value``. Raises ``EndlessSchema``."""
    count = _FOLLOWED.set([0])
    try:
        return list(validator.iter_errors(value))
    finally:
        _FOLLOWED.reset(count)


def _reference(validator: Any, reference: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    followed = _FOLLOWED.get()
    followed[0] += 1
    if followed[0] > MOST_REFERENCES:
        raise EndlessSchema(f"the schema refers to itself more than {MOST_REFERENCES} times in one check")
    yield from Draft202012Validator.VALIDATORS["$ref"](validator, reference, instance, schema) or ()


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """What RE2 does not read (look-around, back references) is left to whoever takes the value."""
    if not validator.is_type(instance, "string"):
        return
    try:
        fits = re2.search(pattern, instance, _OPTIONS) is not None
    except re2.error:
        return
    if not fits:
        yield ValidationError(f"{instance[:200]!r} does not match {pattern!r}")


_FOLLOWED: ContextVar[list[int]] = ContextVar("followed")
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20
_Validator: Any = extend(Draft202012Validator, {"$ref": _reference, "pattern": _pattern})  # type: ignore[no-untyped-call]
