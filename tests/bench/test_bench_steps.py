"""The cost of step n: it must not grow with what the journal holds already."""

from __future__ import annotations

import time
from typing import Any

import pytest

from agents.adapters.journal import DatabaseJournal
from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.writes import ClaimRun, RunKey
from agents.core.runtime.chain import build_door
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.memory import CatalogTools, Deltas, SystemClock, memory_ports
from agents.core.runtime.ports import Ports
from agents.services.execution import get_engine, stop_engine
from agents.services.runs import start_run
from tests.bench.agents import AGENT, INPUTS, stub_models
from tests.bench.measure import report
from tests.factories.people import make_people

pytestmark = pytest.mark.bench
POINTS = (10, 100, 1_000, 10_000)
NEAR = 10  # steps on both sides of a point that are measured with it


async def walk(ctx: RunContext) -> dict[int, float]:
    """Seconds of a step around each point."""

    async def perform(call: StepCall) -> tuple[Any, dict[str, Any]]:
        return {"done": True}, {}

    async def steps(first: int, last: int) -> None:
        for n in range(first, last):
            await ctx.step("note", kind="note", effect=Effect.READ, request={"n": n, "text": "x" * 400}, perform=perform)

    took, done = {}, 0
    for point in POINTS:
        await steps(done, point - NEAR)
        started = time.perf_counter()
        await steps(point - NEAR, point + NEAR)
        took[point] = (time.perf_counter() - started) / (2 * NEAR)
        done = point + NEAR
    return took


def tell(journal: str, took: dict[int, float]) -> None:
    for point in POINTS[1:]:
        report(f"step {point:,} {journal}, to step 10", took[point], took[10], "flat: about 1")


async def test_step_n_in_memory_costs_the_same() -> None:
    ports = memory_ports(models=stub_models("http://127.0.0.1:1/v1"))
    tell("in memory", await walk(build_door(ports).context("bench")))


@pytest.mark.django_db(transaction=True)
def test_step_n_in_the_durable_journal_costs_the_same() -> None:
    people = make_people()
    run_id = start_run(principal=people.principal(people.alice), spec=AGENT, inputs=INPUTS).pk

    async def durable() -> dict[int, float]:
        engine = get_engine()
        run, _ = await engine.writer.submit(ClaimRun(run_id, engine.owner, 3600, prepare=lambda run: None))
        key = RunKey(run.id, run.fence, run.organization_id, ())
        ports = Ports(
            journal=DatabaseJournal(engine.writer, key, []),
            models=stub_models("http://127.0.0.1:1/v1"),
            tools=CatalogTools(),
            clock=SystemClock(),
            listener=Deltas(),
        )
        return await walk(build_door(ports).context(str(run_id)))

    try:
        tell("in the durable journal", ENGINE_LOOP.run(durable()))
    finally:
        stop_engine()
