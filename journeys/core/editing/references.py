"""Where a draft names a pathway outside the pathway itself, and how these places follow its new name or its end."""

from __future__ import annotations

from typing import Any

from journeys.core.editing.draft import Draft, pathways_of, rows_of
from journeys.core.editing.op import title_of


def rename_references(draft: Draft, old: str, new: str) -> None:
    """Every place that names the pathway ``old`` names ``new``."""
    _swap(draft, "entry", old, new)
    for pathway in pathways_of(draft):
        _swap(pathway, "next", old, new)
        _swap(pathway.get("return_behavior"), "target", old, new)
        _swap(pathway.get("on_error"), "pathway", old, new)
    for transition in rows_of(draft, "transitions"):
        _swap(transition, "to_pathway", old, new)
        sources = transition.get("from_pathways")
        if isinstance(sources, list):
            transition["from_pathways"] = [new if source == old else source for source in sources]
    patterns = draft.get("patterns")
    if isinstance(patterns, dict):
        _swap(patterns.get("cancel"), "to", old, new)
        _swap(patterns.get("fallback"), "pathway", old, new)


def drop_references(draft: Draft, gone: str) -> list[str]:
    """No place names the pathway ``gone`` any more; each change as a sentence. Its transitions go with it."""
    told = []
    for pathway in pathways_of(draft):
        if pathway.get("next") == gone:
            pathway["next"] = ""
            told.append(f"nothing follows {title_of(pathway)} any more")
        if _is(pathway.get("return_behavior"), "target", gone):
            pathway["return_behavior"] = None
            told.append(f"{title_of(pathway)} does not go back any more")
        if _is(pathway.get("on_error"), "pathway", gone):
            pathway["on_error"] = {**pathway["on_error"], "pathway": "", "mode": "fail"}
            told.append(f"an error in {title_of(pathway)} fails the turn")
    told += _drop_moves(draft, gone)
    patterns = draft.get("patterns")
    if isinstance(patterns, dict) and _is(patterns.get("cancel"), "to", gone):
        patterns["cancel"]["to"] = "end"
        told.append("giving up ends the journey")
    if isinstance(patterns, dict) and _is(patterns.get("fallback"), "pathway", gone):
        patterns["fallback"]["pathway"] = ""
        told.append("messages that fit nothing have no pathway any more")
    if draft.get("entry") == gone:
        first = next(iter(pathways_of(draft)), None)
        draft["entry"] = first["id"] if first else ""
        told.append(f"the journey begins with {title_of(first)}" if first else "the journey has no entry")
    return told


def _drop_moves(draft: Draft, gone: str) -> list[str]:
    told: list[str] = []
    kept: list[Any] = []
    for transition in draft.get("transitions") or []:
        sources = transition.get("from_pathways") if isinstance(transition, dict) else None
        only = isinstance(sources, list) and bool(sources) and all(source == gone for source in sources)
        if isinstance(transition, dict) and (only or transition.get("to_pathway") == gone):
            told.append(f"the transition {transition.get('id', '')} is gone")
            continue
        if isinstance(sources, list) and gone in sources:
            transition["from_pathways"] = [source for source in sources if source != gone]
            told.append(f"the transition {transition.get('id', '')} does not start there any more")
        kept.append(transition)
    if "transitions" in draft and isinstance(draft["transitions"], list):
        draft["transitions"] = kept
    return told


def _swap(holder: Any, key: str, old: str, new: str) -> None:
    if _is(holder, key, old):
        holder[key] = new


def _is(holder: Any, key: str, value: str) -> bool:
    return isinstance(holder, dict) and holder.get(key) == value
