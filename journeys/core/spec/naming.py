"""Names for transitions that were given none, the same on every reading of the same journey."""

from __future__ import annotations

from itertools import chain
from typing import Any

from journeys.core.spec.transitions import TransitionSpec


def with_transition_ids(data: Any) -> Any:
    """``data`` of a journey with an id for each transition: ``t1``, ``t2``, ... by place, whatever of these is still free."""
    given = data.get("transitions") if isinstance(data, dict) else None
    if not isinstance(given, list | tuple):
        return data
    taken = {_id_of(item) for item in given}
    named = []
    for n, item in enumerate(given, 1):
        if _id_of(item):
            named.append(item)
            continue
        places = chain((f"t{n}",), (f"t{n}_{m}" for m in range(len(given))))
        named.append(_with_id(item, next(name for name in places if name not in taken)))
        taken.add(_id_of(named[-1]))
    return {**data, "transitions": named}


def _id_of(item: Any) -> str:
    if isinstance(item, TransitionSpec):
        return item.id
    return str(item.get("id") or "") if isinstance(item, dict) else ""


def _with_id(item: Any, name: str) -> Any:
    if isinstance(item, TransitionSpec):
        return item.model_copy(update={"id": name})
    return {**item, "id": name} if isinstance(item, dict) else item
