"""Words for the JSON schemas of built-in tools: parameters as a closed object, results by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def schema(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """An object of exactly these properties."""
    return {"type": "object", "properties": properties, "required": [*required], "additionalProperties": False}


def result(**kinds: str) -> dict[str, Any]:
    """An object with these keys, each with its JSON type; a tool may add keys that say more."""
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    return {"type": "object", "properties": properties, "required": [*kinds]}


def text(description: str, *, default: str | None = None, least: int = 0, choices: Sequence[str] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "description": description}
    return (
        found
        | ({"minLength": least} if least else {})
        | ({"enum": [*choices]} if choices else {})
        | ({"default": default} if default is not None else {})
    )


def boolean(description: str, *, default: bool) -> dict[str, Any]:
    return {"type": "boolean", "description": description, "default": default}


def integer(description: str, *, default: int, least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "description": description, "default": default, "minimum": least, "maximum": most}


TIMEOUT = integer("Seconds after which it is given up.", default=30, least=1, most=300)
