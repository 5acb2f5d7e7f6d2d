"""Hooks: code that hears of steps as they happen. It cannot change them, and its faults are its own."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from agents.core.autonomy.hook_registry import HookEvent, HookRegistry
from agents.core.autonomy.interrupting import CURRENT
from agents.core.autonomy.interrupts import InterruptMode, InterruptSource, StopRequest
from agents.core.runtime.context import Link, Next, StepCall
from agents.core.runtime.errors import RuntimeFault, Stopped

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door

_EVENTS = {
    "tool": (HookEvent.PRE_TOOL_USE, HookEvent.POST_TOOL_USE),
    "model": (HookEvent.PRE_MODEL_CALL, HookEvent.POST_MODEL_CALL),
}


def around_step(door: Door) -> Link:
    """Tells the hooks of the run before and after each model call and tool use that is no replay."""
    hooks = door.ports.hooks
    if hooks is None:
        return _straight_on

    async def link(call: StepCall, go: Next) -> Any:
        events = _EVENTS.get(call.kind)
        if events is None or not (hooks.hears(events[0]) or hooks.hears(events[1])):
            return await go(call)
        return await _told(door, call, go, events)

    return link


async def _straight_on(call: StepCall, go: Next) -> Any:
    return await go(call)


async def _told(door: Door, call: StepCall, go: Next, events: tuple[HookEvent, HookEvent]) -> Any:
    hooks, (before, after) = cast(HookRegistry, door.ports.hooks), events
    manager = CURRENT.get()

    def request_stop(message: str, mode: InterruptMode) -> None:
        door.stop = StopRequest(InterruptSource.PROGRAMMATIC, mode, message)
        if manager is not None:
            manager.request(InterruptSource.PROGRAMMATIC, mode, message)

    about: dict[str, Any] = {"kind": call.kind, "request": call.request, "arguments": call.arguments}
    where: dict[str, Any] = {"run_id": call.run_id, "path": call.path, "agent": call.agent, "request_stop": request_stop}
    await hooks.trigger(before, data=about, **where)
    if door.stop is not None:  # asked for by the hook: the step has not begun
        raise Stopped(door.stop)
    began = perf_counter()
    try:
        result = await go(call)
    except RuntimeFault as fault:
        ended = {"success": False, "error": {"code": fault.code, "message": str(fault)}}
        await hooks.trigger(after, data={**about, **ended, "duration_s": perf_counter() - began}, **where)
        raise
    ended = {"success": True, "result": result}
    await hooks.trigger(after, data={**about, **ended, "duration_s": perf_counter() - began}, **where)
    return result
