"""The durable journal: CPU of an agent run, and 200 runs at once that each wait three times 200 ms for a model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from agents.adapters.loop import ENGINE_LOOP
from agents.models import Run
from agents.services.execution import drive_run, get_engine, stop_engine
from agents.services.runs import start_run
from tests.bench.agents import AGENT, CALLER, INPUTS, bare_call, bare_client, register_three_calls
from tests.bench.measure import cpu_of, report
from tests.bench.stub import stub_model
from tests.factories.people import make_people
from trust.core.principal import Principal

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def alice() -> Principal:
    people = make_people()
    return people.principal(people.alice)


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def use_stub(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-bench")
    monkeypatch.setenv("OPENAI_BASE_URL", url)


def accept(alice: Principal, spec: Any, count: int) -> list[UUID]:
    return [start_run(principal=alice, spec=spec, inputs=INPUTS).pk for _ in range(count)]


def test_cpu_of_an_agent_run_with_the_durable_journal(alice: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, times = 4, 50
    with stub_model() as url:
        use_stub(monkeypatch, url)
        ready = accept(alice, AGENT, rounds * (times + 1) * 2)
        client = bare_client(url)

        async def measure() -> list[float]:
            waiting = iter(ready)

            async def run() -> None:
                await drive_run(get_engine(), next(waiting))

            async def plain() -> None:
                await bare_call(client, stream=True)  # as the agent's own call is

            alone, floor = await cpu_of(run, plain, rounds=rounds, times=times)
            group = [drive_run(get_engine(), run_id) for run_id in waiting]
            started = time.process_time()
            await asyncio.gather(*group)
            return [alone, (time.process_time() - started) / len(group), floor]

        alone, together, floor = ENGINE_LOOP.run(measure())
    assert not Run.objects.exclude(status="succeeded").exists()
    report("agent run with the durable journal, CPU, one after another", alone, floor, "at most 1.0")
    report("agent run with the durable journal, CPU, many at once", together, floor, "at most 1.0")


def test_200_runs_wait_three_times_200_ms_in_one_process(alice: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    register_three_calls()
    ideal_s = 3 * 0.2
    with stub_model(latency_s=0.2) as url:
        use_stub(monkeypatch, url)
        best = float("inf")
        for _ in range(3):
            ready = accept(alice, CALLER, 200)

            async def all_at_once(ready: list[UUID] = ready) -> None:
                await asyncio.gather(*(drive_run(get_engine(), run_id) for run_id in ready))

            started = time.monotonic()
            ENGINE_LOOP.run(all_at_once())
            best = min(best, time.monotonic() - started)
    assert not Run.objects.exclude(status="succeeded").exists()
    report("200 runs at once, three model calls of 200 ms each, wall clock", best, ideal_s, "at most 1.5", "s")
