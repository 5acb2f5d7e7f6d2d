"""Reads one text field out of a JSON answer that is still being written. Refuses nothing: what is not there yet is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import from_json


def partial_values(text: str) -> dict[str, Any]:
    """The fields that can be read so far; a text that is being written counts with what it has."""
    start = text.find("{")
    if start < 0:
        return {}
    try:
        values = from_json(text[start:], allow_partial="trailing-strings")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def field_text(text: str, field: str) -> str:
    """The text of ``field`` so far."""
    if f'"{field}"' not in text:
        return ""
    value = partial_values(text).get(field, "")
    return value if isinstance(value, str) else ""


def show_field(field: str) -> Callable[[str], str]:
    """A function from the answer so far to what people see of it."""
    return lambda text: field_text(text, field)
