"""Two changed forms of one definition made one: what only one person changed is taken, what both changed is chosen.

Owns no storage. Paths are those of ``agents.core.spec.diff``: items of a list that have names are matched by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["mine", "theirs"]
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Clash:
    """A place that both changed, each in another way; a side that removed it has ``None`` there."""

    path: str
    mine: Any
    theirs: Any


def merge_specs(
    base: Any, mine: Any, theirs: Any, choices: Mapping[str, Side] | None = None
) -> tuple[dict[str, Any], list[Clash]]:
    """Both changes of ``base`` in one, and every place where they clash: there ``choices`` decides, else mine stays."""
    clashes: list[Clash] = []
    merged = _merge("", base, mine, theirs, choices or {}, clashes)
    return merged, clashes


def _merge(  # noqa: PLR0917
    path: str, base: Any, mine: Any, theirs: Any, choices: Mapping[str, Side], clashes: list[Clash]
) -> Any:
    if _same(mine, theirs) or _same(theirs, base):
        return mine
    if _same(mine, base):
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        prefix = path + "." if path else ""
        return _entries(prefix, "", base if isinstance(base, dict) else {}, mine, theirs, choices, clashes)
    named = [_by_name(side) for side in (base, mine, theirs)]
    if named[1] is not None and named[2] is not None:
        return list(_entries(f"{path}[", "]", named[0] or {}, named[1], named[2], choices, clashes).values())
    clashes.append(Clash(path, None if mine is _ABSENT else mine, None if theirs is _ABSENT else theirs))
    return theirs if choices.get(path) == "theirs" else mine


def _entries(  # noqa: PLR0917
    prefix: str,
    suffix: str,
    base: dict[str, Any],
    mine: dict[str, Any],
    theirs: dict[str, Any],
    choices: Mapping[str, Side],
    clashes: list[Clash],
) -> dict[str, Any]:
    merged = {}
    for key in dict.fromkeys((*mine, *theirs)):
        old, own, other = (side.get(key, _ABSENT) for side in (base, mine, theirs))
        value = _merge(f"{prefix}{key}{suffix}", old, own, other, choices, clashes)
        if value is not _ABSENT:
            merged[key] = value
    return merged


def _by_name(items: Any) -> dict[str, Any] | None:
    """The items by name; ``None`` for what is no list of differently named objects."""
    if not isinstance(items, list):
        return None
    named: dict[str, Any] = {}
    for item in items:
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str) or name in named:
            return None
        named[name] = item
    return named


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and bool(a == b))
