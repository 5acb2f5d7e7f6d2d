"""Assertions about what the conversation knows: fields of the context."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.engine.context import is_present
from journeys.core.testing.assertions.seen import Seen, Verdict


class FieldEquals:
    """The field of the context has exactly this value (JSON)."""

    title: ClassVar[str] = "Field equals"

    class Params(Frozen):
        field: str = Field(min_length=1, title="Field")
        value: Any = Field(default=None, title="Value", description="JSON, or plain text")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = seen.last.context.get(params.field)
        return Verdict(passed=got == params.value, expected=f"{params.field} = {_short(params.value)}", got=_short(got))


class FieldContains:
    """The field holds this: an item of a list, a piece of a text (small or capital letters alike), a part of an object."""

    title: ClassVar[str] = "Field contains"

    class Params(Frozen):
        field: str = Field(min_length=1, title="Field")
        value: Any = Field(title="Value", description="JSON, or plain text")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = seen.last.context.get(params.field)
        return Verdict(
            passed=contains(got, params.value), expected=f"{params.field} contains {_short(params.value)}", got=_short(got)
        )


class FieldPresent:
    """The field is there and not empty."""

    title: ClassVar[str] = "Field present"

    class Params(Frozen):
        field: str = Field(min_length=1, title="Field")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = seen.last.context.get(params.field)
        return Verdict(passed=is_present(got), expected=f"{params.field} is there", got=_short(got))


def contains(whole: Any, part: Any) -> bool:
    """Objects by their keys, texts by their letters, lists by an item that contains it; anything else by equality."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(whole, str) and isinstance(part, str):
        return part.casefold() in whole.casefold()
    if isinstance(whole, list):
        wanted = part if isinstance(part, list) else [part]
        return all(any(item == each or contains(item, each) for item in whole) for each in wanted)
    return bool(whole == part)


def _short(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"
