"""A time limit around a part of a run. That it was reached is written to the journal, so a replay takes the same way without
doing any of the work again.

Only time of work counts: while the run waits for a person nothing runs, and after a crash or a wait the limit begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.events import Event, EventType, Money, NewEvent
from trust.core.canonical import digest

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door, Interrupted

T = TypeVar("T")
KIND = "timeout"


class TimedOut(RuntimeFault):
    """The work took longer than its limit of ``seconds``."""

    code = "timeout"

    def __init__(self, seconds: float):
        super().__init__(f"it took longer than {seconds:g} s", seconds=seconds)
        self.seconds = seconds


async def within_time(ctx: RunContext, seconds: float, work: Callable[[], Awaitable[T]]) -> T:
    """What ``work``, whose steps all lie in the scope of ``ctx``, comes to. Raises ``TimedOut``. In
    no time at all (``seconds`` is 0) no work begins.

    Steps that are cut off end as failed, and what was reserved for them is on the bill: nobody knows that they were free.
    """
    door = ctx.keeper
    assert door is not None, "a run's context comes from its door"
    path = ctx.next_path(KIND)
    seen = door.record.get(path)
    if seen is not None and seen.ended:
        raise TimedOut(float(seen.result["seconds"]))
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            if seconds:
                return await work()
    except TimeoutError:
        if not limit.expired():
            raise
    await door.append(*_cut_off(door, ctx.scope, seconds), _reached(path, ctx.scope, seconds))
    raise TimedOut(seconds)


def timed_out_scopes(events: Iterable[Event]) -> list[str]:
    """The scopes whose work a limit ended."""
    return [
        str(e.payload["result"]["scope"]) for e in events if e.type is EventType.STEP_FINISHED and e.payload.get("kind") == KIND
    ]


def _reached(path: str, scope: str, seconds: float) -> NewEvent:
    request = {"seconds": seconds}
    payload = {
        "kind": KIND,
        "effect": Effect.READ.value,
        "digest": digest({"kind": KIND, "request": request}),
        "request": request,
        "result": {"seconds": seconds, "scope": scope},
        "duration_s": seconds,
    }
    return NewEvent(EventType.STEP_FINISHED, path, payload)


def _cut_off(door: Door, scope: str, seconds: float) -> list[NewEvent]:
    below = [step for step in door.interrupted if step.path.startswith(f"{scope}/")]
    door.interrupted = [step for step in door.interrupted if step not in below]
    return [_failed(door, step, seconds) for step in below]


def _failed(door: Door, step: Interrupted, seconds: float) -> NewEvent:
    seen = door.record.get(step.path)
    reserved = seen.reserved_microusd if seen else 0
    tokens = seen.reserved_tokens if seen else 0
    payload = {
        "kind": step.kind,
        "digest": seen.digest if seen else "",
        "error": {"code": KIND, "message": f"cut off after {seconds:g} s; whether it took effect is not known"},
        "duration_s": seconds,
        "lost_microusd": reserved,
    }
    if step.partial:
        payload["partial"] = step.partial
    money = Money(release_microusd=reserved, spend_microusd=reserved, release_tokens=tokens) if reserved or tokens else None
    return NewEvent(EventType.STEP_FAILED, step.path, payload, money)
