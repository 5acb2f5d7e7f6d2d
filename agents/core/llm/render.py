"""From a signature and its values to the messages that a model reads; deterministic to the byte.

The text is part of a step's identity, so nothing of it may depend on the provider, the clock or the order of a mapping.
Owns the wording only: parsing the answer is ``agents.core.llm.structured``.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.core.llm.port import FilePart, Message
from agents.core.spec.describe import describe_field
from agents.core.spec.json_schema import is_strict, output_schema
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    DictType,
    FieldSpec,
    FileType,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
    holds_file,
)

LONGEST_SIDE = 2048  # of an image, in pixels: what models look at; more only costs


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every request of one signature shares, made once."""

    system: Message
    schema: dict[str, Any]
    strict: bool
    shown_field: str


_PREPARED: dict[int, tuple[weakref.ref[SignatureSpec], Prepared]] = {}


def prepare(sig: SignatureSpec) -> Prepared:
    """The system message, the answer's schema and the field that people see while it is written."""
    known = _PREPARED.get(id(sig))
    if known is not None and known[0]() is sig:
        return known[1]
    made = Prepared(
        system=Message(role="system", content=render_system(sig)),
        schema=output_schema(sig),
        strict=is_strict(sig),
        shown_field=_shown_field(sig),
    )
    key = id(sig)
    _PREPARED[key] = (weakref.ref(sig, lambda _ref: _PREPARED.pop(key, None)), made)
    return made


def render_messages(sig: SignatureSpec, values: dict[str, Any], *, longest_side: int = LONGEST_SIDE) -> tuple[Message, ...]:
    """The system message and one user message that holds every input, ``0``, ``False``, ``""`` and ``None`` included.

    Files go along with it; images are scaled down to ``longest_side`` pixels, or sent as they are with 0.
    """
    files = attached_files(sig, values)
    if longest_side:
        scaled = {"longest_side": longest_side}
        files = tuple(f.model_copy(update=scaled) if f.media_type.startswith("image/") else f for f in files)
    return (prepare(sig).system, Message(role="user", content=render_values(sig, values), files=files))


def attached_files(sig: SignatureSpec, values: dict[str, Any]) -> tuple[FilePart, ...]:
    """Every file among the inputs, in declared order."""
    found: list[FilePart] = []
    for field in sig.inputs:
        if holds_file(field.type):
            _without_files(field.type, values.get(field.name), found)
    return tuple(found)


def render_system(sig: SignatureSpec) -> str:
    """Instructions, intent, guidelines and every field with its type and description."""
    parts = [sig.instructions.strip()] if sig.instructions.strip() else []
    if sig.intent:
        parts.append(f"Purpose: {sig.intent}")
    if sig.guidelines:
        parts.append("Guidelines:\n" + "\n".join(f"- {line}" for line in sig.guidelines))
    if sig.inputs:
        parts.append("You are given, each as JSON:\n" + _list(sig.inputs))
    parts.append("Answer with one JSON object that has exactly these fields and nothing around it:\n" + _list(sig.outputs))
    return "\n\n".join(parts)


def render_values(sig: SignatureSpec, values: dict[str, Any]) -> str:
    """One line an input, in declared order: its name and its value as JSON."""
    files: list[FilePart] = []
    lines = []
    for field in sig.inputs:
        if field.name in values:
            value = values[field.name]
            shown = _without_files(field.type, value, files) if holds_file(field.type) else value
            lines.append(f"{field.name}: {_json(shown)}")
    return "\n".join(lines) or "There are no inputs."


def _without_files(type_: TypeSpec, value: Any, files: list[FilePart]) -> Any:
    """``value`` with each file told by its number among the attached ones; they are added to ``files``."""
    match type_:
        case FileType() if isinstance(value, dict):
            files.append(FilePart.model_validate(value))
            return {"attached_file": len(files), "name": value["name"], "media_type": value["media_type"]}
        case OptionalType():
            return _without_files(type_.of, value, files)
        case ListType() if isinstance(value, list):
            return [_without_files(type_.of, item, files) for item in value]
        case DictType() if isinstance(value, dict):
            return {key: _without_files(type_.of, value[key], files) for key in sorted(value)}
        case ModelType() if isinstance(value, dict):
            inner = {field.name: field.type for field in type_.fields}
            return {name: _without_files(inner[name], item, files) if name in inner else item for name, item in value.items()}
        case _:
            return value


def _list(fields: Iterable[FieldSpec]) -> str:
    return "\n".join(f"- {f.name} ({describe_field(f)})" + (f": {f.description}" if f.description else "") for f in fields)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _shown_field(sig: SignatureSpec) -> str:
    texts = [f.name for f in sig.outputs if isinstance(f.type, ScalarType) and f.type.kind == "str"]
    return "response" if "response" in texts else next(iter(texts), "")
