"""A pathway at work: its agents one after another or under its pattern, within its time, and how that ended.

Nothing of the turn is decided here: a failure and a time-out become events for the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agents.core.pipelines import Member, run_any, run_pattern
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.deadline import TimedOut, within_time
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec
from journeys.core.engine.answering import bind_member
from journeys.core.engine.events import AgentAnswered, FailPathway, PathwayFailed, RunAgent, RunPattern, Turn
from journeys.core.engine.intents import HISTORY_SEEN
from journeys.core.engine.machine import step
from journeys.core.engine.tester import Tester
from journeys.core.spec import JourneySpec

Work = RunAgent | RunPattern


async def work(
    ctx: RunContext, spec: JourneySpec, turn: Turn, todo: Work, tester: Tester
) -> tuple[Turn, AgentAnswered | PathwayFailed]:
    """From the first of a pathway's agents to the last: the turn before its last answer, and that answer; or the turn as it
    was and the failure. Each attempt has a scope of its own."""
    tools: set[str] = set(turn.tools)
    seconds = tester.timeout_s(turn.ran, spec.pathway(turn.ran).timeout_s)

    def note_tool(call: StepCall, result: Any) -> None:
        if call.kind == "tool":
            tools.add(str(call.request.get("tool", "")))

    scope = tester.scope(ctx.child("pathway").watched(note_tool))

    async def run() -> tuple[Turn, AgentAnswered]:
        now, effect = turn, todo
        while True:
            answer = AgentAnswered(await _ask(scope, spec, now, effect, tester))
            now = replace(now, tools=tuple(sorted(tools)))
            following, (then,) = step(spec, now, answer)
            if isinstance(then, FailPathway):
                raise then.fault
            if not isinstance(then, RunAgent | RunPattern):
                return now, answer
            now, effect = following, then

    try:
        return await (within_time(scope, seconds, run) if seconds is not None else run())
    except TimedOut as late:  # a replay does not see what was done before: nothing of it may count
        return turn, PathwayFailed(late)
    except RuntimeFault as fault:
        return replace(turn, tools=tuple(sorted(tools))), PathwayFailed(fault)


async def _ask(ctx: RunContext, spec: JourneySpec, turn: Turn, todo: Work, tester: Tester) -> dict[str, Any]:
    async def one(scope: RunContext, name: str, agent: AgentSpec | PipelineSpec, values: dict[str, Any]) -> dict[str, Any]:
        async def run() -> dict[str, Any]:
            return await run_any(scope, agent, values)

        return await tester.answer(ctx, name, values, run)

    if isinstance(todo, RunAgent):
        return await one(ctx.child(todo.id), todo.id, todo.agent, dict(todo.values))

    async def ask(scope: RunContext, member: Member, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return await one(scope, member.name, member.spec, bind_member(spec, turn, member.name, member.spec, outputs))

    pathway = todo.pathway
    return await run_pattern(
        ctx,
        name=f"pathway {pathway.id}",
        pattern=pathway.pipeline,
        params=pathway.pipeline_params,
        members=tuple(Member(name, member) for name, member in todo.members),
        values={"message": turn.message, "conversation": [dict(m) for m in turn.history[-HISTORY_SEEN:]]},
        ask=ask,
    )
