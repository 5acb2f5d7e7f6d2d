"""Paths and templates of demo rules: ``{path}`` in a text, ``name.key.0`` through nested values. Owns no rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agents.core.spec.types import OptionalType, TypeSpec

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


def look_up(path: str, scopes: Sequence[Mapping[str, Any]]) -> Any:
    """The first present value at ``path`` among ``scopes``, else ``None``."""
    for scope in scopes:
        value: Any = scope
        for part in path.split("."):
            value = _inside(value, part)
        if is_present(value):
            return value
    return None


def is_present(value: Any) -> bool:
    """``None``, ``False``, ``""``, ``[]`` and ``{}`` are absent; ``0`` is present."""
    return value is not None and value is not False and value not in ("", [], {}, ())


def fill(template: Any, scopes: Sequence[Mapping[str, Any]]) -> Any:
    """``template`` with every ``{path}`` replaced; a text that is one ``{path}`` alone becomes the value itself."""
    if isinstance(template, dict):
        return {key: fill(value, scopes) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [fill(item, scopes) for item in template]
    if not isinstance(template, str):
        return template
    alone = _PLACE.fullmatch(template)
    if alone:
        return look_up(alone[1], scopes)
    return _PLACE.sub(lambda place: say(look_up(place[1], scopes)), template)


def number_of(type_: TypeSpec, value: Any) -> Any:
    """``value`` as the number that it spells, where ``type_`` is one: rules find numbers as text, also as ``12,500``."""
    inner = type_.of if isinstance(type_, OptionalType) else type_
    if not isinstance(value, str) or inner.kind not in ("int", "float"):
        return value
    try:
        return int(value.replace(",", "")) if inner.kind == "int" else float(value.replace(",", ""))
    except ValueError:
        return value


def say(value: Any) -> str:
    """``value`` as words: lists read as "a, b and c"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        words = [say(item) for item in value]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {say(item)}" for key, item in value.items() if is_present(item))
    return str(value)


def _inside(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list | tuple) and part.isdigit() and int(part) < len(value):
        return value[int(part)]
    return None
