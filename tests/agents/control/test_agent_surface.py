"""Control, interrupts and checkpoints as a Python user meets them: on an agent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from agents import InterruptedError  # noqa: A004
from agents.adapters.checkpoints import FolderCheckpoints
from agents.core.autonomy.checkpoints import MemoryCheckpoints, UnknownCheckpoint
from agents.core.autonomy.interrupt_handlers import (
    BudgetInterruptHandler,
    ResourceInterruptHandler,
    TimeoutInterruptHandler,
)
from agents.core.autonomy.interrupting import InterruptManager
from agents.core.autonomy.interrupts import InterruptMode, InterruptSource
from agents.core.control import ApprovalRequest, BudgetRequest, ControlProtocol, MemoryTransport, Question, Reply
from agents.core.runtime.ports import ToolContext
from tests.agents.control.workshop import DONE, Workshop, agent_of, call

ROOT = Path(__file__).resolve().parents[3]


# --- control


async def test_the_tools_of_an_agent_are_approved_over_its_control() -> None:
    workshop, seen = Workshop(danger="high"), []

    def respond(request: Any) -> Reply:
        seen.append(request)
        return Reply(id=request.id, decision="edit", arguments={"what": "a chair"}, seen_digest=request.digest)

    async with ControlProtocol(MemoryTransport(respond)) as control:
        agent, _ = agent_of(workshop, call("make", what="a table"), DONE, control=control)
        assert (await agent.run_async(task="furnish")) == {"answer": "done"}
    assert isinstance(seen[0], ApprovalRequest)
    assert (seen[0].title, seen[0].risk, seen[0].arguments) == ("Make a table", "high", {"what": "a table"})
    assert "danger is high" in seen[0].why
    assert workshop.calls == [{"what": "a chair"}]


async def test_asking_back_lets_the_agent_explain_and_call_again() -> None:
    workshop, replies = Workshop(danger="high"), iter([("ask_back", "What for?"), ("approve", "")])

    def respond(request: Any) -> Reply:
        decision, reason = next(replies)
        return Reply.model_validate({"id": request.id, "decision": decision, "reason": reason})

    async with ControlProtocol(MemoryTransport(respond)) as control:
        agent, model = agent_of(workshop, call("make", what="x"), call("make", what="x"), DONE, control=control)
        await agent.run_async(task="furnish")
    told = model.requests[1].messages[-1].content
    assert "asked_back" in told
    assert "What for?" in told
    assert len(workshop.calls) == 1


async def test_an_agent_at_its_budget_asks_and_goes_on_when_it_is_raised() -> None:
    dear = {"json": {"answer": "done"}, "usage": {"cost_microusd": 900}}
    seen: list[Any] = []

    def respond(request: Any) -> Reply:
        seen.append(request)
        return Reply.model_validate({"id": request.id, "decision": "raise", "raise_by": 1000})

    async with ControlProtocol(MemoryTransport(respond)) as control:
        agent, _ = agent_of(Workshop(), dear, control=control, config={"budget_limit_usd": 0.0001})
        assert (await agent.run_async(task="think"))["answer"] == "done"
    assert isinstance(seen[0], BudgetRequest)
    assert (seen[0].measure, seen[0].limit, seen[0].needed) == ("microusd", 100, 900)


async def test_questions_approvals_and_progress_of_an_agent_reach_its_person() -> None:
    def respond(request: Any) -> Reply:
        if isinstance(request, Question):
            return Reply(id=request.id, decision="answer", result="B")
        return Reply(id=request.id, decision="reject", reason="no")

    transport = MemoryTransport(respond)
    protocol = ControlProtocol(transport)
    await protocol.start()
    agent, _ = agent_of(Workshop(), control=protocol)
    assert await agent.ask_user_question("Which option?", ["A", "B"]) == "B"
    assert await agent.request_approval("Delete files?", {"files": ["a"]}) is False
    await agent.report_progress("Processing...", percentage=50)
    assert transport.messages[-1].model_dump() == {"type": "progress", "message": "Processing...", "percentage": 50.0}
    with pytest.raises(ValueError, match="between 0 and 100"):
        await agent.report_progress("Too far", percentage=101)
    await protocol.stop()


async def test_an_agent_without_control_says_whom_it_lacks() -> None:
    agent, _ = agent_of(Workshop())
    with pytest.raises(RuntimeError, match="nobody to ask"):
        await agent.ask_user_question("Which?")
    await agent.report_progress("Nobody watches", 50)


# --- interrupts


async def test_a_graceful_stop_finishes_the_step_and_the_checkpoint_goes_on_from_there() -> None:
    workshop = Workshop(takes_s=0.1)
    agent, model = agent_of(workshop, call("make", what="x"), DONE)
    run = asyncio.create_task(agent.run_async(task="build"))
    await asyncio.to_thread(workshop.begun.wait, 5)
    agent.interrupt_manager  # noqa: B018 - made too late for this run, so it is not stopped
    assert (await run)["answer"] == "done"

    workshop, store = Workshop(takes_s=0.1), MemoryCheckpoints()
    agent, model = agent_of(workshop, call("make", what="x"), DONE, checkpoints=store)
    manager = agent.interrupt_manager
    run = asyncio.create_task(agent.run_async(task="build"))
    await asyncio.to_thread(workshop.begun.wait, 5)
    manager.request(InterruptSource.USER, message="enough")
    with pytest.raises(InterruptedError) as stopped:
        await run
    reason = stopped.value.reason
    assert (reason.source, reason.mode, reason.message) == (InterruptSource.USER, InterruptMode.GRACEFUL, "enough")
    assert len(workshop.calls) == 1, "the step that was under way was finished"
    assert len(model.requests) == 1, "no further one began"
    again = await agent.run_async(resume_from=reason.metadata["checkpoint_id"])
    assert again == {"answer": "done"}
    assert len(workshop.calls) == 1, "nothing was done twice"
    assert len(model.requests) == 2


async def test_a_second_request_is_immediate() -> None:
    workshop = Workshop(takes_s=30)
    agent, _ = agent_of(workshop, call("make", what="x"), DONE)
    manager = agent.interrupt_manager
    run = asyncio.create_task(agent.run_async(task="build"))
    await asyncio.to_thread(workshop.begun.wait, 5)
    manager.request(InterruptSource.USER, message="please")
    await asyncio.sleep(0.05)
    assert not run.done()
    assert manager.request(InterruptSource.USER, message="now").mode is InterruptMode.IMMEDIATE
    with pytest.raises(InterruptedError) as stopped:
        await asyncio.wait_for(run, 2)
    assert stopped.value.reason.mode is InterruptMode.IMMEDIATE
    assert workshop.calls == []


async def test_patience_with_a_graceful_stop_ends() -> None:
    workshop = Workshop(takes_s=30)
    agent, _ = agent_of(workshop, call("make", what="x"), config={"graceful_shutdown_timeout": 0.1, "enable_interrupts": True})
    agent.interrupt_manager.add_handler(TimeoutInterruptHandler(timeout_seconds=0.5))
    with pytest.raises(InterruptedError, match="time limit of 0.5 s") as stopped:
        await asyncio.wait_for(agent.run_async(task="build"), 3)
    assert stopped.value.reason.source is InterruptSource.SYSTEM
    assert stopped.value.reason.mode is InterruptMode.IMMEDIATE


async def test_a_budget_handler_stops_after_the_call_that_reached_it() -> None:
    paid = {**call("make", what="x"), "usage": {"cost_microusd": 600_000}}
    workshop = Workshop(takes_s=0.05)
    agent, model = agent_of(workshop, paid, paid, paid, DONE)
    agent.interrupt_manager.add_handler(BudgetInterruptHandler(budget_limit=1.0))
    with pytest.raises(InterruptedError, match=r"\$1.2 of the limit of \$1 are spent"):
        await agent.run_async(task="spend")
    assert len(model.requests) == 2


def test_a_budget_handler_watches_every_run_of_its_agent_each_on_a_loop_of_its_own() -> None:
    paid = {**call("make", what="x"), "usage": {"cost_microusd": 600_000}}
    agent, model = agent_of(Workshop(takes_s=0.05), *[paid] * 6)
    agent.interrupt_manager.add_handler(BudgetInterruptHandler(budget_limit=1.0))
    for asked in (2, 4):
        with pytest.raises(InterruptedError, match=r"\$1.2 of the limit of \$1 are spent"):
            asyncio.run(agent.run_async(task="spend"))
        assert len(model.requests) == asked


async def test_a_stop_that_a_tool_asks_for_holds_before_the_next_step_of_a_run_that_never_waits() -> None:
    class Enough(Workshop):
        async def _make(self, arguments: dict[str, Any], context: ToolContext) -> Any:
            made = await super()._make(arguments, context)
            agent.interrupt_manager.request(message="the tool has seen enough")
            return made

    agent, model = agent_of(Enough(), call("make", what="x"), DONE)
    assert not agent.interrupt_manager.is_interrupted
    with pytest.raises(InterruptedError, match="the tool has seen enough"):
        await agent.run_async(task="build")
    assert len(model.requests) == 1


async def test_a_resource_handler_stops_a_process_that_is_too_large() -> None:
    agent, _ = agent_of(Workshop(takes_s=5), call("make", what="x"), DONE)
    agent.interrupt_manager.add_handler(ResourceInterruptHandler(max_memory_mb=1, mode="immediate"))
    with pytest.raises(InterruptedError, match="MiB of memory, 1 are allowed"):
        await asyncio.wait_for(agent.run_async(task="grow"), 3)
    with pytest.raises(ValueError, match="a limit is needed"):
        ResourceInterruptHandler()


async def test_a_stop_reaches_the_agents_that_an_agent_runs() -> None:
    inner_shop = Workshop(takes_s=30)
    inner, _ = agent_of(inner_shop, call("make", what="x"), DONE)
    outer_shop = Workshop()
    outer, _ = agent_of(outer_shop, call("make", what="y"), DONE)

    async def delegate(arguments: dict[str, Any], context: ToolContext) -> Any:
        return await inner.run_async(task="inner")

    object.__setattr__(outer_shop.tool, "call", delegate)
    manager = outer.interrupt_manager
    run = asyncio.create_task(outer.run_async(task="outer"))
    await asyncio.to_thread(inner_shop.begun.wait, 5)
    manager.request(InterruptSource.USER, InterruptMode.IMMEDIATE, "all of you")
    with pytest.raises(InterruptedError):
        await asyncio.wait_for(run, 3)
    assert inner.interrupt_manager.reason is not None
    assert inner.interrupt_manager.reason.message == "with its parent: all of you"


async def test_a_stop_wakes_a_run_that_waits_for_a_person() -> None:
    transport = MemoryTransport()
    async with ControlProtocol(transport) as control:
        agent, _ = agent_of(Workshop(danger="high"), call("make", what="x"), DONE, control=control)
        manager = agent.interrupt_manager
        run = asyncio.create_task(agent.run_async(task="ask"))
        request = await transport.next_request()
        assert request.title == "Make x"
        manager.request(InterruptSource.PROGRAMMATIC, message="never mind")
        with pytest.raises(InterruptedError) as stopped:
            await asyncio.wait_for(run, 2)
        resumed = asyncio.create_task(agent.run_async(resume_from=stopped.value.reason.metadata["checkpoint_id"]))
        again = await transport.next_request(after=len(transport.messages))
        transport.reply(Reply(id=again.id, decision="approve"))
        assert (await asyncio.wait_for(resumed, 2))["answer"] == "done"


async def test_a_request_before_the_run_stops_it_before_its_first_step_and_the_next_run_is_free() -> None:
    agent, model = agent_of(Workshop(), DONE)
    agent.interrupt_manager.request(message="not at all")
    with pytest.raises(InterruptedError):
        await agent.run_async(task="x")
    assert model.requests == []
    assert (await agent.run_async(task="x"))["answer"] == "done"


async def test_checkpoints_in_a_folder_survive_and_refuse_strange_names(tmp_path: Path) -> None:
    workshop = Workshop(takes_s=0.1)
    agent, _ = agent_of(workshop, call("make", what="x"), DONE, checkpoints=FolderCheckpoints(tmp_path / "kept"))
    agent.interrupt_manager.add_handler(TimeoutInterruptHandler(0.05))
    with pytest.raises(InterruptedError) as stopped:
        await agent.run_async(task="build")
    checkpoint_id = stopped.value.reason.metadata["checkpoint_id"]
    assert oct((tmp_path / "kept" / f"{checkpoint_id}.json").stat().st_mode)[-3:] == "600"
    other, _ = agent_of(workshop, DONE, checkpoints=FolderCheckpoints(tmp_path / "kept"))
    assert (await other.run_async(resume_from=checkpoint_id))["answer"] == "done"
    for name in ("../secret", "ckpt_1", "/etc/passwd"):
        with pytest.raises(UnknownCheckpoint):
            await FolderCheckpoints(tmp_path / "kept").load(name)
    changed, _ = agent_of(workshop, DONE, checkpoints=FolderCheckpoints(tmp_path / "kept"), name="Other")
    with pytest.raises(ValueError, match="another version of agent"):
        await changed.run_async(resume_from=checkpoint_id)


SCRIPT = """
import sys, time
sys.path.insert(0, {root!r})
from tests.agents.control.workshop import DONE, Workshop, agent_of, call
agent, _ = agent_of(Workshop(takes_s={takes}), call("make", what="x"), DONE)
agent.interrupt_manager
print("ready", flush=True)
try:
    agent.run(task="build")
except InterruptedError as e:
    print(e.reason.mode.value, e.reason.message, e.reason.metadata["checkpoint_id"][:5], flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("takes_s", "presses", "mode"), [(0.8, 1, "graceful"), (30, 2, "immediate")])
def test_ctrl_c_stops_gracefully_and_a_second_one_at_once(takes_s: float, presses: int, mode: str) -> None:
    code = SCRIPT.format(root=str(ROOT), takes=takes_s)
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        time.sleep(0.15)
    said, _ = process.communicate(timeout=10)
    assert said == f"{mode} Ctrl+C ckpt_\n"
    assert process.returncode == 0


def test_the_first_request_wins_until_it_escalates() -> None:
    manager = InterruptManager()
    assert manager.request(InterruptSource.USER, message="one").message == "one"
    second = manager.request(InterruptSource.SYSTEM, message="two")
    assert (second.message, second.mode) == ("one", InterruptMode.IMMEDIATE)
    assert manager.request(message="three") == second
