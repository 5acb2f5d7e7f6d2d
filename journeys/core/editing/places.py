"""Paths into a draft: ``pathways.intake.title`` by ids, ``signature.outputs.symptoms`` by names, ``hooks[0]`` by place."""

from __future__ import annotations

import re
from typing import Any

from journeys.core.editing.draft import Draft, refuse

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_WHOLE = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[\d{1,6}\])*")
DEEPEST = 20


def parts_of(path: str) -> list[str | int]:
    """``hooks[0].params`` as ``["hooks", 0, "params"]``; raises ``Invalid`` for what is no path."""
    found = list(_PART.finditer(path))
    if not _WHOLE.fullmatch(path) or len(found) > DEEPEST:
        refuse(f"{path!r} is no path; a path reads `pathways.intake.title` or `hooks[0].params`", "path")
    return [int(m.group(1)) if m.group(1) else m.group(2) for m in found]


def holder_of(draft: Draft, path: str) -> tuple[Any, str | int]:
    """What holds the last part of ``path``, and that part as its key or index; objects on the way are made.

    Items of a list are found by ``id`` or ``name``, or by place; an item that is not there is refused, never made.
    """
    parts = parts_of(path)
    here: Any = draft
    for n, part in enumerate(parts):
        if isinstance(here, list):
            part = _index(here, part, path)  # noqa: PLW2901 - a name becomes the place of what has it
        elif not isinstance(here, dict) or isinstance(part, int):
            refuse(f"`{path}` ends at {parts[n - 1]!r}, which is {type(here).__name__}", "path")
        if n == len(parts) - 1:
            return here, part
        if isinstance(here, dict) and here.get(part) is None:
            here[part] = {}
        here = here[part]
    raise AssertionError("a path has parts")


def key_of(item: Any) -> str | None:
    """How an item of a list is called: by its ``id``, else its ``name``."""
    if not isinstance(item, dict):
        return None
    name = item.get("id") or item.get("name")
    return name if isinstance(name, str) else None


def _index(items: list[Any], part: str | int, path: str) -> int:
    if isinstance(part, int):
        if part < len(items):
            return part
        refuse(f"`{path}` names the place {part} of a list with {len(items)} items", "path")
    names = [key_of(item) for item in items]
    if part not in names:
        known = ", ".join(name for name in names if name) or "none"
        refuse(f"`{path}` names {part!r}, which is not there; there are: {known}", "path")
    return names.index(part)
