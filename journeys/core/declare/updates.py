"""What a transition changes of the context, as words of Python, and the short form as a dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticSerializationError, to_jsonable_python

from journeys.core.spec import ContextUpdateSpec

_MISSING: Any = object()
_SHORT = '"set:text", "append:source", "copy:source", "remove:", or the name of what is copied'


@dataclass(frozen=True)
class Set:
    """The context field ``field`` becomes ``value``."""

    field: str
    value: Any

    def compile(self) -> ContextUpdateSpec:
        return ContextUpdateSpec(op="set", field=self.field, value=_json(self.value, f"Set({self.field!r})"))


@dataclass(frozen=True)
class Copy:
    """The context field ``field`` becomes what ``source`` names: a context field or an output of this turn."""

    field: str
    source: str

    def compile(self) -> ContextUpdateSpec:
        return ContextUpdateSpec(op="copy", field=self.field, source=self.source)


@dataclass(frozen=True)
class Append:
    """``value``, or what ``source`` names, joins the list in the context field ``field``."""

    field: str
    value: Any = _MISSING
    source: str = ""

    def compile(self) -> ContextUpdateSpec:
        if (self.value is _MISSING) == (not self.source):
            raise TypeError(f"Append({self.field!r}) takes a value or a source, and only one of them")
        value = None if self.value is _MISSING else _json(self.value, f"Append({self.field!r})")
        return ContextUpdateSpec(op="append", field=self.field, value=value, source=self.source)


@dataclass(frozen=True)
class Remove:
    """The context field ``field`` is forgotten."""

    field: str

    def compile(self) -> ContextUpdateSpec:
        return ContextUpdateSpec(op="remove", field=self.field)


def compile_updates(given: Any) -> tuple[ContextUpdateSpec, ...]:
    """The updates of a list of words, or of a dict from field to ``"append:x"``, ``"set:text"``, ``"copy:x"``,
    ``"remove:"`` or the bare name of what is copied; a value that is no text is set."""
    if isinstance(given, Mapping):
        return tuple(_short(field, value) for field, value in given.items())
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"context_update must be a list of Set, Copy, Append and Remove, or a dict; got {given!r}")
    return tuple(_update(item) for item in given)


def _update(item: Any) -> ContextUpdateSpec:
    if isinstance(item, ContextUpdateSpec):
        return item
    if not isinstance(item, Set | Copy | Append | Remove):
        raise TypeError(f"context_update lists Set, Copy, Append and Remove, got {item!r}")
    return item.compile()


def _short(field: Any, value: Any) -> ContextUpdateSpec:
    if not isinstance(field, str):
        raise TypeError(f"context_update has the key {field!r}; its keys are names of context fields")
    if not isinstance(value, str):
        return Set(field, value).compile()
    word, colon, rest = value.partition(":")
    match word if colon else "copy":
        case "set":
            return Set(field, rest).compile()
        case "append":
            return Append(field, source=rest.strip()).compile()
        case "remove":
            return Remove(field).compile()
        case "copy":
            source = rest.strip() if colon else value.strip()
            if source:
                return Copy(field, source).compile()
    raise TypeError(f"context_update says {value!r} of {field!r}; allowed: {_SHORT}")


def _json(value: Any, where: str) -> Any:
    try:
        return to_jsonable_python(value)
    except PydanticSerializationError:
        raise TypeError(f"{where} holds {value!r}, which is no JSON value and cannot be kept in a context") from None
