"""A journey's turn as a run: drives ``machine`` over the one door. Owns no decision of its own.

Inputs: ``{"session": id, "message_seq": n, "text": the person's message}``; the output is the turn's summary with its reply.
"""

from __future__ import annotations

from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import LocalWork
from agents.core.strategies import run_agent
from journeys.core.engine.intents import Classification
from journeys.core.engine.machine import (
    AgentAnswered,
    CommitTurn,
    DetectIntent,
    Event,
    IntentDetected,
    MessageReceived,
    RunAgent,
    Turn,
    step,
)
from journeys.core.engine.state import JourneyState
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
        user=loaded.get("user", {}),
    )
    pathway = ctx.child("pathway")
    event: Event = MessageReceived()
    while True:
        turn, (effect,) = step(spec, turn, event)
        match effect:
            case DetectIntent():
                found = await run_agent(ctx.child("intent"), effect.agent, dict(effect.values))
                event = IntentDetected(Classification(found["intent"], found["confidence"], found["evidence"]))
            case RunAgent():
                event = AgentAnswered(await run_agent(pathway.child(effect.id), effect.agent, dict(effect.values)))
            case CommitTurn():
                return await _commit(ctx, inputs, effect)


async def _load(ctx: RunContext, inputs: dict[str, Any]) -> dict[str, Any]:
    data = {"session": inputs["session"], "message_seq": inputs["message_seq"]}
    loaded: dict[str, Any] = await ctx.step(
        "load", kind="state", effect=Effect.LOCAL, request=data, local=LocalWork(LOAD, data)
    )
    return loaded


async def _commit(ctx: RunContext, inputs: dict[str, Any], effect: CommitTurn) -> dict[str, Any]:
    data = {
        "session": inputs["session"],
        "message_seq": inputs["message_seq"],
        "reply": effect.reply,
        "state": effect.state.to_json(),
        "summary": dict(effect.summary),
    }
    await ctx.step("commit", kind="commit", effect=Effect.LOCAL, request=data, local=LocalWork(COMMIT, data))
    return {"reply": effect.reply, **effect.summary}
