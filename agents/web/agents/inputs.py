"""The inputs of a signature as a form, and the posted form as values. Files are stored as they come and named by id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agents.core.forms.controls import Control, Drawing, shown, shown_lines
from agents.core.forms.tree import Tree, branch, is_on, leaf
from agents.core.forms.values import read_json, read_value, value_text
from agents.core.media.kinds import TYPES_OF
from agents.core.spec.describe import describe_field
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import EnumType, FieldSpec, FileType, ListType, OptionalType, TypeSpec
from agents.services.files import file_value, store_file
from trust.core.errors import Invalid, Problem
from trust.core.principal import Principal

NAME = "inputs"


def draw_inputs(signature: SignatureSpec, values: Mapping[str, Any], errors: Mapping[str, str]) -> tuple[Control, ...]:
    draw = Drawing(errors)
    return tuple(_draw(draw, field, values.get(field.name, field.default)) for field in signature.inputs)


def read_inputs(principal: Principal, signature: SignatureSpec, tree: Tree, files: Any) -> tuple[dict[str, Any], list[Problem]]:
    """The values that were typed and the files that were sent, and what is wrong with those files.

    A control that is left empty is left out, so that the default counts; an empty text is a text.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    given, kept = branch(tree, NAME), branch(tree, "kept")
    for field in signature.inputs:
        if _file_of(field.type) is not None:
            sent = files.getlist(f"{NAME}.{field.name}")
            value = _store(principal, field, sent, problems) if sent else read_json(leaf(kept, field.name))
        elif _inner(field.type).kind == "bool" and not isinstance(field.type, OptionalType):
            value = is_on(given, field.name)
        else:
            value = read_value(field.type.model_dump(mode="json"), leaf(given, field.name))
        if value is not None and not (value == "" and not field.required and field.default is None):
            values[field.name] = value
    return values, problems


def _draw(draw: Drawing, field: FieldSpec, value: Any) -> Control:
    type_ = _inner(field.type)
    kind, more = _kind(field, type_)
    text = (
        shown_lines(value)
        if kind == "lines"
        else json.dumps(value, indent=2, ensure_ascii=False)
        if kind == "json" and value is not None
        else value
    )
    if kind == "select" and value is not None:
        text = value_text(value)
    if kind == "file":
        text = json.dumps(value) if value else ""
        names = [part.get("name", "") for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]
        more["placeholder"] = ", ".join(names)
    label = _sentence(field.name.replace("_", " "))
    hint = ". ".join(filter(None, [field.description.rstrip("."), _bounds(field)]))
    return draw.control(
        f"{NAME}.{field.name}", label, text, kind, hint=hint, required=field.required and kind != "switch", **more
    )


def _kind(field: FieldSpec, type_: TypeSpec) -> tuple[str, dict[str, Any]]:  # noqa: PLR0911 - one branch a type
    """The control of a type with its bounds."""
    bounds = field.constraints
    if (file := _file_of(field.type)) is not None:
        return "file", {"accept": ",".join(TYPES_OF[file.accepts]), "many": isinstance(type_, ListType)}
    match type_.kind:
        case "str":
            return "area", {"lines": 3 if (bounds.max_length or 1000) > 200 else 1}
        case "int" | "float":
            return "number", {"low": shown(bounds.ge), "high": shown(bounds.le), "step": "1" if type_.kind == "int" else "any"}
        case "bool" if not isinstance(field.type, OptionalType):
            return "switch", {}
        case "bool":
            return "select", {"options": (("", "not said"), ("true", "yes"), ("false", "no"))}
        case "date" | "datetime":
            return type_.kind, {}
        case "enum" if isinstance(type_, EnumType):
            empty = () if field.required else (("", "not said"),)
            return "select", {"options": (*empty, *((value_text(v), str(v)) for v in type_.values))}
        case "list" if isinstance(type_, ListType) and type_.of.kind == "str":
            return "lines", {"lines": 3, "placeholder": "one a line"}
    return "json", {"lines": 5, "placeholder": "JSON"}


def _store(principal: Principal, field: FieldSpec, sent: list[Any], problems: list[Problem]) -> Any:
    stored = []
    for file in sent:
        try:
            stored.append(file_value(store_file(principal=principal, name=file.name or "file", content=file.read())))
        except Invalid as refusal:
            problems += [{"where": f"{NAME}.{field.name}", "message": problem["message"]} for problem in refusal.problems]
    if isinstance(_inner(field.type), ListType):
        return stored
    return stored[0] if stored else None


def _bounds(field: FieldSpec) -> str:
    """The type in words where it says more than the control does."""
    plain = field.type.kind in ("str", "bool", "date", "datetime") and not field.constraints.named()
    return "" if plain or _file_of(field.type) is not None else _sentence(describe_field(field))


def _file_of(type_: TypeSpec) -> FileType | None:
    inner = _inner(type_)
    inner = _inner(inner.of) if isinstance(inner, ListType) else inner
    return inner if isinstance(inner, FileType) else None


def _inner(type_: TypeSpec) -> TypeSpec:
    return type_.of if isinstance(type_, OptionalType) else type_


def _sentence(words: str) -> str:
    """With a capital first letter; “JSON” and names keep their own."""
    return words[:1].upper() + words[1:]
