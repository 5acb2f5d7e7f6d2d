"""What a tester may do to one turn: stop before an agent, go step by step, pin an answer, let tools fail or time run out.

Everything that is done so passes the door and stands in the run's journal, so that nobody takes such a turn for another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from pydantic import Field

from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.ports import Tool, ToolContext, Tools
from agents.core.spec.types import Frozen

GO_ON, STEP, STOP = "Continue", "Step", "Stop"
NO_TIME_S = 0.001


class StoppedByTester(RuntimeFault):
    """The tester ended the turn where it had stopped."""

    code = "stopped_by_tester"
    final = True


class PlaySpec(Frozen):
    """How a turn is tried out.

    ``simulate``: ``tool_failure`` lets every call of ``tool`` (empty: of any tool) fail, ``timeout`` lets the time of the
    pathway run out at once. ``pins``: agent id -> outputs that stand in place of its answer. ``breakpoints``: agent ids before
    which the turn waits for the tester; with ``step`` it waits before every one.
    """

    simulate: Literal["", "tool_failure", "timeout"] = ""
    tool: str = ""
    pins: dict[str, dict[str, Any]] = {}
    breakpoints: tuple[str, ...] = ()
    step: bool = Field(default=False)


class Tester:
    """Holds the tester's wishes during one turn; without any it does nothing."""

    def __init__(self, play: Mapping[str, Any] | None):
        self.play = PlaySpec.model_validate(play or {})
        self._stepping = self.play.step

    def scope(self, ctx: RunContext) -> RunContext:
        """``ctx``, with tools that fail where they are to."""
        if self.play.simulate == "tool_failure":
            ctx.ports = dataclasses.replace(ctx.ports, tools=_Failing(ctx.ports.tools, self.play.tool))
        return ctx

    def timeout_s(self, given: float | None) -> float | None:
        return NO_TIME_S if self.play.simulate == "timeout" else given

    async def answer(
        self,
        ctx: RunContext,
        place: str,
        values: Mapping[str, Any],
        ask: Callable[[], Awaitable[dict[str, Any]]],
    ) -> dict[str, Any]:
        """What the agent ``place`` answers: asked by ``ask``, or what is pinned in its place; after a wait where one is due."""
        if self._stepping or place in self.play.breakpoints:
            await self._wait(ctx, place, values)
        if place in self.play.pins:
            return await self._pinned(ctx, place)
        return await ask()

    async def _wait(self, ctx: RunContext, place: str, values: Mapping[str, Any]) -> None:
        await _note(ctx, "stopped", {"place": place, "inputs": dict(values)}, None)
        answer = await ctx.ask(f"Stopped before {place!r}", [GO_ON, STEP, STOP])
        if answer == STOP:
            raise StoppedByTester(f"The tester stopped this turn before {place!r}.", place=place)
        self._stepping = answer == STEP

    async def _pinned(self, ctx: RunContext, place: str) -> dict[str, Any]:
        outputs = self.play.pins[place]
        done: dict[str, Any] = await _note(ctx, "pinned", {"place": place, "outputs": outputs}, dict(outputs))
        return done


async def _note(ctx: RunContext, name: str, request: dict[str, Any], result: Any) -> Any:
    """A step that only says what the tester did; its result is given."""

    async def told(call: StepCall) -> tuple[Any, dict[str, Any]]:
        return result, {}

    return await ctx.step(name, kind="note", effect=Effect.READ, request=request, perform=told)


class _Failing:
    """Tools of which one, or all, fail as a broken one does."""

    def __init__(self, tools: Tools, name: str):
        self._tools, self._name = tools, name

    def get(self, name: str) -> Tool:
        tool = self._tools.get(name)
        if self._name not in ("", name, tool.alias):
            return tool
        return dataclasses.replace(tool, call=_fail, local="", agent=None, effect=Effect.READ)


async def _fail(arguments: dict[str, Any], context: ToolContext) -> Any:
    raise ToolFailed("the tester let this tool fail")
