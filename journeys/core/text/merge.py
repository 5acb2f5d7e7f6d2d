"""Two changed drafts of one journey made one: what one person changed is taken, what both changed in other ways is asked.

Items are matched by what names them (id, name, field), never by their place, so that two people can each add a transition.
Drafts need not be valid. Owns no storage and asks nobody: places that clash are told with both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from journeys.core.text.compact import Draft, compact, complete, same
from journeys.core.text.places import describe_place

Side = Literal["mine", "theirs"]
KEYS = ("id", "name", "field")
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both changed, each in another way. A side that has nothing there is ``None``; ``label`` is for people."""

    path: str
    base: Any
    mine: Any
    theirs: Any
    label: str


def merge_journeys(
    base: Draft, mine: Draft, theirs: Draft, choices: Mapping[str, Side] | None = None
) -> tuple[Draft, list[Conflict]]:
    """Both changes of ``base`` in one draft, and every place where they clash: there ``choices`` decides, else mine stands.

    The draft has every default written out when it is a valid journey.
    """
    merge = _Merge(choices or {})
    merged = merge.value("", *(compact(side) for side in (base, mine, theirs)))
    return complete(merged), merge.conflicts


def keyed(items: Any) -> dict[str, Any] | None:
    """The items of a list by what names them; ``None`` for a list in which something has no name, or two the same."""
    if not isinstance(items, list):
        return None
    for key in KEYS:
        names = [item.get(key) if isinstance(item, dict) else None for item in items]
        if all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names):
            return dict(zip(names, items, strict=True))  # type: ignore[arg-type]
    return None


def merge_sequences(base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any] | None:
    """Both changes of a sequence in one, mine first where both add; ``None`` where they change the same items."""
    edits = sorted(
        [(*edit, 0) for edit in _edits(base, mine)] + [(*edit, 1) for edit in _edits(base, theirs)],
        key=lambda edit: (edit[0], edit[1], edit[3]),
    )
    merged: list[Any] = []
    at, last = 0, None
    for start, end, put, side in edits:
        if last is not None and (start, end, put) == last[:3] and side != last[3]:
            continue  # both made the same change
        if start < at or (last is not None and last[0] == start and last[3] != side and (end > start or last[1] > start)):
            return None
        merged += [*base[at:start], *put]
        at, last = end, (start, end, put, side)
    return [*merged, *base[at:]]


def _edits(base: Sequence[Any], changed: Sequence[Any]) -> list[tuple[int, int, list[Any]]]:
    matcher = SequenceMatcher(a=base, b=changed, autojunk=False)
    return [(i1, i2, list(changed[j1:j2])) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


class _Merge:
    def __init__(self, choices: Mapping[str, Side]) -> None:
        self.choices = choices
        self.conflicts: list[Conflict] = []

    def value(self, path: str, base: Any, mine: Any, theirs: Any) -> Any:
        if same(mine, theirs) or same(theirs, base):
            return mine
        if same(mine, base):
            return theirs
        if isinstance(mine, dict) and isinstance(theirs, dict) and _alike(base, mine, theirs):
            return self._entries(path + "." if path else "", "", base if isinstance(base, dict) else {}, mine, theirs)
        if isinstance(mine, list) and isinstance(theirs, list):
            return self._lists(path, base if isinstance(base, list) else [], mine, theirs)
        return self._clash(path, base, mine, theirs)

    def _lists(self, path: str, base: list[Any], mine: list[Any], theirs: list[Any]) -> Any:
        sides = keyed(base), keyed(mine), keyed(theirs)
        if sides[0] is not None and sides[1] is not None and sides[2] is not None:
            items = self._entries(f"{path}[", "]", sides[0], sides[1], sides[2])
            order = merge_sequences(list(sides[0]), list(sides[1]), list(sides[2]))
            return [items[name] for name in dict.fromkeys((*(order or list(sides[1])), *items)) if name in items]
        if all(isinstance(item, str) for item in (*base, *mine, *theirs)):
            merged = merge_sequences(base, mine, theirs)
            if merged is not None:
                once = len(set(mine)) == len(mine) and len(set(theirs)) == len(theirs)
                return list(dict.fromkeys(merged)) if once else merged
        return self._clash(path, base, mine, theirs)

    def _entries(
        self, prefix: str, suffix: str, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
    ) -> dict[str, Any]:
        merged = {}
        for key in dict.fromkeys((*mine, *theirs, *base)):
            old, own, other = (side.get(key, _ABSENT) for side in (base, mine, theirs))
            value = self.value(f"{prefix}{key}{suffix}", old, own, other)
            if value is not _ABSENT:
                merged[key] = value
        return merged

    def _clash(self, path: str, base: Any, mine: Any, theirs: Any) -> Any:
        old, own, other = (None if side is _ABSENT else side for side in (base, mine, theirs))
        self.conflicts.append(Conflict(path, old, own, other, describe_place(path)))
        return theirs if self.choices.get(path) == "theirs" else mine


def _alike(base: Any, mine: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Objects of two kinds (an intent, a condition) have no parts that could be mixed."""
    return mine.get("kind") == theirs.get("kind") and (base is not _ABSENT or "kind" not in mine)
