"""Hooks of an agent: what they hear, in which order, and that their faults are their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from agents import InterruptedError  # noqa: A004
from agents.core.autonomy.hook_registry import HookContext, HookEvent, HookRegistry
from agents.core.autonomy.interrupt_handlers import TimeoutInterruptHandler
from agents.core.autonomy.interrupts import InterruptSource
from agents.core.control import ControlProtocol, MemoryTransport, Reply
from tests.agents.control.workshop import DONE, Workshop, agent_of, call


async def test_hooks_hear_of_tools_models_runs_in_order_of_priority() -> None:
    heard: list[str] = []
    agent, _ = agent_of(Workshop(), call("make", what="x"), DONE)

    def hear(name: str) -> Callable[[HookContext], None]:
        return lambda context: heard.append(f"{name} {context.event.name} {context.agent}".strip())

    agent.register_hook(HookEvent.PRE_TOOL_USE, hear("late"), priority=3)
    agent.register_hook("pre_tool_use", hear("first"), priority=0)
    agent.register_hook(HookEvent.POST_TOOL_USE, hear("after"))
    agent.register_hook(HookEvent.PRE_AGENT_LOOP, hear("begin"))
    agent.register_hook(HookEvent.POST_AGENT_LOOP, hear("end"))
    await agent.run_async(task="x")
    assert heard == [
        "begin PRE_AGENT_LOOP",
        "first PRE_TOOL_USE BaseAgent",
        "late PRE_TOOL_USE BaseAgent",
        "after POST_TOOL_USE BaseAgent",
        "end POST_AGENT_LOOP",
    ]


async def test_a_failing_or_slow_hook_breaks_nothing_and_is_counted() -> None:
    workshop = Workshop()
    agent, _ = agent_of(workshop, call("make", what="x"), DONE)

    def broken(context: HookContext) -> None:
        raise RuntimeError("out of ink")

    async def slow(context: HookContext) -> None:
        await asyncio.sleep(60)

    agent.hooks.register(HookEvent.PRE_TOOL_USE, broken)
    agent.hooks.register(HookEvent.PRE_TOOL_USE, slow, timeout_s=0.05)
    agent.hooks.register(HookEvent.PRE_INTERRUPT, broken)
    assert (await agent.run_async(task="x"))["answer"] == "done"
    assert len(workshop.calls) == 1
    stats = {name.rpartition(".")[2]: each for name, each in agent.hooks.stats().items()}
    assert (stats["broken"].calls, stats["broken"].failures) == (1, 1)
    assert stats["slow"].failures == 1
    assert 40 < stats["slow"].max_ms < 1000


async def test_a_failing_hook_cannot_veto_a_stop() -> None:
    heard: list[str] = []
    workshop = Workshop(takes_s=0.2)
    agent, _ = agent_of(workshop, call("make", what="x"), DONE)

    def veto(context: HookContext) -> bool:
        heard.append(context.event.name)
        raise RuntimeError("you shall not stop")

    for event in (HookEvent.PRE_INTERRUPT, HookEvent.POST_INTERRUPT, HookEvent.PRE_CHECKPOINT_SAVE):
        agent.register_hook(event, veto)
    agent.register_hook(HookEvent.POST_CHECKPOINT_SAVE, lambda context: heard.append(context.data["checkpoint_id"][:5]))
    agent.interrupt_manager.add_handler(TimeoutInterruptHandler(0.05))
    with pytest.raises(InterruptedError):
        await agent.run_async(task="x")
    assert sorted(heard) == ["POST_INTERRUPT", "PRE_CHECKPOINT_SAVE", "PRE_INTERRUPT", "ckpt_"]


async def test_a_hook_may_ask_for_a_stop_before_a_tool_is_used() -> None:
    workshop = Workshop()
    agent, _ = agent_of(workshop, call("make", what="x"), DONE)
    agent.register_hook(HookEvent.PRE_TOOL_USE, lambda context: context.stop("the workshop is closed"))
    with pytest.raises(InterruptedError, match="the workshop is closed") as stopped:
        await agent.run_async(task="x")
    assert stopped.value.reason.source is InterruptSource.PROGRAMMATIC
    assert workshop.calls == []


async def test_a_replayed_step_is_not_told_again() -> None:
    heard: list[str] = []
    transport = MemoryTransport(lambda request: Reply(id=request.id, decision="approve"))
    async with ControlProtocol(transport) as control:
        agent, _ = agent_of(Workshop(danger="high"), call("make", what="x"), DONE, control=control)
        for event in (HookEvent.PRE_TOOL_USE, HookEvent.PRE_MODEL_CALL):
            agent.register_hook(event, lambda context: heard.append(context.event.name))
        await agent.run_async(task="x")
    assert heard == ["PRE_MODEL_CALL", "PRE_TOOL_USE", "PRE_MODEL_CALL"]


def test_hook_objects_and_wrong_events() -> None:
    class Logger:
        events = ("PRE_TOOL_USE", "post_tool_use")
        name = "logger"

        async def handle(self, context: HookContext) -> None: ...

    hooks = HookRegistry()
    hooks.register_hook(Logger())
    assert hooks.hears(HookEvent.PRE_TOOL_USE)
    assert hooks.hears(HookEvent.POST_TOOL_USE)
    with pytest.raises(ValueError, match="PRE_TOOL_USE, POST_TOOL_USE"):
        hooks.register("before_lunch", print)
    with pytest.raises(TypeError, match="a hook object has events"):
        hooks.register_hook(print)
