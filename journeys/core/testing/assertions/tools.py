"""Assertions about tools: what was called with which arguments, and what was not."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.testing.assertions.seen import Seen, Verdict


class ToolCalled:
    """The tool was called, and its arguments had at least these values."""

    title: ClassVar[str] = "Tool called"

    class Params(Frozen):
        tool: str = Field(min_length=1, title="Tool")
        arguments: dict[str, Any] = Field(default={}, title="Arguments", description="JSON object: a part of the arguments")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        calls = [call for turn in seen.turns for call in turn.tools if call.name == params.tool]
        fitting = [c for c in calls if all(c.arguments.get(k) == v for k, v in params.arguments.items())]
        wanted = f"{params.tool}({_text(params.arguments)})" if params.arguments else params.tool
        others = sorted({call.name for turn in seen.turns for call in turn.tools})
        got = "; ".join(f"{c.name}({_text(c.arguments)})" for c in calls) or f"called: {', '.join(others) or 'no tool'}"
        return Verdict(passed=bool(fitting), expected=wanted, got=got)


class ToolNotCalled:
    """The tool was not called."""

    title: ClassVar[str] = "Tool not called"

    class Params(Frozen):
        tool: str = Field(min_length=1, title="Tool")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        calls = [call for turn in seen.turns for call in turn.tools if call.name == params.tool]
        got = "; ".join(f"{c.name}({_text(c.arguments)})" for c in calls)
        return Verdict(passed=not calls, expected=f"no call of {params.tool}", got=got or "no call")


def _text(arguments: dict[str, Any]) -> str:
    text = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 300 else text[:299] + "…"
