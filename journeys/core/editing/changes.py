"""Which places two drafts differ in, and whether two people's changes meet: the optimistic lock of single fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from journeys.core.editing.places import key_of

Place = tuple[str, ...]
_ABSENT: Any = object()


def changed_places(before: Any, after: Any) -> set[Place]:
    """The deepest places that differ: objects are compared by key, lists of named items by ``id`` or ``name``, all else whole.

    Another order of named items is a change of the place ``<list>.#``, which meets no change of an item.
    """
    found: set[Place] = set()
    _compare((), before, after, found)
    return found


def meeting(mine: Iterable[Place], theirs: Iterable[Place]) -> list[Place]:
    """The places of ``mine`` that are, hold or lie in a place of ``theirs``."""
    others = list(theirs)
    return sorted(place for place in mine if any(_overlap(place, other) for other in others))


def _compare(place: Place, before: Any, after: Any, found: set[Place]) -> None:
    if before is after or (type(before) is type(after) and before == after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            _compare((*place, str(key)), before.get(key, _ABSENT), after.get(key, _ABSENT), found)
        return
    old, new = _by_key(before), _by_key(after)
    if old is not None and new is not None:
        for key in {**old, **new}:
            _compare((*place, key), old.get(key, _ABSENT), new.get(key, _ABSENT), found)
        if [key for key in old if key in new] != [key for key in new if key in old]:
            found.add((*place, "#"))
        return
    found.add(place)


def _by_key(items: Any) -> dict[str, Any] | None:
    if not isinstance(items, list) or not items:
        return {} if items == [] else None
    keyed: dict[str, Any] = {}
    for item in items:
        key = key_of(item)
        if key is None or key in keyed:
            return None
        keyed[key] = item
    return keyed


def _overlap(a: Place, b: Place) -> bool:
    short = min(len(a), len(b))
    return a[:short] == b[:short]
