"""Handlers that stop a run by themselves: after a time, at a cost, when the process uses too much memory or processor time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from agents.core.autonomy.interrupts import InterruptMode, InterruptSource

if TYPE_CHECKING:
    from agents.core.autonomy.interrupting import InterruptManager
    from agents.core.runtime.events import NewEvent

MIB = 1024 * 1024


class TimeoutInterruptHandler:
    """Stops the run ``timeout_seconds`` after it began, its waits for people included."""

    def __init__(self, timeout_seconds: float, *, mode: InterruptMode | str = InterruptMode.GRACEFUL):
        if timeout_seconds <= 0:
            raise ValueError(f"timeout_seconds must be above 0, got {timeout_seconds}")
        self.timeout_seconds = timeout_seconds
        self.mode = InterruptMode(mode)

    async def watch(self, manager: InterruptManager) -> None:
        await asyncio.sleep(self.timeout_seconds)
        told = f"the time limit of {self.timeout_seconds:g} s is over"
        manager.request(InterruptSource.SYSTEM, self.mode, told, timeout_seconds=self.timeout_seconds)


class BudgetInterruptHandler:
    """Stops the run once its model calls have cost ``budget_limit`` dollars. What must never be exceeded is the agent's own
    budget (``budget_limit_usd``), which is checked before each call."""

    def __init__(self, budget_limit: float, *, mode: InterruptMode | str = InterruptMode.GRACEFUL):
        if budget_limit <= 0:
            raise ValueError(f"budget_limit must be above 0 dollars, got {budget_limit}")
        self.budget_limit = budget_limit
        self.mode = InterruptMode(mode)
        self.spent_microusd = 0
        self._spent: asyncio.Event | None = None  # of the run that is watched, on its own loop

    def note(self, event: NewEvent) -> None:
        """Hears what the run records; the cost of a step is in the event that ends it."""
        self.spent_microusd += (event.payload.get("usage") or {}).get("cost_microusd") or 0
        if self._spent is not None and self.spent_microusd >= self.budget_limit * 1_000_000:
            self._spent.set()

    async def watch(self, manager: InterruptManager) -> None:
        self.spent_microusd, self._spent = 0, asyncio.Event()
        await self._spent.wait()
        spent = self.spent_microusd / 1_000_000
        told = f"${spent:g} of the limit of ${self.budget_limit:g} are spent"
        manager.request(InterruptSource.SYSTEM, self.mode, told, budget_limit=self.budget_limit, spent=spent)


class ResourceInterruptHandler:
    """Stops the run when this process holds more than ``max_memory_mb`` MiB, or has used ``max_cpu_s`` seconds of processor
    time since the run began. Looks every ``every_s`` seconds."""

    def __init__(
        self,
        max_memory_mb: float | None = None,
        max_cpu_s: float | None = None,
        *,
        every_s: float = 0.5,
        mode: InterruptMode | str = InterruptMode.GRACEFUL,
    ):
        if max_memory_mb is None and max_cpu_s is None:
            raise ValueError("a limit is needed: max_memory_mb, max_cpu_s, or both")
        self.max_memory_mb, self.max_cpu_s, self.every_s = max_memory_mb, max_cpu_s, every_s
        self.mode = InterruptMode(mode)

    async def watch(self, manager: InterruptManager) -> None:
        import psutil  # only who limits resources pays for it

        process = psutil.Process()
        began = _cpu_s(process)
        while True:
            memory, cpu = process.memory_info().rss / MIB, _cpu_s(process) - began
            told = ""
            if self.max_memory_mb is not None and memory > self.max_memory_mb:
                told = f"the process holds {memory:.0f} MiB of memory, {self.max_memory_mb:g} are allowed"
            elif self.max_cpu_s is not None and cpu > self.max_cpu_s:
                told = f"the run has used {cpu:.1f} s of processor time, {self.max_cpu_s:g} are allowed"
            if told:
                manager.request(InterruptSource.SYSTEM, self.mode, told, memory_mb=round(memory), cpu_s=round(cpu, 1))
                return
            await asyncio.sleep(self.every_s)


def _cpu_s(process: Any) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
