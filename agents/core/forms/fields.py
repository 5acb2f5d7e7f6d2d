"""The fields of a signature: rows of the form as JSON of ``FieldSpec`` and back, with types inside types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agents.core.forms.controls import Control, Drawing, shown, shown_lines
from agents.core.forms.tree import Tree, branch, is_on, leaf, lines, rows
from agents.core.forms.values import read_choice, read_json, read_number, read_value, value_text
from agents.core.spec.types import BOUNDS_OF

DEEPEST = 8
KINDS = (
    ("str", "Text"),
    ("int", "Whole number"),
    ("float", "Number"),
    ("bool", "Yes or no"),
    ("enum", "One of a choice"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("list", "List of …"),
    ("model", "Object with fields"),
    ("dict", "Map of …"),
    ("file", "File"),
    ("any", "Any JSON value"),
)
RAW = ("raw", "As JSON")
ACCEPTS = (("any", "any file"), ("image", "images"), ("audio", "audio"))
_PLAIN = {"str", "int", "float", "bool", "date", "datetime", "any"}
_WRAPPED = ("list", "dict")
_BOUND_LABELS = {
    "ge": "At least",
    "le": "At most",
    "min_length": "Shortest",
    "max_length": "Longest",
    "pattern": "Pattern",
}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type as controls; ``of`` is what a list or map holds, ``fields`` are those of an object."""

    name: str
    kind: Control
    optional: Control
    of: TypeRow | None = None
    values: Control | None = None
    title: Control | None = None
    accepts: Control | None = None
    raw: Control | None = None
    fields: tuple[FieldRow, ...] = ()
    nested: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field as controls. ``name`` is its path; ``key`` what people call it."""

    name: str
    key: str
    title: Control
    type: TypeRow
    description: Control
    required: Control
    default: Control | None
    default_is_null: bool
    bounds: tuple[Control, ...]
    error: str
    nested: bool = False


# --- reading


def read_field(row: Tree) -> dict[str, Any]:
    type_ = read_type(branch(row, "type"))
    field: dict[str, Any] = {"name": leaf(row, "name").strip(), "type": type_, "description": leaf(row, "description")}
    field["required"] = is_on(row, "required")
    if not field["required"]:
        text = leaf(row, "default")
        is_list = isinstance(type_, dict) and type_.get("kind") == "list"
        empty: Any = None if leaf(row, "default_is_null") or not is_list else []
        field["default"] = empty if text == "" and (is_list or leaf(row, "default_is_null")) else read_value(type_, text)
    bounds = branch(row, "constraints")
    given = {name: leaf(bounds, name) for name in bounds_of(type_) if leaf(bounds, name).strip()}
    if given:
        field["constraints"] = {name: text if name == "pattern" else read_number(text) for name, text in given.items()}
    return field


def read_fields(tree: Tree, name: str) -> list[dict[str, Any]]:
    return [read_field(row) for row in rows(tree, name)]


def read_type(node: Tree, depth: int = 0) -> Any:
    kind = leaf(node, "kind", "str")
    if depth > DEEPEST:
        return {"kind": "any"}
    type_: Any
    if kind in _PLAIN:
        type_ = {"kind": kind}
    elif kind in _WRAPPED:
        type_ = {"kind": kind, "of": read_type(branch(node, "of"), depth + 1)}
    elif kind == "enum":
        type_ = {"kind": kind, "values": [read_choice(line) for line in lines(leaf(node, "values"))]}
        type_ |= {"name": leaf(node, "title")} if leaf(node, "title") else {}
    elif kind == "model":
        fields = [] if depth == DEEPEST else read_fields(node, "fields")
        type_ = {"kind": kind, "name": leaf(node, "title").strip() or "Item", "fields": fields}
    elif kind == "file":
        type_ = {"kind": kind, "accepts": leaf(node, "accepts", "any")}
    else:
        type_ = read_json(leaf(node, "raw"))
    return {"kind": "optional", "of": type_} if is_on(node, "optional") else type_


# --- drawing


def draw_fields(draw: Drawing, name: str, fields: Any, depth: int = 0) -> tuple[FieldRow, ...]:
    items = fields if isinstance(fields, list | tuple) else []
    return tuple(draw_field(draw, f"{name}[{n}]", item, depth) for n, item in enumerate(items))


def draw_field(draw: Drawing, name: str, field: Any, depth: int = 0) -> FieldRow:
    data = field if isinstance(field, dict) else {}
    type_ = data.get("type", {"kind": "str"})
    required = data.get("required", True) is not False
    bounds = data.get("constraints") if isinstance(data.get("constraints"), dict) else {}
    default = data.get("default")
    return FieldRow(
        name=name,
        key=shown(data.get("name")),
        title=draw.control(f"{name}.name", "Name", data.get("name"), placeholder="name"),
        type=draw_type(draw, f"{name}.type", type_, depth),
        description=draw.control(
            f"{name}.description", "Meaning", data.get("description"), placeholder="What it means, for people and the model"
        ),
        required=draw.control(f"{name}.required", "Required", required, "switch", redraws=True),
        default=None if required else _default(draw, name, type_, default),
        default_is_null=default is None,
        bounds=tuple(
            draw.control(
                f"{name}.constraints.{word}", _BOUND_LABELS[word], (bounds or {}).get(word), _bound_kind(word), step="any"
            )
            for word in bounds_of(type_)
        ),
        error=draw.errors.get(name, ""),
        nested=depth > 0,
    )


def draw_type(draw: Drawing, name: str, type_: Any, depth: int = 0) -> TypeRow:
    optional = isinstance(type_, dict) and type_.get("kind") == "optional" and "of" in type_
    inner = type_["of"] if optional else type_
    kind = inner.get("kind") if isinstance(inner, dict) else None
    known = isinstance(kind, str) and kind in dict(KINDS) and depth <= DEEPEST - 1
    label = "Type" if depth == 0 or not name.endswith(".of") else "of"
    choice = draw.control(
        f"{name}.kind", label, kind if known else RAW[0], "select", options=KINDS if known else (*KINDS, RAW), redraws=True
    )
    row = TypeRow(name, choice, draw.control(f"{name}.optional", "May be empty (null)", optional, "switch"), nested=depth > 0)
    return _fill(draw, row, inner if known else None, type_ if not optional else inner, depth)


def _fill(draw: Drawing, row: TypeRow, inner: Any, raw: Any, depth: int) -> TypeRow:
    """``row`` with the controls of its kind."""
    name = row.name
    more: dict[str, Any] = {}
    match row.kind.value:
        case "list" | "dict":
            more["of"] = draw_type(draw, f"{name}.of", inner.get("of", {"kind": "str"}), depth + 1)
        case "enum":
            given = inner.get("values")
            values = "\n".join(map(value_text, given)) if isinstance(given, list | tuple) else shown(given)
            more["values"] = draw.control(
                f"{name}.values", "Choices, one a line", values, "lines", lines=3, placeholder="low\nmedium\nhigh"
            )
            if inner.get("name"):
                more["title"] = draw.control(f"{name}.title", "Name in Python", inner.get("name"))
        case "model":
            more["title"] = draw.control(f"{name}.title", "Name of the object", inner.get("name") or "Item")
            more["fields"] = draw_fields(draw, f"{name}.fields", inner.get("fields"), depth + 1)
        case "file":
            more["accepts"] = draw.control(f"{name}.accepts", "Accepts", inner.get("accepts", "any"), "select", options=ACCEPTS)
        case "raw":
            more["raw"] = draw.control(f"{name}.raw", "The type, as JSON", raw, "json", lines=3)
    return TypeRow(row.name, row.kind, row.optional, nested=row.nested, **more)


def bounds_of(type_: Any) -> tuple[str, ...]:
    inner = type_.get("of") if isinstance(type_, dict) and type_.get("kind") == "optional" else type_
    kind = inner.get("kind") if isinstance(inner, dict) else None
    return BOUNDS_OF.get(kind, ()) if isinstance(kind, str) else ()


def _bound_kind(word: str) -> str:
    return "text" if word == "pattern" else "number"


def _default(draw: Drawing, name: str, type_: Any, default: Any) -> Control:
    inner: Any = type_.get("of") if isinstance(type_, dict) and type_.get("kind") == "optional" else type_
    kind = inner.get("kind") if isinstance(inner, dict) else ""
    label, name = "When it is left out", f"{name}.default"
    if kind == "enum" and isinstance(inner.get("values"), list):
        texts = [value_text(value) for value in inner["values"]]
        options = (("", "nothing"), *((text, text) for text in texts))
        return draw.control(name, label, "" if default is None else value_text(default), "select", options=options)
    if kind == "bool":
        options = (("", "nothing"), ("true", "yes"), ("false", "no"))
        return draw.control(name, label, "" if default is None else str(default).lower(), "select", options=options)
    if kind == "list":
        return draw.control(name, label, shown_lines(default), "lines", placeholder="one a line")
    if kind in ("model", "dict", "any"):
        return draw.control(name, label, None if default is None else _json_text(default), "json", placeholder="JSON")
    return draw.control(name, label, default, "area" if kind == "str" else "text", lines=1, placeholder="nothing")


def _json_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
