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

from agents.core.llm.port import Message
from agents.core.spec.describe import describe_field
from agents.core.spec.json_schema import is_strict, output_schema
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType


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


def render_messages(sig: SignatureSpec, values: dict[str, Any]) -> tuple[Message, ...]:
    """The system message and one user message that holds every input, ``0``, ``False``, ``""`` and ``None`` included."""
    return (prepare(sig).system, Message(role="user", content=render_values(sig, values)))


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
    lines = [f"{field.name}: {_json(values[field.name])}" for field in sig.inputs if field.name in values]
    return "\n".join(lines) or "There are no inputs."


def _list(fields: Iterable[FieldSpec]) -> str:
    return "\n".join(f"- {f.name} ({describe_field(f)})" + (f": {f.description}" if f.description else "") for f in fields)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _shown_field(sig: SignatureSpec) -> str:
    texts = [f.name for f in sig.outputs if isinstance(f.type, ScalarType) and f.type.kind == "str"]
    return "response" if "response" in texts else next(iter(texts), "")
