"""Where a canvas draws the parts of a draft: JSON merge patches (RFC 7386) and the patches that take them back."""

from __future__ import annotations

from typing import Any

Patch = dict[str, Any]


def patched(target: Any, patch: Any) -> Any:
    """``target`` with ``patch`` merged in; ``None`` takes a part out."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), value)
    return merged


def reverse(target: Any, patch: Patch) -> Patch:
    """The patch that gives ``target`` back after ``patch`` was merged into it."""
    before = target if isinstance(target, dict) else {}
    back: Patch = {}
    for key, value in patch.items():
        old = before.get(key)
        back[key] = reverse(old, value) if isinstance(old, dict) and isinstance(value, dict) else old
    return back


def both(first: Patch, then: Patch) -> Patch:
    """One patch that does what ``first`` and ``then`` do one after the other."""
    joined = dict(first)
    for key, value in then.items():
        old = joined.get(key)
        joined[key] = both(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return joined
