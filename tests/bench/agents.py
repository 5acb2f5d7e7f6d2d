"""The agent and the bare call that the benches compare: one structured question, one answer."""

from __future__ import annotations

import logging
from typing import Any

from openai import AsyncOpenAI

from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.openai_compatible import OpenAICompatible
from agents.adapters.llm.providers import Providers
from agents.core.llm.render import render_messages
from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.json_schema import output_schema
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.core.strategies.catalog import strategy_names
from agents.core.strategies.single_shot import SingleShot

_TEXT = ScalarType(kind="str")
SIGNATURE = SignatureSpec(
    name="Answering",
    instructions="Answer the question in one sentence.",
    intent="Help people quickly",
    guidelines=("Be kind.", "Say so when you do not know."),
    inputs=(FieldSpec(name="question", type=_TEXT, description="What the person asks"),),
    outputs=(FieldSpec(name="answer", type=_TEXT, description="The answer"),),
)
AGENT = AgentSpec(name="bench", signature=SIGNATURE, model=ModelSpec(provider="openai", model="gpt-4o-mini"))
CALLER = AGENT.model_copy(update={"name": "bench caller", "strategy": "bench_three_calls"})
INPUTS = {"question": "Is the clinic open on Saturday?"}


class ThreeCalls(SingleShot):
    """Asks three times, one after another, and answers what it heard last."""

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: Any) -> dict[str, Any]:
        for _ in range(2):
            await super().run(ctx, spec, values, params)
        return await super().run(ctx, spec, values, params)


def register_three_calls() -> None:
    strategy_names()["bench_three_calls"] = "tests.bench.agents:ThreeCalls"


def stub_models(url: str) -> Providers:
    return Providers({}, instances={"openai": OpenAICompatible(PROVIDERS["openai"], url, "sk-bench")})


def bare_client(url: str) -> AsyncOpenAI:
    """Quiet, as in production: a log line for each request would be counted against it."""
    for name in ("httpx", "httpcore", "openai"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return AsyncOpenAI(base_url=url, api_key="sk-bench", max_retries=0)


async def bare_call(client: AsyncOpenAI, *, stream: bool) -> str:
    """The same request by the bare client: the same messages, the same strict schema."""
    messages: Any = [{"role": m.role, "content": m.content} for m in render_messages(SIGNATURE, INPUTS)]
    schema: Any = {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": output_schema(SIGNATURE)},
    }
    if not stream:
        reply = await client.chat.completions.create(model="gpt-4o-mini", messages=messages, response_format=schema)
        return reply.choices[0].message.content or ""
    pieces = await client.chat.completions.create(
        model="gpt-4o-mini", messages=messages, response_format=schema, stream=True, stream_options={"include_usage": True}
    )
    return "".join([(c.choices[0].delta.content or "") if c.choices else "" async for c in pieces])
