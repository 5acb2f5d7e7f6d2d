"""What differs between two values of JSON data, place by place. Knows nothing of runs."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from itertools import islice
from typing import Any

MAX_CHANGES = 200  # of one comparison: who has more looks at the texts
_MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Change:
    """``kind``: added, removed or changed. ``where`` is a path such as ``messages.2.content``; empty: the whole value."""

    kind: str
    where: str
    before: Any = None
    after: Any = None


def find_changes(before: Any, after: Any, limit: int = MAX_CHANGES) -> list[Change]:
    """In the order of ``before``, then what only ``after`` has; equal values have none."""
    return list(islice(_walk(before, after, ""), limit))


def diff_lines(before: Any, after: Any) -> list[tuple[str, str]]:
    """Both values as text, line by line: ``(" ", same)``, ``("-", only before)``, ``("+", only after)``, ``("@", skipped)``."""
    lines: list[tuple[str, str]] = []
    for line in islice(difflib.unified_diff(_text(before), _text(after), lineterm="", n=3), 2, 2000):
        lines.append(("@", line) if line.startswith("@@") else (line[:1], line[1:]))
    return lines


def _walk(before: Any, after: Any, where: str) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(k for k in after if k not in before)]:
            yield from _pair(before.get(key, _MISSING), after.get(key, _MISSING), _at(where, key))
    elif isinstance(before, list) and isinstance(after, list):
        for n in range(max(len(before), len(after))):
            yield from _pair(_item(before, n), _item(after, n), _at(where, n))
    elif before != after or isinstance(before, bool) is not isinstance(after, bool):  # True equals 1 in Python only
        yield Change("changed", where, before, after)


def _pair(before: Any, after: Any, where: str) -> Any:
    if before is _MISSING:
        yield Change("added", where, None, after)
    elif after is _MISSING:
        yield Change("removed", where, before, None)
    else:
        yield from _walk(before, after, where)


def _item(values: list[Any], n: int) -> Any:
    return values[n] if n < len(values) else _MISSING


def _at(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


def _text(value: Any) -> list[str]:
    if value is None:
        return []
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return text.splitlines()
