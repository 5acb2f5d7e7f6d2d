"""A journey's turn as a run: drives ``machine`` over the one door and tells the hooks. Owns no decision of its own.

Inputs: ``{"session": id, "message_seq": n, "text": the person's message}``, and ``play`` (a ``PlaySpec``) for a
tester's turn; the output is the turn's summary with its reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import Divergence, InvalidAnswer, RuntimeFault
from agents.core.runtime.ports import LocalWork
from agents.core.strategies import run_agent
from journeys.core.engine.detecting import detect
from journeys.core.engine.hooking import TurnHooks
from journeys.core.engine.machine import (
    CommitTurn,
    Detect,
    Detected,
    DetectIntent,
    Event,
    FailPathway,
    Happened,
    MessageReceived,
    PathwayFailed,
    RunAgent,
    RunPattern,
    Turn,
)
from journeys.core.engine.state import JourneyState
from journeys.core.engine.tester import See, Tester
from journeys.core.engine.working import work
from journeys.core.hooks.registry import HookRegistry
from journeys.core.spec import JourneySpec

LOAD, COMMIT = "journeys.load_turn", "journeys.commit_turn"


async def run_turn(
    ctx: RunContext,
    spec: JourneySpec,
    inputs: dict[str, Any],
    registry: HookRegistry | None = None,
    *,
    see: See | None = None,
) -> dict[str, Any]:
    """Answers one message of a session. Any fault leaves the session's state as it was. ``registry``: hooks of Python use;
    ``see``: who is told of every agent that answers."""
    tester = Tester(inputs.get("play"), see)
    spec = tester.overridden(spec)
    loaded = await _load(ctx, inputs)
    turn = Turn(
        number=loaded["turn"],
        message=loaded["text"],
        history=loaded["history"],
        state=JourneyState.from_json(loaded["state"]),
        user=loaded.get("variables") or {},
        files=loaded.get("files") or (),
    )
    hooks = TurnHooks(ctx, spec, str(inputs["session"]), registry)
    try:
        done = await _answer(ctx, spec, inputs, hooks, tester, *await hooks.received(turn, _first_event(loaded)))
    except Divergence:
        raise
    except RuntimeFault as fault:
        await hooks.failed(turn, fault)
        raise
    await hooks.answered(turn, done)
    return done


async def _answer(  # noqa: PLR0917
    ctx: RunContext, spec: JourneySpec, inputs: dict[str, Any], hooks: TurnHooks, tester: Tester, turn: Turn, event: Event
) -> dict[str, Any]:
    remember: dict[str, Any] | None = None
    while True:
        turn, effect = await hooks.advance(turn, event)
        match effect:
            case DetectIntent():
                event, remember = await detect(ctx, effect)
            case Detect():
                event = await _detect(ctx, effect)
            case RunAgent() | RunPattern():
                veto = await hooks.before_pathway(turn)
                if veto is not None:
                    event = veto
                    continue
                turn, event = await work(ctx, spec, turn, effect, tester)
                await hooks.after_pathway(turn, event)
            case FailPathway():
                event = PathwayFailed(effect.fault)
            case CommitTurn():
                return await _commit(ctx, inputs, effect, remember)


async def _detect(ctx: RunContext, effect: Detect) -> Detected:
    """A detector whose answer never fits has found nothing: the person's message is answered all the same."""
    try:
        return Detected(await run_agent(ctx.child(effect.name), effect.agent, dict(effect.values)))
    except InvalidAnswer:
        return Detected({})


def _first_event(loaded: Mapping[str, Any]) -> Event:
    """A person's message, or what happened without one."""
    happened = loaded.get("event") or {}
    if not happened:
        return MessageReceived()
    silence = f"nobody wrote for {happened['after_s']:g} seconds"
    return Happened("inactivity", silence, after_s=happened["after_s"], transition=happened.get("transition", ""))


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
