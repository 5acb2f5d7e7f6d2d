"""The one door: replay, divergence, approval, unknown outcomes, money and cancellation, on the in-memory journal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agents.core.runtime.chain import build_door
from agents.core.runtime.context import Approval, RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import CallRejected, StepFailed
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.memory import MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome, run_to_outcome
from agents.core.runtime.ports import LocalWork, Ports
from agents.core.runtime.upgrade import upgrade_payload


class NoModels:
    def get(self, model: Any) -> Any:
        raise AssertionError("no step of these tests asks a model")


class World:
    """Counts what is done to it."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.fail: Exception | None = None
        self.crash = False

    async def touch(self, call: StepCall) -> tuple[Any, dict[str, Any]]:
        arguments = call.arguments if call.arguments is not None else call.request
        self.done.append((call.path, arguments))
        if self.crash:
            raise KeyboardInterrupt
        if self.fail:
            raise self.fail
        return {"did": arguments}, {"cost_microusd": 7, "input_tokens": 3, "output_tokens": 2}


def ports_for(**kwargs: Any) -> tuple[Ports, MemoryJournal]:
    ports = memory_ports(models=NoModels(), **kwargs)
    assert isinstance(ports.journal, MemoryJournal)
    return ports, ports.journal


def runner(world: World, **options: Any) -> Any:
    async def run(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        settings = {"kind": "model", "effect": Effect.MODEL, **options}
        request = {"say": inputs.get("say", "hello"), "tool": "t", "arguments": {"a": 1}}
        return {"result": await ctx.step("one", request=request, perform=world.touch, **settings)}

    return run


async def test_a_finished_step_is_not_performed_again() -> None:
    world, (ports, journal) = World(), ports_for()
    first = await run_in_memory(runner(world), None, {}, ports, "r")
    second = await run_in_memory(runner(world), None, {}, ports, "r")
    assert first.status == second.status == "succeeded"
    assert first.output == second.output
    assert len(world.done) == 1
    assert journal.spent_microusd == 7


async def test_another_request_at_a_recorded_path_is_a_divergence() -> None:
    world, (ports, _) = World(), ports_for()
    await run_in_memory(runner(world), None, {"say": "hello"}, ports, "r")
    outcome = await run_in_memory(runner(world), None, {"say": "bye"}, ports, "r")
    assert outcome.status == "failed"
    assert outcome.error["code"] == "divergence"
    assert outcome.error["details"]["path"] == "one/0"
    assert len(world.done) == 1


async def test_a_recorded_failure_is_raised_again_without_a_second_attempt() -> None:
    world, (ports, _) = World(), ports_for()
    world.fail = StepFailed("the provider said no", "rejected")
    outcomes = [await run_in_memory(runner(world), None, {}, ports, "r") for _ in range(2)]
    assert [o.error for o in outcomes] == [{"code": "rejected", "message": "the provider said no"}] * 2
    assert len(world.done) == 1


async def test_parallel_branches_have_paths_that_do_not_depend_on_timing() -> None:
    async def run(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        async def branch(scope: RunContext, delay: float) -> Any:
            async def perform(call: StepCall) -> tuple[Any, dict[str, Any]]:
                await asyncio.sleep(delay)
                return call.path, {}

            return await scope.step("model", kind="model", effect=Effect.READ, request={"d": delay}, perform=perform)

        scopes = [ctx.child("branch") for _ in inputs["delays"]]
        return {"paths": await asyncio.gather(*map(branch, scopes, inputs["delays"]))}

    ports, _ = ports_for()
    slow_first = await run_in_memory(run, None, {"delays": [0.02, 0.0]}, ports, "r")
    assert slow_first.output == {"paths": ["branch/0/model/0", "branch/1/model/0"]}
    again = await run_in_memory(run, None, {"delays": [0.02, 0.0]}, ports, "r")
    assert again.output == slow_first.output


@pytest.mark.parametrize(
    ("decision", "done", "status"),
    [
        ({"decision": "approve"}, {"a": 1}, "succeeded"),
        ({"decision": "edit", "arguments": {"a": 2}}, {"a": 2}, "succeeded"),
        ({"decision": "reject", "reason": "too dear"}, None, "failed"),
    ],
)
async def test_a_step_that_asks_waits_and_then_follows_the_decision(
    decision: dict[str, Any], done: dict[str, Any] | None, status: str
) -> None:
    world, (ports, journal) = World(), ports_for()
    run = runner(world, kind="tool", effect=Effect.UNKEYED, approval=Approval("do it"))
    assert (await run_in_memory(run, None, {}, ports, "r")).status == "waiting"
    assert (await run_in_memory(run, None, {}, ports, "r")).waiting_on == {
        "on": "approval",
        "path": "one/0",
        "title": "do it",
    }
    assert [e.type for e in journal.events] == [EventType.APPROVAL_REQUESTED]
    await journal.append(NewEvent(EventType.APPROVAL_DECIDED, "one/0", decision))
    outcomes = [await run_in_memory(run, None, {}, ports, "r") for _ in range(2)]
    assert [o.status for o in outcomes] == [status, status]
    if done is None:
        assert world.done == []
        assert outcomes[1].error == {"code": CallRejected.code, "message": "too dear"}
    else:
        assert len(world.done) == 1
        assert done in (world.done[0][1], world.done[0][1].get("arguments"))


async def test_an_answered_question_is_the_result_of_asking() -> None:
    async def run(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        return {"answer": await ctx.ask("Which day?", ["Monday", "Tuesday"])}

    ports, journal = ports_for()
    assert (await run_in_memory(run, None, {}, ports, "r")).status == "waiting"
    assert journal.events[-1].payload["options"] == ["Monday", "Tuesday"]
    answer = {"decision": "answer", "result": "Tuesday"}
    await journal.append(NewEvent(EventType.QUESTION_ANSWERED, "question/0", answer))
    assert (await run_in_memory(run, None, {}, ports, "r")).output == {"answer": "Tuesday"}


async def crash_in_the_middle(world: World, run: Any, ports: Ports) -> None:
    world.crash = True
    with pytest.raises(KeyboardInterrupt):
        await build_and_run(run, ports)
    world.crash = False


async def build_and_run(run: Any, ports: Ports) -> Outcome:
    return await run_to_outcome(build_door(ports, await ports.journal.load()), "r", run, None, {})


@pytest.mark.parametrize("effect", [Effect.READ, Effect.KEYED, Effect.MODEL])
async def test_a_repeatable_step_is_repeated_after_a_crash_in_the_middle(effect: Effect) -> None:
    world, (ports, _) = World(), ports_for()
    run = runner(world, effect=effect)
    await crash_in_the_middle(world, run, ports)
    assert (await build_and_run(run, ports)).status == "succeeded"
    assert len(world.done) == 2


@pytest.mark.parametrize(
    ("decision", "times", "status"),
    [("retry", 2, "succeeded"), ("done", 1, "succeeded"), ("stop", 1, "failed")],
)
async def test_an_unkeyed_step_is_never_repeated_after_a_crash_without_a_persons_word(
    decision: str, times: int, status: str
) -> None:
    world, (ports, journal) = World(), ports_for()
    run = runner(world, effect=Effect.UNKEYED, kind="tool")
    await crash_in_the_middle(world, run, ports)
    outcomes = [await build_and_run(run, ports) for _ in range(2)]
    assert [o.waiting_on["on"] for o in outcomes] == ["outcome", "outcome"]
    assert len(world.done) == 1
    payload = {"decision": decision, "reason": "saw it", "result": {"did": "by hand"}}
    await journal.append(NewEvent(EventType.OUTCOME_DECIDED, "one/0", payload))
    outcome = await build_and_run(run, ports)
    assert outcome.status == status
    assert len(world.done) == times
    if decision == "done":
        assert outcome.output == {"result": {"did": "by hand"}}


async def test_an_approved_unkeyed_step_keeps_its_edited_arguments_over_a_crash() -> None:
    world, (ports, journal) = World(), ports_for()
    run = runner(world, effect=Effect.UNKEYED, kind="tool", approval=Approval("do it"))
    await build_and_run(run, ports)
    await journal.append(NewEvent(EventType.APPROVAL_DECIDED, "one/0", {"decision": "edit", "arguments": {"a": 9}}))
    await crash_in_the_middle(world, run, ports)
    assert (await build_and_run(run, ports)).waiting_on["on"] == "outcome"
    await journal.append(NewEvent(EventType.OUTCOME_DECIDED, "one/0", {"decision": "retry"}))
    assert (await build_and_run(run, ports)).output == {"result": {"did": {"a": 9}}}


async def test_money_is_reserved_before_and_settled_after() -> None:
    world, (ports, journal) = World(), ports_for(limit_microusd=100)
    await build_and_run(runner(world, worst_case_microusd=60), ports)
    assert (journal.reserved_microusd, journal.spent_microusd, journal.tokens) == (0, 7, 5)


async def test_a_call_that_does_not_fit_the_budget_waits_for_raise_or_stop() -> None:
    world, (ports, journal) = World(), ports_for(limit_microusd=50)
    run = runner(world, worst_case_microusd=60)
    assert (await build_and_run(run, ports)).waiting_on["on"] == "budget"
    assert (world.done, journal.reserved_microusd, journal.spent_microusd) == ([], 0, 0)
    card = journal.events[-1].payload
    assert (card["arguments"]["limit"], card["arguments"]["needed"], card["arguments"]["measure"]) == (50, 60, "microusd")
    assert (await build_and_run(run, ports)).waiting_on["on"] == "budget"
    assert len([e for e in journal.events if e.type is EventType.BUDGET_REACHED]) == 1
    decision = {"decision": "raise", "account": "run", "measure": "microusd", "raise_by": 10}
    await journal.append(NewEvent(EventType.BUDGET_DECIDED, card_path(journal), decision))
    assert (await build_and_run(run, ports)).status == "succeeded"


async def test_a_run_that_is_stopped_at_its_budget_fails_with_the_reason() -> None:
    world, (ports, journal) = World(), ports_for(limit_microusd=50)
    run = runner(world, worst_case_microusd=60)
    await build_and_run(run, ports)
    decision = {"decision": "stop", "reason": "too dear"}
    await journal.append(NewEvent(EventType.BUDGET_DECIDED, card_path(journal), decision))
    outcome = await build_and_run(run, ports)
    assert (outcome.error["code"], outcome.error["message"]) == ("budget_exceeded", "too dear")
    assert world.done == []


def card_path(journal: Any) -> str:
    return str(next(e.path for e in journal.events if e.type is EventType.BUDGET_REACHED))


async def test_an_attempt_that_a_crash_cut_off_stays_on_the_bill_at_its_worst() -> None:
    world, (ports, journal) = World(), ports_for(limit_microusd=1000)
    run = runner(world, worst_case_microusd=60)
    await crash_in_the_middle(world, run, ports)
    assert journal.reserved_microusd == 60
    await build_and_run(run, ports)
    assert (journal.reserved_microusd, journal.spent_microusd) == (0, 67)


async def test_local_work_and_its_record_are_one() -> None:
    calls: list[dict[str, Any]] = []

    async def run(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        work = LocalWork("book", {"arguments": {"slot": 1}})
        return {"r": await ctx.step("tool", kind="tool", effect=Effect.LOCAL, request={"slot": 1}, local=work)}

    def book(data: dict[str, Any]) -> dict[str, Any]:
        calls.append(data)
        return {"id": len(calls)}

    ports, journal = ports_for(local={"book": book})
    outcomes = [await run_in_memory(run, None, {}, ports, "r") for _ in range(2)]
    assert [o.output for o in outcomes] == [{"r": {"id": 1}}] * 2
    assert [e.type for e in journal.events] == [EventType.STEP_FINISHED]


async def test_a_cancelled_step_keeps_what_it_had() -> None:
    async def run(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        async def perform(call: StepCall) -> tuple[Any, dict[str, Any]]:
            call.partial = "The capital of"
            await asyncio.sleep(60)
            return None, {}

        return {"r": await ctx.step("model", kind="model", effect=Effect.MODEL, request={}, perform=perform)}

    ports, journal = ports_for()
    door = build_door(ports)
    task = asyncio.create_task(run_to_outcome(door, "r", run, None, {}))
    while not journal.events:
        await asyncio.sleep(0)
    task.cancel()
    assert (await task).status == "interrupted"
    assert [(i.path, i.partial) for i in door.interrupted] == [("model/0", "The capital of")]


async def test_a_bug_in_the_run_function_is_a_failure_that_says_so() -> None:
    async def run(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError("division by zero")

    ports, _ = ports_for()
    outcome = await run_in_memory(run, None, {}, ports, "r")
    assert outcome.error == {"code": "internal", "message": "ZeroDivisionError: division by zero"}


def test_payloads_of_older_versions_are_brought_up_to_date_and_newer_ones_refused() -> None:
    upgrades = {(EventType.STEP_FINISHED, 1): lambda p: {**p, "duration_s": p["ms"] / 1000}}
    new = upgrade_payload(EventType.STEP_FINISHED, 1, {"ms": 1500}, upgrades, current=2)
    assert new == {"ms": 1500, "duration_s": 1.5}
    assert upgrade_payload(EventType.STEP_STARTED, 1, {"x": 1}, upgrades, current=2) == {"x": 1}
    with pytest.raises(ValueError, match="payload version 3"):
        upgrade_payload(EventType.STEP_STARTED, 3, {}, upgrades, current=2)
