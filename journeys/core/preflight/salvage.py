"""Reading what can be read of JSON that does not fit its spec: the bad keys are told and left out, the rest is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place that does not parse: its path by names, the top key it stands under, and what is wrong."""

    path: str
    key: str
    message: str


def salvage(
    cls: type[Model], data: Mapping[str, Any], fill: Mapping[str, Any]
) -> tuple[Model | None, list[Misfit], frozenset[str]]:
    """The object with the keys that parse, what does not, and the top keys that were left out.

    ``fill`` has values for keys that the class requires. ``None`` when even that does not do.
    """
    misfits: list[Misfit] = []
    broken: set[str] = set()
    left = dict(data)
    for _ in range(_ROUNDS):
        try:
            return cls.model_validate(left), misfits, frozenset(broken)
        except ValidationError as error:
            found = [_misfit(item, left) for item in error.errors(include_url=False, include_context=False)]
        misfits += found
        keys = {m.key for m in found if m.key}
        if not keys:
            return None, misfits, frozenset(broken)
        broken |= keys
        left = {k: v for k, v in left.items() if k not in keys} | {k: fill[k] for k in keys if k in fill}
    return None, misfits, frozenset(broken)


def named_path(data: Any, loc: tuple[int | str, ...]) -> str:
    """``loc`` as a path in which items of lists go by their id or name where they have one, and union tags are left out."""
    parts: list[str] = []
    here = data
    for n, part in enumerate(loc):
        if isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            here = here[part]
            parts.append(_name(here) or str(part))
        elif isinstance(here, Mapping):
            is_tag = part not in here and part == here.get("kind") and n < len(loc) - 1
            if is_tag:
                continue
            here = here.get(part)
            parts.append(str(part))
        elif here is None or n == len(loc) - 1:
            parts.append(str(part))
    return ".".join(parts)


def _misfit(item: Any, data: Mapping[str, Any]) -> Misfit:
    loc = item["loc"]
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "missing":
        message = "is missing"
    elif item["type"] == "extra_forbidden":
        message = "is no part of it"
    return Misfit(named_path(data, loc), str(loc[0]) if loc else "", message)


def _name(item: Any) -> str:
    for key in ("id", "name"):
        value = item.get(key) if isinstance(item, Mapping) else None
        if isinstance(value, str) and value:
            return value
    return ""
