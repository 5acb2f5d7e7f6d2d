"""Schemas that a stranger wrote: which are refused, and what of the others is left for checking arguments in our process.

A schema may name other documents (fetched by a validator), hold patterns that take for ever, or call itself without end.
"""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from agents.core.tools.checking import build_validator, find_errors

LARGEST_SCHEMA = 64_000  # characters of its JSON
DEEPEST_SCHEMA = 40
_NAMES_ELSEWHERE = ("$id", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor")
_SLOW = ("pattern", "patternProperties", "unevaluatedProperties", "unevaluatedItems")  # the latter look twice, at each level
_MAPS = ("properties", "$defs", "definitions", "dependentSchemas")  # their keys are names, not words of the schema language


def schema_problem(schema: Any) -> str:
    """Why ``schema`` cannot be the parameters of a tool; empty when it can."""
    if not isinstance(schema, dict):
        return f"its parameters are no JSON schema but {type(schema).__name__}"
    return _form_problem(schema) or _meaning_problem(schema)


def _form_problem(schema: dict[str, Any]) -> str:
    try:
        size = len(json.dumps(schema))
    except (TypeError, ValueError, RecursionError) as error:
        return f"its parameters are no JSON: {error}"
    if size > LARGEST_SCHEMA:
        return f"its parameters take {size} characters; at most {LARGEST_SCHEMA} are read"
    if _depth(schema) > DEEPEST_SCHEMA:
        return f"its parameters are nested deeper than {DEEPEST_SCHEMA} levels"
    return ""


def _meaning_problem(schema: dict[str, Any]) -> str:
    if schema.get("type", "object") != "object":
        return f"its parameters are of type {schema.get('type')!r}; only objects can be passed"
    if away := _references_elsewhere(schema):
        return f"its parameters refer to another document ({away[:200]!r}); only references within the schema are followed"
    tamed = tame_schema(schema)
    try:
        Draft202012Validator.check_schema(tamed)
        find_errors(build_validator(tamed), {})
    except SchemaError as error:
        return f"its parameters are not a valid JSON schema: {error.message[:300]}"
    except Exception as error:  # noqa: BLE001 - a schema that calls itself without end, or names what it does not have
        return f"its parameters cannot be checked: {type(error).__name__}"
    return ""


def tame_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without what may take for ever to check: patterns become part of the description; the server checks them."""
    tamed = _tame(schema)
    return {**tamed, "type": "object"}


def _tame(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_tame(item) for item in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {key: _tame(value) for key, value in node.items()}
    kept = {
        key: value if key in ("enum", "const", "default", "examples") else _tame(value, names=key in _MAPS)
        for key, value in node.items()
        if key not in (*_SLOW, "$schema", *_NAMES_ELSEWHERE)
    }
    if isinstance(pattern := node.get("pattern"), str):
        kept["description"] = f"{kept.get('description', '')} (pattern: {pattern[:200]})".strip()
    return kept


def _references_elsewhere(node: Any) -> str:
    if isinstance(node, list):
        return next(filter(None, map(_references_elsewhere, node)), "")
    if not isinstance(node, dict):
        return ""
    reference = node.get("$ref")
    if isinstance(reference, str) and not reference.startswith("#"):
        return reference
    return next(filter(None, map(_references_elsewhere, node.values())), "")


def _depth(node: Any) -> int:
    """How deep ``node`` is nested, counted without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
    return deepest
