"""A time limit around a part of a run: what it cuts off, what it costs, and that a replay takes the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel, ScriptedReply
from agents.core.inspect.account import fold_account
from agents.core.inspect.replay import Recorded, replay
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.deadline import TimedOut, within_time
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import Event, EventType
from agents.core.runtime.memory import CatalogTools, MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome
from agents.core.runtime.ports import Ports
from agents.core.strategies import run_agent
from tests.agents.signatures import GOOD, INPUTS, agent

SPEC = agent(model={"provider": "scripted"})


def ports(*replies: dict[str, Any], events: Sequence[Event] = ()) -> tuple[Ports, ScriptedModel]:
    model = ScriptedModel([ScriptedReply.model_validate(r) for r in replies])
    made = memory_ports(models=Providers({}, DefaultModel("scripted"), {"scripted": model}), tools=CatalogTools())
    assert isinstance(made.journal, MemoryJournal)
    made.journal.events.extend(events)
    return made, model


async def patient(ctx: RunContext, seconds: float, inputs: dict[str, Any]) -> dict[str, Any]:
    """Asks within ``seconds``; says so when it took too long."""
    scope = ctx.child("work")
    try:
        return await within_time(scope, seconds, lambda: run_agent(scope.child("agent"), SPEC, dict(INPUTS)))
    except TimedOut as late:
        return {"late": str(late)}


async def run(made: Ports, seconds: float = 0.05) -> Outcome:
    return await asyncio.wait_for(run_in_memory(patient, seconds, {}, made, "run"), 10)


async def events_of(made: Ports) -> Sequence[Event]:
    return await made.journal.load()


async def test_work_within_its_time_leaves_no_trace_of_the_limit() -> None:
    made, _ = ports({"json": GOOD})
    assert (await run(made, 5)).output == GOOD
    assert all("timeout" not in e.path for e in await events_of(made))


async def test_work_that_takes_too_long_is_cut_off_and_told() -> None:
    made, model = ports({"json": GOOD, "latency_s": 5})
    assert (await run(made)).output == {"late": "it took longer than 0.05 s"}
    assert model.cancelled == 1
    ends = [(e.type, e.path) for e in await events_of(made)][-2:]
    assert ends == [
        (EventType.STEP_FAILED, "work/0/agent/0/model/0"),
        (EventType.STEP_FINISHED, "work/0/timeout/0"),
    ]


async def test_replay_takes_the_same_way_and_asks_nobody() -> None:
    made, _ = ports({"json": GOOD, "latency_s": 5})
    first = await run(made)
    again, model = ports({"json": GOOD}, events=await events_of(made))
    assert await run(again) == first
    assert model.requests == []


async def test_crash_before_the_limit_was_written_gives_the_work_its_time_anew() -> None:
    made, _ = ports({"json": GOOD, "latency_s": 5})
    await run(made)
    begun = (await events_of(made))[:1]
    assert begun[0].type is EventType.STEP_STARTED
    again, model = ports({"json": GOOD}, events=begun)
    assert (await run(again)).output == GOOD
    assert len(model.requests) == 1


async def test_what_was_reserved_for_a_call_that_was_cut_off_is_on_the_bill() -> None:
    made, _ = ports({"json": GOOD, "latency_s": 5, "usage": {"cost_microusd": 700}})
    await run(made)
    assert isinstance(made.journal, MemoryJournal)
    assert (made.journal.spent_microusd, made.journal.reserved_microusd) == (700, 0)
    assert fold_account(await events_of(made)).spent_microusd == 700


async def test_a_cancelled_run_is_no_time_out() -> None:
    made, _ = ports({"json": GOOD, "latency_s": 5})
    task = asyncio.ensure_future(run_in_memory(patient, 5.0, {}, made, "run"))
    await asyncio.sleep(0.05)
    task.cancel()
    assert (await task).status == "interrupted"
    assert all("timeout" not in e.path for e in await events_of(made))


async def test_time_error_of_the_work_itself_passes_through() -> None:
    async def work(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        async def raises() -> dict[str, Any]:
            raise TimeoutError("its own")

        with pytest.raises(TimeoutError, match="its own"):
            await within_time(ctx.child("work"), 5, raises)
        return {}

    made, _ = ports()
    assert (await run_in_memory(work, None, {}, made)).status == "succeeded"


async def test_steps_beside_the_limited_scope_go_on() -> None:
    async def slow(call: StepCall) -> tuple[Any, dict[str, Any]]:
        await asyncio.sleep(0.15)
        return "done", {}

    async def both(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        beside = asyncio.ensure_future(ctx.step("beside", kind="note", effect=Effect.READ, request={}, perform=slow))
        return {**await patient(ctx, 0.05, inputs), "beside": await beside}

    made, _ = ports({"json": GOOD, "latency_s": 5})
    assert (await run_in_memory(both, None, {}, made)).output == {"late": "it took longer than 0.05 s", "beside": "done"}


async def test_inspector_calls_the_replay_of_a_time_out_equal() -> None:
    made, _ = ports({"json": GOOD, "latency_s": 5})
    outcome = await run(made)
    recorded = Recorded(outcome.status, outcome.output, None)
    told = await replay(
        await events_of(made), recorded, runner=patient, spec=0.05, inputs={}, tools=CatalogTools(), run_id="run"
    )
    assert told.verdict == "equal", told.told
