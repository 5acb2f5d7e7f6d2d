"""What a transition changes of the context when it is taken: all of its updates or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from journeys.core.engine.context import check_size
from journeys.core.spec import ContextUpdateSpec, JourneySpec


def update_context(
    spec: JourneySpec, context: Mapping[str, Any], updates: Sequence[ContextUpdateSpec], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The context after ``updates`` in order; ``context`` itself is never touched. Raises ``ContextTooLarge``.

    A ``source`` is a name of ``known`` or a path into it (``user.plan``, ``offer.price``), where an earlier update of the
    same transition counts already; a source that is not known changes nothing.
    """
    changed = dict(context)
    for update in updates:
        if update.op == "remove":
            changed.pop(update.field, None)
            continue
        names = {**known, **changed, "user": known.get("user", {})}
        value = look_up(names, update.source) if update.source else update.value
        if update.source and value is None:
            continue
        changed[update.field] = [*_as_list(changed.get(update.field)), value] if update.op == "append" else value
    check_size(changed, spec.max_context_bytes)
    return changed


def look_up(values: Mapping[str, Any], path: str) -> Any:
    """What stands at the dotted ``path``; ``None`` where nothing does."""
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
