"""Branches of one run at the same time, and what a fork, a stop or a second attempt does to steps: on the in-memory journal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from agents.core.autonomy.interrupts import InterruptMode, InterruptSource, StopRequest
from agents.core.runtime.chain import Door, build_door
from agents.core.runtime.context import Approval, RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import BudgetExceeded, LeaseLost, OutcomeUnknown, RuntimeFault, Stopped, Suspended
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.memory import MemoryJournal, SystemClock, memory_ports
from agents.core.runtime.outcome import run_to_outcome
from agents.core.runtime.parallel import run_parallel
from agents.core.spec.agent import Limits
from tests.agents.test_execution import agent
from tests.agents.test_runtime_door import NoModels

STOP = StopRequest(InterruptSource.PROGRAMMATIC, InterruptMode.GRACEFUL, "enough")


class SlowJournal(MemoryJournal):
    """Lets other branches go on while something is written, as a database does."""

    async def append(self, *events: NewEvent) -> None:
        await asyncio.sleep(0.01)
        await super().append(*events)


def slow_door() -> Door:
    return build_door(replace(memory_ports(models=NoModels()), journal=SlowJournal(SystemClock())))


async def spend(call: StepCall) -> tuple[Any, dict[str, Any]]:
    await asyncio.sleep(0.05)
    return "done", {"cost_microusd": 10, "input_tokens": 1, "output_tokens": 1}


async def ask_model(ctx: RunContext, name: str = "model") -> Any:
    return await ctx.step(
        name, kind="model", effect=Effect.MODEL, request={}, perform=spend, worst_case_microusd=60, worst_case_tokens=9
    )


async def branch(door: Door, spec: Any, count: int) -> list[Any]:
    ctx = door.context("r").child("agent").within(spec)
    return await run_parallel([partial(ask_model, ctx.child("b")) for _ in range(count)])


async def test_branches_at_the_same_moment_never_pass_the_limit_of_their_agent() -> None:
    with pytest.raises(Suspended):
        await branch(door := slow_door(), agent(limits=Limits(calls=1)), 3)
    (_, _, (calls, _)) = door.record.used("agent/0")
    assert calls == 1


async def test_what_other_branches_hold_is_waited_for_and_nobody_is_asked() -> None:
    door = slow_door()
    assert await branch(door, agent(budget_microusd=100), 4) == ["done"] * 4
    assert [e.type for e in door.ports.journal.events].count(EventType.BUDGET_REACHED) == 0  # type: ignore[attr-defined]


async def test_a_stop_is_heard_while_a_step_waits_for_room() -> None:
    door = slow_door()

    async def run(ctx: RunContext, spec: Any, inputs: Any) -> Any:
        asyncio.get_running_loop().call_later(0.02, setattr, door, "stop", STOP)
        return await ask_model(ctx)

    refused = door.ports.journal.append

    async def refuse(*events: NewEvent) -> None:
        if any(e.type is EventType.STEP_STARTED for e in events) and door.stop is None:
            met = BudgetExceeded("no room now", account="x")
            met.temporary = True
            raise met
        await refused(*events)

    door.ports.journal.append = refuse  # type: ignore[method-assign]
    outcome = await run_to_outcome(door, "r", run, None, {})
    assert outcome.status == "stopped"
    assert door.record.get("model/0") is None


async def fail_with(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("errors", "first"),
    [
        ((Suspended({"on": "approval"}), LeaseLost("gone")), LeaseLost),
        ((RuntimeFault("bad"), Suspended({"on": "approval"}), Stopped(STOP)), Stopped),
        ((RuntimeFault("bad"), Suspended({"on": "approval"})), Suspended),
    ],
)
async def test_the_most_urgent_end_of_the_branches_counts(errors: Any, first: type[BaseException]) -> None:
    with pytest.raises(first):
        await run_parallel([partial(fail_with, error) for error in errors])


async def test_a_stop_of_the_runs_own_code_never_waits_for_a_person() -> None:
    ports = memory_ports(models=NoModels())
    door = build_door(ports)

    async def run(ctx: RunContext, spec: Any, inputs: Any) -> Any:
        async def stops() -> None:
            await asyncio.sleep(0)
            door.stop = STOP

        branches: list[Any] = [partial(ctx.child("b").ask, "Which?"), stops]
        await run_parallel(branches)

    outcome = await run_to_outcome(door, "r", run, None, {})
    assert (outcome.status, outcome.stop["message"]) == ("stopped", "enough")


async def test_a_call_that_was_cut_off_is_paid_also_when_its_step_is_refused_later() -> None:
    journal = MemoryJournal(SystemClock())
    ports = replace(memory_ports(models=NoModels()), journal=journal)

    async def cut(call: StepCall) -> Any:
        raise asyncio.CancelledError

    door = build_door(ports)
    step = {"kind": "model", "effect": Effect.MODEL, "request": {}, "worst_case_microusd": 60}
    with pytest.raises(asyncio.CancelledError):
        await door.context("r").step("model", perform=cut, **step)  # type: ignore[arg-type]
    stopped = {"decision": "stop", "reason": "too dear", "account": "run", "measure": "microusd", "raise_by": 0}
    await journal.append(NewEvent(EventType.BUDGET_DECIDED, "model/0", stopped))
    again = build_door(ports, await journal.load())
    with pytest.raises(BudgetExceeded):
        await again.context("r").step("model", perform=cut, **step)  # type: ignore[arg-type]
    assert journal.spent_microusd == 60
    third = build_door(ports, await journal.load())
    with pytest.raises(BudgetExceeded):
        await third.context("r").step("model", perform=cut, **step)  # type: ignore[arg-type]


async def test_an_unknown_effect_stays_a_question_when_its_tool_has_gone_meanwhile() -> None:
    journal = MemoryJournal(SystemClock())
    ports = replace(memory_ports(models=NoModels()), journal=journal)

    async def cut(call: StepCall) -> Any:
        raise asyncio.CancelledError

    request = {"tool": "shell", "arguments": {}}
    with pytest.raises(asyncio.CancelledError):
        await build_door(ports).context("r").step("tool", kind="tool", effect=Effect.UNKEYED, request=request, perform=cut)
    again = build_door(ports, await journal.load())
    with pytest.raises(Suspended):
        await again.context("r").step("tool", kind="tool", effect=Effect.READ, request=request, perform=spend)


async def test_an_outcome_that_stays_unknown_is_the_same_error_in_a_replay() -> None:
    ports = memory_ports(models=NoModels())

    async def lose(call: StepCall) -> Any:
        raise OutcomeUnknown("the answer was lost", cause="timeout")

    for events in ((), None):
        door = build_door(ports, await ports.journal.load() if events is None else events)
        with pytest.raises(OutcomeUnknown):
            await door.context("r").step("tool", kind="tool", effect=Effect.KEYED, request={}, perform=lose)


async def test_a_step_that_was_asked_about_waits_for_the_answer_even_if_nobody_would_ask_now() -> None:
    ports = memory_ports(models=NoModels())
    for approval in (Approval(title="May I?"), None):
        door = build_door(ports, await ports.journal.load())
        with pytest.raises(Suspended):
            await door.context("r").step("tool", kind="tool", effect=Effect.READ, request={}, perform=spend, approval=approval)
