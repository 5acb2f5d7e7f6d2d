"""Branches of a run at the same time. Each branch takes a child scope of its own, so replays find their steps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from agents.core.runtime.errors import RuntimeFault, Stopped, Suspended

T = TypeVar("T")


async def run_parallel(branches: Sequence[Callable[[], Awaitable[T]]], *, at_most: int = 0) -> list[T]:
    """The results in order. ``at_most`` bounds how many run at once; 0: all.

    A branch that waits for a person lets the others go on as far as they can; then the whole run waits. The first error is
    raised when all branches have ended, so that nothing goes on behind the run's back; a cancellation cancels all. What is
    no fault of the run (a lost lease, a failed database, a bug) counts before a stop, and a stop before a wait.
    """
    gate = asyncio.Semaphore(at_most or max(1, len(branches)))

    async def guarded(branch: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await branch()

    tasks = [asyncio.ensure_future(_held(guarded(branch))) for branch in branches]
    try:
        ended = await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    results: list[T] = []
    for error in sorted((error for _, error in ended if error is not None), key=_urgency):
        raise error
    for value, _ in ended:
        results += value
    return results


def _urgency(error: BaseException) -> int:
    foreign = not isinstance(error, Stopped | Suspended | RuntimeFault)
    return 0 if foreign else 1 if isinstance(error, Stopped) else 2 if isinstance(error, Suspended) else 3


async def _held(branch: Awaitable[T]) -> tuple[list[T], BaseException | None]:
    """The result or the signal or error of a branch, as a value: a signal that leaves a task would end the loop."""
    try:
        return [await branch], None
    except asyncio.CancelledError:
        raise
    except (Exception, Stopped, Suspended) as error:  # noqa: BLE001 - raised again when all have ended
        return [], error
