"""What differs between two specs in canonical form, path by path. Owns no storage and no words for people."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Change(TypedDict):
    """One difference. ``before`` is ``None`` for what was added, ``after`` for what was removed."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any


def diff_specs(before: Any, after: Any, path: str = "") -> list[Change]:
    """Every difference in the order of the paths' first appearance.

    Items of a list that carry a name or an id (fields, pathways, tools) are matched by it, so that a move of one is
    no change of all: paths read ``pathways[booking].next``. Their order is compared as a whole, under ``<path>.order``.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        return _diff_entries(before, after, path + "." if path else "")
    if isinstance(before, list) and isinstance(after, list):
        return _diff_lists(before, after, path)
    return [] if before == after and type(before) is type(after) else [_change(path, "changed", before, after)]


def _diff_entries(before: dict[str, Any], after: dict[str, Any], prefix: str, suffix: str = "") -> list[Change]:
    changes: list[Change] = []
    for key in dict.fromkeys((*before, *after)):
        path = f"{prefix}{key}{suffix}"
        if key not in after:
            changes.append(_change(path, "removed", before[key], None))
        elif key not in before:
            changes.append(_change(path, "added", None, after[key]))
        else:
            changes += diff_specs(before[key], after[key], path)
    return changes


def _diff_lists(before: list[Any], after: list[Any], path: str) -> list[Change]:
    old, new = _by_key(before), _by_key(after)
    if old is None or new is None:
        return [] if before == after else [_change(path, "changed", before, after)]
    changes = _diff_entries(old, new, f"{path}[", "]")
    kept = [key for key in old if key in new], [key for key in new if key in old]
    if kept[0] != kept[1]:
        changes.append(_change(f"{path}.order", "changed", list(old), list(new)))
    return changes


def _by_key(items: list[Any]) -> dict[str, Any] | None:
    """The items by their name or id; ``None`` when they have none or share one."""
    keyed: dict[str, Any] = {}
    for item in items:
        key = (item.get("id") or item.get("name")) if isinstance(item, dict) else None
        if not isinstance(key, str) or key in keyed:
            return None
        keyed[key] = item
    return keyed


def _change(path: str, kind: Literal["added", "removed", "changed"], before: Any, after: Any) -> Change:
    return {"path": path, "kind": kind, "before": before, "after": after}
