"""Texts of a form as JSON values. What cannot be read stays the text that was typed: the check of the draft names it."""

from __future__ import annotations

import json
import math
from typing import Any

from agents.core.forms.tree import lines

OPTIONAL, LIST = "optional", "list"
DEEPEST = 50


def read_number(text: str) -> Any:
    """A whole number, else a number, else the text; ``None`` for nothing."""
    text = text.strip()
    if not text:
        return None
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if math.isfinite(number) and len(text) < 40 else text
    return text


def read_json(text: str) -> Any:
    """JSON data, else the text; ``None`` for nothing."""
    if not text.strip():
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data if is_shallow(data) else text


def is_shallow(data: Any) -> bool:
    """Whether no more than ``DEEPEST`` lists and objects stand in each other; what is deeper could not be stored."""
    level = [data]
    for _ in range(DEEPEST):
        inner = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)]
        level = [value for values in inner for value in values]
        if not level:
            return True
    return False


def read_value(type_: Any, text: str) -> Any:  # noqa: PLR0911 - one branch a type
    """What ``text`` means for a field of the JSON form ``type_``; an empty control is ``None`` but for plain text."""
    kind = type_.get("kind") if isinstance(type_, dict) else ""
    if kind == OPTIONAL:
        return None if text == "" else read_value(type_.get("of"), text)
    if kind == "str":
        return text
    if text.strip() == "":
        return None
    if kind in ("int", "float"):
        return read_number(text)
    if kind == "bool":
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if kind == "enum":
        return next((v for v in type_.get("values", ()) if value_text(v) == text), text)
    if kind == LIST and isinstance(type_.get("of"), dict) and type_["of"].get("kind") == "str":
        given = read_json(text) if text.lstrip().startswith("[") else text
        return given if isinstance(given, list) else lines(text)
    if kind in ("date", "datetime"):
        return text.strip()
    return read_json(text)


def value_text(value: Any) -> str:
    """One allowed value of a choice as a line: a text as it is, unless it would read as another value."""
    if isinstance(value, str):
        plain = read_choice(value)
        return (
            value if plain == value and value == value.strip() and "\n" not in value else json.dumps(value, ensure_ascii=False)
        )
    return json.dumps(value)


def read_choice(line: str) -> Any:
    """``3``, ``true`` and quoted texts are JSON, every other line is the text itself."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return value if isinstance(value, bool | int | str) else line
