"""The accumulated context: merge rules per field and the size limit. Nothing changes before everything is known to fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from journeys.core.errors import ContextTooLarge
from journeys.core.merging.catalog import get_rule
from journeys.core.spec import JourneySpec, MergeRule, PathwaySpec

_ABSENT: tuple[Any, ...] = (None, "", [], {})


def is_present(value: Any) -> bool:
    """Whether a value says something: ``None``, ``""``, ``[]`` and ``{}`` do not; ``0`` and ``False`` do."""
    return not any(value == nothing and type(value) is type(nothing) for nothing in _ABSENT)


def accumulate(
    spec: JourneySpec, pathway: PathwaySpec, context: Mapping[str, Any], outputs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The context after ``outputs`` and the names of the fields whose value changed, in declared order.

    Only fields of ``pathway.accumulate`` enter; an output of ``None`` says nothing new and is passed over.
    Raises ``MergeFailed`` and ``ContextTooLarge``; ``context`` itself is never touched.
    """
    merged = dict(context)
    for name in pathway.accumulate:
        if outputs.get(name) is not None:
            merged[name] = merge(name, pathway.merge.get(name, "replace"), context.get(name), outputs[name])
    changed = tuple(name for name in pathway.accumulate if name in merged and not same(merged[name], context.get(name)))
    if changed:
        check_size(merged, spec.max_context_bytes)
    return merged, changed


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; unlike Python's ``==``, ``1`` and ``True`` differ."""
    return _key(one) == _key(other)


def merge(field: str, rule: MergeRule, old: Any, new: Any) -> Any:
    """``old`` and ``new`` by ``rule``; ``old`` is ``None`` when the field is new. Raises ``MergeFailed``."""
    return get_rule(rule)(field, old, new)


def merge_rule(spec: JourneySpec, field: str) -> MergeRule | None:
    """The rule of the first pathway that accumulates ``field``; ``None`` for a field that no pathway accumulates."""
    for pathway in spec.pathways:
        if field in pathway.accumulate:
            return pathway.merge.get(field, "replace")
    return None


def check_size(context: Mapping[str, Any], limit: int) -> None:
    """Raises ``ContextTooLarge`` when the UTF-8 JSON text of ``context`` is longer than ``limit`` bytes."""
    size = _size(context)
    if size > limit:
        largest = sorted(context, key=lambda name: -_size(context[name]))[:3]
        raise ContextTooLarge(
            f"the context would take {size} bytes and the limit of this journey is {limit}; "
            f"the largest fields are: {', '.join(largest)}",
            size=size,
            limit=limit,
        )


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
