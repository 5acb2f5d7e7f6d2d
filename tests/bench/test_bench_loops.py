"""A tool loop of five calls and three agents in a row, in memory and durable, against the bare client; 500 runs at once."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import psutil
import pytest
from django.db import connection

from agents.adapters.loop import ENGINE_LOOP
from agents.core.runtime.memory import CatalogTools, memory_ports, run_in_memory
from agents.core.spec.agent import AgentSpec
from agents.core.strategies import run_agent_spec
from agents.models import Run
from agents.services.execution import drive_run, get_engine, stop_engine
from tests.bench.agents import AGENT, INPUTS, bare_client, stub_models
from tests.bench.loops import CALLS, LOOK_UP, LOOPER, TRIO, bare_loop, bare_trio, register_loops
from tests.bench.measure import cpu_of, report
from tests.bench.stub import stub_model
from tests.bench.test_bench_durable import accept, alice, use_stub
from trust.core.principal import Principal

__all__ = ["alice"]
pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
Bare = Callable[[Any], Awaitable[object]]
CASES = [("tool loop of five calls", LOOPER, bare_loop, CALLS), ("three agents in a row", TRIO, bare_trio, 0)]


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    register_loops()
    yield
    stop_engine()


@pytest.mark.parametrize(("what", "spec", "bare", "tool_calls"), CASES)
async def test_cpu_in_memory(what: str, spec: AgentSpec, bare: Bare, tool_calls: int) -> None:
    with stub_model(tool_calls=tool_calls) as url:
        models, client = stub_models(url), bare_client(url)

        async def ours() -> None:
            ports = memory_ports(models=models, tools=CatalogTools({"look_up": LOOK_UP}))
            outcome = await run_in_memory(run_agent_spec, spec, INPUTS, ports)
            assert outcome.output == {"answer": "yes"}, outcome

        mine, floor = await cpu_of(ours, lambda: bare(client), times=15)
    report(f"{what}, in memory, CPU", mine, floor, "at most 0.5")


@pytest.mark.parametrize(("what", "spec", "bare", "tool_calls"), CASES)
def test_cpu_durable(
    what: str, spec: AgentSpec, bare: Bare, tool_calls: int, alice: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, times = 4, 15
    with stub_model(tool_calls=tool_calls) as url:
        use_stub(monkeypatch, url)
        ready = iter(accept(alice, spec, rounds * (times + 1)))
        client = bare_client(url)

        async def measure() -> list[float]:
            async def ours() -> None:
                await drive_run(get_engine(), next(ready))

            return await cpu_of(ours, lambda: bare(client), rounds=rounds, times=times)

        mine, floor = ENGINE_LOOP.run(measure())
    assert not Run.objects.exclude(status="succeeded").exists()
    aim = "at most 1.0" if connection.vendor == "sqlite" else "printed"
    report(f"{what}, durable on {connection.vendor}, CPU", mine, floor, aim)


def test_500_runs_in_flight_at_200_ms(alice: Principal, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ENV = settings.ENV.model_copy(update={"kaizen_engine_concurrency": 600})
    process = psutil.Process()
    with stub_model(latency_s=0.2) as url:
        use_stub(monkeypatch, url)
        ENGINE_LOOP.run(drive_run(get_engine(), accept(alice, AGENT, 1)[0]))
        ready: list[UUID] = accept(alice, AGENT, 500)
        gc.collect()
        before = process.memory_info().rss
        peak = 0

        async def all_at_once() -> float:
            nonlocal peak
            tasks = [asyncio.ensure_future(drive_run(get_engine(), run_id)) for run_id in ready]
            started = time.monotonic()
            while not all(task.done() for task in tasks):
                peak = max(peak, process.memory_info().rss)
                await asyncio.sleep(0.02)
            return time.monotonic() - started

        took = ENGINE_LOOP.run(all_at_once())
    assert not Run.objects.exclude(status="succeeded").exists()
    report("500 runs in flight, one model call of 200 ms each, wall clock", took, 0.2, "share of ideal", "s")
    print(f"memory of a run in flight: {(peak - before) / 1024 / 500:.1f} KiB")
