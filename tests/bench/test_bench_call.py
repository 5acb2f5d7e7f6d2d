"""CPU of a structured agent run and of a stream, on the in-memory journal, against the bare OpenAI client."""

from __future__ import annotations

import pytest

from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.strategies import run_agent_spec
from tests.bench.agents import AGENT, INPUTS, bare_call, bare_client, stub_models
from tests.bench.measure import cpu_of, report
from tests.bench.stub import stub_model

pytestmark = pytest.mark.bench


async def test_cpu_of_an_agent_run_in_memory() -> None:
    with stub_model() as url:
        models, client = stub_models(url), bare_client(url)

        async def run() -> None:
            outcome = await run_in_memory(run_agent_spec, AGENT, INPUTS, memory_ports(models=models))
            assert outcome.output == {"answer": "yes"}

        async def plain() -> None:
            assert await bare_call(client, stream=False) == '{"answer": "yes"}'

        async def streamed() -> None:
            assert await bare_call(client, stream=True) == '{"answer": "yes"}'

        ours, floor, same = await cpu_of(run, plain, streamed)
    report("agent run in memory, CPU, to the bare client not streaming", ours, floor, "at most 0.5")
    report("agent run in memory, CPU, to the bare client streaming as we do", ours, same, "at most 0.5")


async def test_cpu_of_a_stream_of_200_tokens() -> None:
    with stub_model(tokens=200) as url:
        models, client = stub_models(url), bare_client(url)

        async def run() -> None:
            ports = memory_ports(models=models)
            outcome = await run_in_memory(run_agent_spec, AGENT, INPUTS, ports)
            assert outcome.output is not None

        async def streamed() -> None:
            assert len(await bare_call(client, stream=True)) > 200

        ours, floor = await cpu_of(run, streamed, times=10)
    report("agent run with a stream of 200 tokens shown live, CPU", ours, floor, "at most 0.5")
