"""The built in merge rules. Each takes the field's name (for its messages), the old value or ``None``, and the new one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from journeys.core.errors import MergeFailed


def replace(field: str, old: Any, new: Any) -> Any:
    """The new value takes the place of the old one."""
    return new


def append(field: str, old: Any, new: Any) -> list[Any]:
    """The new value, or each item of a new list, joins the list at its end."""
    return _as_list(old) + _as_list(new)


def union(field: str, old: Any, new: Any) -> list[Any]:
    """Like ``append``, but each value is kept once, where it came first."""
    seen: dict[str, Any] = {}
    for item in _as_list(old) + _as_list(new):
        seen.setdefault(json.dumps(item, sort_keys=True, ensure_ascii=False), item)
    return list(seen.values())


def add(field: str, old: Any, new: Any) -> Any:
    """Numbers are added up."""
    if not _is_number(new) or not (old is None or _is_number(old)):
        raise misfit(field, "sum", "numbers", old, new)
    return new if old is None else old + new


def merge(field: str, old: Any, new: Any) -> dict[str, Any]:
    """Objects are joined key by key, nested objects likewise; a key whose new value is ``None`` keeps its old one."""
    if not isinstance(new, dict) or not (old is None or isinstance(old, dict)):
        raise misfit(field, "merge", "objects", old, new)
    result = dict(old or {})
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(f"{field}.{key}", result[key], value)
        elif value is not None or key not in result:
            result[key] = value
    return result


def largest(field: str, old: Any, new: Any) -> Any:
    """The larger of two numbers or texts (such as dates in ISO form) stays."""
    return _pick(field, "max", old, new, max)


def smallest(field: str, old: Any, new: Any) -> Any:
    """The smaller of two numbers or texts (such as dates in ISO form) stays."""
    return _pick(field, "min", old, new, min)


def misfit(field: str, rule: str, wanted: str, old: Any, new: Any) -> MergeFailed:
    """The refusal of values that ``rule`` cannot merge; ``wanted`` says in the plural what it takes."""
    return MergeFailed(
        f"the context field {field!r} is merged by {rule!r}, which takes {wanted}; it has {old!r} and was given {new!r}",
        field=field,
        rule=rule,
    )


def _pick(field: str, rule: str, old: Any, new: Any, choose: Callable[[Any, Any], Any]) -> Any:
    comparable = (_is_number(new) and (old is None or _is_number(old))) or (
        isinstance(new, str) and (old is None or isinstance(old, str))
    )
    if not comparable:
        raise misfit(field, rule, "numbers, or texts such as dates in ISO form", old, new)
    return new if old is None else choose(old, new)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
