"""Pathways that were given another id: found by what they hold, and followed through everything that names them."""

from __future__ import annotations

from typing import Any

from journeys.core.text.compact import Draft, same

ALIKE = 0.5  # of the entries of a pathway that must be equal for it to be the same one under another id


def find_renames(old: Draft, new: Draft) -> dict[str, str]:
    """Old id to new id of the pathways that are gone under one and stand under another with most of what they held."""
    before, after = _by_id(old), _by_id(new)
    gone = {name: item for name, item in before.items() if name not in after}
    come = {name: item for name, item in after.items() if name not in before}
    found: dict[str, str] = {}
    for name, item in gone.items():
        scored = sorted(((_likeness(item, other), new_name) for new_name, other in come.items()), reverse=True)
        if scored and scored[0][0] >= ALIKE:
            found[name] = scored[0][1]
            del come[scored[0][1]]
    return found


def rename_pathways(draft: Draft, renames: dict[str, str]) -> Draft:
    """``draft`` with each pathway under its new id, wherever it is named."""
    if not renames:
        return draft

    def new(name: Any) -> Any:
        return renames.get(name, name) if isinstance(name, str) else name

    changed = {**draft, "entry": new(draft.get("entry"))} if "entry" in draft else dict(draft)
    if isinstance(draft.get("pathways"), list):
        changed["pathways"] = [_pathway(item, new) for item in draft["pathways"]]
    if isinstance(draft.get("transitions"), list):
        changed["transitions"] = [_transition(item, new) for item in draft["transitions"]]
    return changed


def _pathway(item: Any, new: Any) -> Any:
    if not isinstance(item, dict):
        return item
    changed = {**item, **{key: new(item[key]) for key in ("id", "next") if key in item}}
    for key, place in (("return_behavior", "target"), ("on_error", "pathway")):
        inner = item.get(key)
        if isinstance(inner, dict) and place in inner:
            changed[key] = {**inner, place: new(inner[place])}
    return changed


def _transition(item: Any, new: Any) -> Any:
    if not isinstance(item, dict):
        return item
    changed = {**item, "to_pathway": new(item["to_pathway"])} if "to_pathway" in item else dict(item)
    if isinstance(item.get("from_pathways"), list):
        changed["from_pathways"] = [new(name) for name in item["from_pathways"]]
    return changed


def _by_id(draft: Draft) -> dict[str, Draft]:
    given = draft.get("pathways")
    items = given if isinstance(given, list) else []
    return {item["id"]: item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)}


def _likeness(a: Draft, b: Draft) -> float:
    keys = {*a, *b} - {"id"}
    return sum(key in a and key in b and same(a[key], b[key]) for key in keys) / len(keys) if keys else 0.0
