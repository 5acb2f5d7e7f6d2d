"""JSON schemas as LLGuidance grammars for weak models in process: bounded everywhere, and tools as one schema.

A grammar that LLGuidance does not fully know is silently not enforced, so what comes back is validated all the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agents.core.llm.port import ToolSchema

Schema = dict[str, Any]
ANSWER = "answer"  # the name of the choice that calls no tool

_MAPS = ("properties", "$defs", "definitions")
_DATA = ("enum", "const", "default", "examples", "required")
_UNKNOWN = (
    "propertyNames",
    "uniqueItems",
    "not",
    "dependentRequired",
    "if",
    "then",
    "else",
    "contains",
    "title",
    "description",
)
_FORMATS = ("date", "date-time", "time", "uuid")


def grammar(schema: Schema, longest_text: int = 400) -> str:
    """The grammar that forces ``schema`` in compact form. Texts that have no bound get ``longest_text`` characters."""
    bounded = {**harden(schema, longest_text), "x-guidance": {"whitespace_flexible": False}}
    return "%llguidance {}\nstart: %json " + json.dumps(bounded)


def harden(schema: Any, longest_text: int = 400) -> Any:
    """``schema`` with a bound on everything a weak model can run away in; only ever stricter."""
    if isinstance(schema, list):
        return [harden(item, longest_text) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _inner(key, value, longest_text) for key, value in schema.items() if key not in _UNKNOWN}
    match made.get("type"):
        case "number":
            _default(made, multipleOf=0.01, minimum=-1e6, maximum=1e6)
        case "integer":
            _default(made, minimum=-(10**6), maximum=10**6)
        case "string":
            _harden_text(made, longest_text)
        case "array":
            _default(made, maxItems=max(8, made.get("minItems", 0)))
        case "object":
            _harden_map(made)
    return made


def tools_schema(tools: Sequence[ToolSchema], answer: Schema | None, *, must_call: bool = False) -> Schema:
    """One schema for "call one of these tools, or answer": an object that names its choice."""
    choices = [_choice(tool.name, tool.parameters) for tool in tools]
    if not must_call:
        choices.append(_choice(ANSWER, answer or {"type": "string"}))
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def tools_instructions(tools: Sequence[ToolSchema]) -> str:
    """The tools in words, for a model whose template knows none."""
    lines = [f"- {t.name}: {t.description} Arguments: {json.dumps(t.parameters.get('properties', {}))}" for t in tools]
    return (
        'Answer with one JSON object {"tool": name, "arguments": {...}}. The tools are:\n'
        + "\n".join(lines)
        + f"\n- {ANSWER}: gives the final answer as its arguments"
    )


def _choice(name: str, arguments: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"tool": {"const": name}, "arguments": arguments},
        "required": ["tool", "arguments"],
        "additionalProperties": False,
    }


def _inner(key: str, value: Any, longest_text: int) -> Any:
    if key in _MAPS:
        return {name: harden(inner, longest_text) for name, inner in value.items()}
    return value if key in _DATA else harden(value, longest_text)


def _harden_text(made: Schema, longest_text: int) -> None:
    if made.get("format") not in (None, *_FORMATS):
        del made["format"]
    if not {"enum", "const", "pattern", "format"} & set(made):
        _default(made, maxLength=longest_text)


def _harden_map(made: Schema) -> None:
    of = made.get("additionalProperties")
    if isinstance(of, dict):
        _default(made, maxProperties=8, patternProperties={"^[A-Za-z0-9_ -]{1,40}$": of})
        made["additionalProperties"] = False


def _default(made: Schema, **bounds: Any) -> None:
    for name, value in bounds.items():
        made.setdefault(name, value)
