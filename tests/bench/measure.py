"""How benches measure and print: CPU of this process by rounds that take turns, and one line with a ratio."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable


async def cpu_of(*calls: Callable[[], Awaitable[object]], rounds: int = 5, times: int = 60) -> list[float]:
    """CPU seconds, all threads, of one call of each: the best of some rounds that take turns."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for index, call in enumerate(calls):
            await call()
            started = time.process_time()
            for _ in range(times):
                await call()
            best[index] = min(best[index], (time.process_time() - started) / times)
    return best


def report(what: str, ours: float, floor: float, target: str, unit: str = "ms") -> None:
    scale = 1e3 if unit == "ms" else 1.0
    print(f"\n{what}: {ours / floor:.2f} of the floor ({target}); {ours * scale:.3f} {unit} against {floor * scale:.3f} {unit}")
