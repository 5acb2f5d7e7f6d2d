"""A journey's turn as a run: drives ``machine`` over the one door. Owns no decision of its own.

Inputs: ``{"session": id, "message_seq": n, "text": the person's message}``, and ``play`` (a ``PlaySpec``) for a
tester's turn; the output is the turn's summary with its reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agents.core.pipelines import Member, run_any, run_pattern
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import LocalWork
from journeys.core.engine.answering import bind_member
from journeys.core.engine.detecting import detect
from journeys.core.engine.intents import HISTORY_SEEN
from journeys.core.engine.machine import (
    AgentAnswered,
    CommitTurn,
    DetectIntent,
    Event,
    Happened,
    MessageReceived,
    RunAgent,
    RunPattern,
    Turn,
    step,
)
from journeys.core.engine.state import JourneyState
from journeys.core.engine.tester import Tester
from journeys.core.spec import JourneySpec

LOAD, COMMIT = "journeys.load_turn", "journeys.commit_turn"


async def run_turn(ctx: RunContext, spec: JourneySpec, inputs: dict[str, Any]) -> dict[str, Any]:
    """Answers one message of a session. Any fault leaves the session's state as it was."""
    loaded = await _load(ctx, inputs)
    turn = Turn(
        number=loaded["turn"],
        message=loaded["text"],
        history=loaded["history"],
        state=JourneyState.from_json(loaded["state"]),
        user=loaded.get("variables") or {},
    )
    tools: set[str] = set()
    remember: dict[str, Any] | None = None

    def note_tool(call: StepCall, result: Any) -> None:
        if call.kind == "tool":
            tools.add(str(call.request.get("tool", "")))

    tester = Tester(inputs.get("play"))
    pathway = tester.scope(ctx.child("pathway").watched(note_tool))
    event = _first_event(loaded)
    while True:
        turn, (effect,) = step(spec, replace(turn, tools=tuple(sorted(tools))), event)
        match effect:
            case DetectIntent():
                event, remember = await detect(ctx, effect)
            case RunAgent():
                event = AgentAnswered(await _ask(pathway, tester, effect))
            case RunPattern():
                event = AgentAnswered(await _run_together(pathway, spec, turn, effect))
            case CommitTurn():
                return await _commit(ctx, inputs, effect, remember)


def _first_event(loaded: dict[str, Any]) -> Event:
    """A person's message, or what happened without one."""
    happened = loaded.get("event") or {}
    if not happened:
        return MessageReceived()
    silence = f"nobody wrote for {happened['after_s']:g} seconds"
    return Happened("inactivity", silence, after_s=happened["after_s"], transition=happened.get("transition", ""))


async def _ask(ctx: RunContext, tester: Tester, effect: RunAgent) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        return await run_any(ctx.child(effect.id), effect.agent, dict(effect.values))

    return await tester.answer(ctx, effect.id, effect.values, ask)


async def _run_together(ctx: RunContext, spec: JourneySpec, turn: Turn, effect: RunPattern) -> dict[str, Any]:
    async def ask(scope: RunContext, member: Member, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return await run_any(scope, member.spec, bind_member(spec, turn, member.name, member.spec, outputs))

    pathway = effect.pathway
    return await run_pattern(
        ctx,
        name=f"pathway {pathway.id}",
        pattern=pathway.pipeline,
        params=pathway.pipeline_params,
        members=tuple(Member(name, member) for name, member in effect.members),
        values={"message": turn.message, "conversation": [dict(m) for m in turn.history[-HISTORY_SEEN:]]},
        ask=ask,
    )


async def _load(ctx: RunContext, inputs: dict[str, Any]) -> dict[str, Any]:
    data = {"session": inputs["session"], "message_seq": inputs["message_seq"]}
    loaded: dict[str, Any] = await ctx.step(
        "load", kind="state", effect=Effect.LOCAL, request=data, local=LocalWork(LOAD, data)
    )
    return loaded


async def _commit(
    ctx: RunContext, inputs: dict[str, Any], effect: CommitTurn, remember: dict[str, Any] | None
) -> dict[str, Any]:
    data = {
        "session": inputs["session"],
        "message_seq": inputs["message_seq"],
        "reply": effect.reply,
        "state": effect.state.to_json(),
        "summary": dict(effect.summary),
    }
    if remember:
        data["remember"] = remember
    await ctx.step("commit", kind="commit", effect=Effect.LOCAL, request=data, local=LocalWork(COMMIT, data))
    return {"reply": effect.reply, **effect.summary}
