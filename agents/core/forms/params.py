"""Parameters of a strategy as controls, drawn from its JSON schema alone: a new strategy needs nothing here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agents.core.forms.controls import Control, Drawing, shown, shown_lines
from agents.core.forms.tree import Tree, is_on, leaf, lines
from agents.core.forms.values import read_json, read_number

Schema = dict[str, Any]
_LONG = 120


def draw_params(draw: Drawing, name: str, schema: Schema, params: Any) -> tuple[Control, ...]:
    """One control a property. What is not set shows its default as a hint, so that a later default reaches it."""
    given = params if isinstance(params, dict) else {}
    return tuple(_draw(draw, f"{name}.{key}", key, part, given) for key, part in _properties(schema))


def read_params(schema: Schema, tree: Tree, base: Any) -> dict[str, Any]:
    """The parameters that were set. Those that ``schema`` does not know stay as they are: their check names them."""
    before = base if isinstance(base, dict) else {}
    known = dict(_properties(schema))
    params = {key: value for key, value in before.items() if key not in known}
    for key, part in known.items():
        value = _read(part, tree, key)
        unset = value is None or value == part.get("default")
        if not unset or (key in before and value is not None):
            params[key] = value
    return params


def _properties(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for key, part in schema.get("properties", {}).items():
        yield key, plain_part(part, schema.get("$defs", {}))


def plain_part(part: Schema, definitions: Schema) -> Schema:
    """``part`` without references and without the null that stands for "not set"."""
    outer = {key: value for key, value in part.items() if key not in ("$ref", "anyOf", "allOf")}
    if "$ref" in part:
        inner = definitions.get(part["$ref"].rpartition("/")[2], {})
        return {**plain_part(inner, definitions), **outer}
    if isinstance(part.get("items"), dict):
        outer["items"] = plain_part(part["items"], definitions)
    if "oneOf" in part:
        return outer
    choices = [c for c in (part.get("anyOf") or part.get("allOf") or []) if c.get("type") != "null"]
    if len(choices) == 1:
        return {**plain_part(choices[0], definitions), **outer}
    return {**outer, "type": "json"} if choices else outer


def kind_of(part: Schema) -> str:
    """The control that a schema's property wants."""
    if "enum" in part or "const" in part:
        return "select"
    type_ = part.get("type")
    if type_ == "array" and _plain_item(part.get("items", {})):
        return "lines"
    if type_ == "string":
        return "area" if (part.get("maxLength") or 0) > _LONG or part.get("format") == "text" else "text"
    return {"boolean": "switch", "integer": "number", "number": "number"}.get(str(type_), "json")


def _plain_item(items: Any) -> bool:
    return isinstance(items, dict) and items.get("type") == "string"


def _draw(draw: Drawing, name: str, key: str, part: Schema, given: dict[str, Any]) -> Control:
    kind, default, value = kind_of(part), part.get("default"), given.get(key)
    label = key.replace("_", " ").capitalize()
    more: dict[str, Any] = {"hint": part.get("description", "")}
    if kind == "switch":
        value = default if value is None else value
    elif kind == "select":
        choices = part.get("enum") or [part.get("const")]
        usual = f"{_word(default)} (usual)" if default is not None else "choose"
        options = [(shown(c), _word(c)) for c in choices if c != default or key in given]
        more["options"] = (("", usual), *options)
    elif kind == "number":
        low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum", part.get("exclusiveMaximum"))
        more |= {"low": shown(low), "high": shown(high), "step": "1" if part.get("type") == "integer" else "any"}
        more["unit"] = f"{shown(low)} to {shown(high)}" if low is not None and high is not None else ""
    if kind in ("lines", "json", "area"):
        more["lines"] = 3
    if kind not in ("switch", "select") and default not in (None, "", [], {}):
        more["placeholder"] = shown_lines(default) if kind == "lines" else shown(default)
    text = (
        shown_lines(value)
        if kind == "lines"
        else json.dumps(value, indent=2)
        if kind == "json" and value is not None
        else value
    )
    return draw.control(name, label, text, kind, **more)


def _read(part: Schema, tree: Tree, key: str) -> Any:
    kind, text = kind_of(part), leaf(tree, key)
    if kind == "switch":
        return is_on(tree, key)
    if kind == "number":
        return read_number(text)
    if kind == "select":
        choices = part.get("enum") or [part.get("const")]
        return next((c for c in choices if shown(c) == text), text or None)
    if kind == "lines":
        return lines(text) or None
    return read_json(text) if kind == "json" else text or None


def _word(value: Any) -> str:
    return value.replace("_", " ") if isinstance(value, str) else shown(value)
