"""What an agent's run gives back: a plain dict with one-line readers that never raise on what a model left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class Result(dict[str, Any]):
    """The outputs by name. The readers take a value for what it plainly is, else the default."""

    def extract_str(self, name: str, default: str = "") -> str:
        """A text; numbers and truth values as text, lists and objects as JSON."""
        return extract_str(self, name, default)

    def extract_float(self, name: str, default: float = 0.0) -> float:
        """A number, also one that is written as a text, ``85%`` included (0.85)."""
        return extract_float(self, name, default)

    def extract_list(self, name: str, default: list[Any] | None = None) -> list[Any]:
        """A list, also one that is written as JSON; a text of several lines or commas as its parts."""
        return extract_list(self, name, default)

    def extract_dict(self, name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
        """An object, also one that is written as JSON."""
        return extract_dict(self, name, default)


class Extracting:
    """The same readers as methods of an agent: ``agent.extract_list(result, "steps")``."""

    @staticmethod
    def extract_str(result: Mapping[str, Any], field_name: str, default: str = "") -> str:
        return extract_str(result, field_name, default)

    @staticmethod
    def extract_float(result: Mapping[str, Any], field_name: str, default: float = 0.0) -> float:
        return extract_float(result, field_name, default)

    @staticmethod
    def extract_list(result: Mapping[str, Any], field_name: str, default: list[Any] | None = None) -> list[Any]:
        return extract_list(result, field_name, default)

    @staticmethod
    def extract_dict(result: Mapping[str, Any], field_name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
        return extract_dict(result, field_name, default)


def extract_str(result: Mapping[str, Any], name: str, default: str = "") -> str:
    value = result.get(name)
    if value is None:
        return default
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def extract_float(result: Mapping[str, Any], name: str, default: float = 0.0) -> float:
    value = result.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    text = str(value).strip()
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return default


def extract_list(result: Mapping[str, Any], name: str, default: list[Any] | None = None) -> list[Any]:
    value = _read(result.get(name))
    if isinstance(value, list):
        return value
    if isinstance(value, str) and value.strip():
        parts = value.splitlines() if "\n" in value.strip() else value.split(",")
        return [part.strip() for part in parts if part.strip()]
    return [] if default is None else default


def extract_dict(result: Mapping[str, Any], name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
    value = _read(result.get(name))
    return value if isinstance(value, dict) else {} if default is None else default


def _read(value: Any) -> Any:
    """JSON in a text as what it says."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
