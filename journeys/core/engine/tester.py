"""What a tester may do to one turn: stop before an agent, go step by step, pin an answer, let an agent answer otherwise, let
tools fail or time run out.

Everything that is done so passes the door and stands in the run's journal, so that nobody takes such a turn for another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.ports import Tool, ToolContext, Tools
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from journeys.core.spec import JourneySpec

GO_ON, STEP, STOP = "Continue", "Step", "Stop"
NO_TIME_S = 0.0


class StoppedByTester(RuntimeFault):
    """The tester ended the turn where it had stopped."""

    code = "stopped_by_tester"
    final = True


class OverrideSpec(Frozen):
    """How an agent answers while it is tried out; what is ``None`` stays as the agent has it. With a ``provider`` alone its
    default model answers."""

    provider: str | None = Field(default=None, min_length=1)
    model: str | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    instructions: str | None = None
    guidelines: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if all(value is None for value in self.model_dump().values()):
            raise ValueError("an override changes the model, the temperature, the instructions or the guidelines")
        return self

    def on(self, agent: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of an agent (JSON) that are others by it, whole."""
        told = self.model_dump(mode="json", exclude_none=True)
        model = {name: told[name] for name in ("provider", "model", "temperature") if name in told}
        if "provider" in model:
            model.setdefault("model", "")
        words = {name: told[name] for name in ("instructions", "guidelines") if name in told}
        found: dict[str, Any] = {"model": {**(agent.get("model") or {}), **model}} if model else {}
        return found | ({"signature": {**(agent.get("signature") or {}), **words}} if words else {})


class PlaySpec(Frozen):
    """How a turn is tried out.

    ``simulate``: ``tool_failure`` lets every call of ``tool`` (empty: of any tool) fail, ``timeout`` lets the time of the
    first pathway that answers run out at once. ``pins``: agent id -> outputs that stand in place of its answer.
    ``breakpoints``: agent ids before which the turn waits for the tester; with ``step`` it waits before every one. ``until``:
    one more such agent, meant for one message. ``overrides``: agent id -> how the journey's agent answers instead.
    """

    simulate: Literal["", "tool_failure", "timeout"] = ""
    tool: str = ""
    pins: dict[str, dict[str, Any]] = {}
    breakpoints: tuple[str, ...] = ()
    step: bool = Field(default=False)
    until: str = ""
    overrides: dict[str, OverrideSpec] = {}


See = Callable[[str, dict[str, Any], dict[str, Any] | None], None]


class Tester:
    """Holds the tester's wishes during one turn; without any it does nothing. ``see`` is told of each agent before it answers,
    with its inputs, and after it, with its outputs too."""

    def __init__(self, play: Mapping[str, Any] | None, see: See | None = None):
        self.play = PlaySpec.model_validate(play or {})
        self._stepping = self.play.step
        self._see = see
        self._late = ""

    def overridden(self, spec: JourneySpec) -> JourneySpec:
        """``spec`` with the agents that answer otherwise in this turn."""
        agents = dict(spec.agents)
        for name, override in self.play.overrides.items():
            agent = agents.get(name)
            if isinstance(agent, AgentSpec):
                data = agent.model_dump(mode="json")
                agents[name] = AgentSpec.model_validate(data | override.on(data))
        return spec.model_copy(update={"agents": agents}) if agents != spec.agents else spec

    def scope(self, ctx: RunContext) -> RunContext:
        """``ctx``, with tools that fail where they are to."""
        if self.play.simulate == "tool_failure":
            ctx.ports = dataclasses.replace(ctx.ports, tools=_Failing(ctx.ports.tools, self.play.tool))
        return ctx

    def timeout_s(self, pathway: str, given: float | None) -> float | None:
        """How long ``pathway`` may work: that which is to be late has no time, and those that help out after it have theirs."""
        if self.play.simulate != "timeout":
            return given
        self._late = self._late or pathway
        return NO_TIME_S if pathway == self._late else given

    async def answer(
        self,
        ctx: RunContext,
        place: str,
        values: Mapping[str, Any],
        ask: Callable[[], Awaitable[dict[str, Any]]],
    ) -> dict[str, Any]:
        """What the agent ``place`` answers: asked by ``ask``, or what is pinned in its place; after a wait where one is due."""
        given = dict(values)
        self._tell(place, given, None)
        if self._stepping or place in (*self.play.breakpoints, self.play.until):
            await self._wait(ctx, place, values)
        outputs = await self._pinned(ctx, place) if place in self.play.pins else await self._ask(ctx, place, ask)
        self._tell(place, given, outputs)
        return outputs

    async def _ask(self, ctx: RunContext, place: str, ask: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        override = self.play.overrides.get(place)
        if override is not None:
            await _note(ctx, "overridden", {"place": place, **override.model_dump(mode="json", exclude_none=True)}, None)
        return await ask()

    def _tell(self, place: str, inputs: dict[str, Any], outputs: dict[str, Any] | None) -> None:
        if self._see is not None:
            self._see(place, inputs, outputs)

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
