"""The accumulated context: merge rules per field and the size limit. Nothing changes before everything is known to fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from journeys.core.errors import ContextTooLarge, MergeFailed
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
    return _RULES[rule](field, old, new)


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


def _replace(field: str, old: Any, new: Any) -> Any:
    return new


def _append(field: str, old: Any, new: Any) -> list[Any]:
    return _as_list(old) + _as_list(new)


def _union(field: str, old: Any, new: Any) -> list[Any]:
    seen: dict[str, Any] = {}
    for item in _as_list(old) + _as_list(new):
        seen.setdefault(_key(item), item)
    return list(seen.values())


def _sum(field: str, old: Any, new: Any) -> Any:
    if not _is_number(new) or not (old is None or _is_number(old)):
        raise _misfit(field, "sum", "numbers", old, new)
    return new if old is None else old + new


def _merge(field: str, old: Any, new: Any) -> dict[str, Any]:
    """Objects key by key, nested objects likewise; a key whose new value is ``None`` keeps its old one."""
    if not isinstance(new, dict) or not (old is None or isinstance(old, dict)):
        raise _misfit(field, "merge", "objects", old, new)
    result = dict(old or {})
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merge(f"{field}.{key}", result[key], value)
        elif value is not None or key not in result:
            result[key] = value
    return result


def _max(field: str, old: Any, new: Any) -> Any:
    return _pick(field, "max", old, new, max)


def _min(field: str, old: Any, new: Any) -> Any:
    return _pick(field, "min", old, new, min)


def _pick(field: str, rule: str, old: Any, new: Any, choose: Callable[[Any, Any], Any]) -> Any:
    comparable = (_is_number(new) and (old is None or _is_number(old))) or (
        isinstance(new, str) and (old is None or isinstance(old, str))
    )
    if not comparable:
        raise _misfit(field, rule, "numbers, or texts such as dates in ISO form", old, new)
    return new if old is None else choose(old, new)


_RULES: dict[str, Callable[[str, Any, Any], Any]] = {
    "replace": _replace,
    "append": _append,
    "union": _union,
    "sum": _sum,
    "merge": _merge,
    "max": _max,
    "min": _min,
}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _misfit(field: str, rule: str, wanted: str, old: Any, new: Any) -> MergeFailed:
    return MergeFailed(
        f"the context field {field!r} is merged by {rule!r}, which takes {wanted}; it has {old!r} and was given {new!r}",
        field=field,
        rule=rule,
    )


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
