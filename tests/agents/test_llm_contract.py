"""One contract for both adapters of the model port, over one real HTTP server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.litellm_adapter import LiteLLM
from agents.adapters.llm.openai_compatible import OpenAICompatible
from agents.adapters.llm.wire import tool_call
from agents.core.llm.port import ChatModel, ChatReply, ChatRequest, Message, ModelError, ToolSchema
from agents.core.llm.retry import Retrying
from agents.core.spec.agent import ModelSpec
from tests.factories.model_server import ModelServer, call

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}
TOOL = ToolSchema(
    name="book",
    description="Books a visit",
    parameters={"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]},
)
ADAPTERS = {"lean": OpenAICompatible, "litellm": LiteLLM}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture(params=["lean", pytest.param("litellm", marks=pytest.mark.slow)])  # its library takes seconds to import
def model(request: pytest.FixtureRequest, server: ModelServer, pauses: list[float]) -> ChatModel:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return Retrying(ADAPTERS[request.param](PROVIDERS["openai"], server.url, "sk-test"), sleep, lambda: 0.5)


def ask(text: str = "Hello?", *, retries: int = 2, timeout_s: float = 20, **more: Any) -> ChatRequest:
    return ChatRequest(
        model=ModelSpec(provider="openai", model="gpt-4o-mini", max_retries=retries, timeout_s=timeout_s),
        messages=(Message(role="system", content="Be kind."), Message(role="user", content=text)),
        **more,
    )


async def collect(model: ChatModel, request: ChatRequest) -> tuple[list[str], ChatReply]:
    texts: list[str] = []
    reply = None
    async for delta in model.stream(request):
        assert reply is None, "nothing comes after the whole reply"
        if delta.text:
            texts.append(delta.text)
        reply = delta.reply
    assert reply is not None
    return texts, reply


async def test_a_plain_request_returns_text_usage_and_cost(model: ChatModel, server: ModelServer) -> None:
    server.plan(text="Good day.")
    reply = await model.complete(ask())
    assert (reply.content, reply.finish, reply.provider, reply.model) == ("Good day.", "stop", "openai", "gpt-4o-mini")
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.estimated) == (100, 50, False)
    assert reply.usage.cost_microusd == 45  # 100 x $0.15 and 50 x $0.60 a million
    sent = server.requests[0]
    assert sent["model"] == "gpt-4o-mini"
    assert [m["content"] for m in sent["messages"]] == ["Be kind.", "Hello?"]
    assert server.headers[0]["Authorization"] == "Bearer sk-test"


async def test_a_stream_gives_pieces_in_order_then_the_whole_reply(model: ChatModel, server: ModelServer) -> None:
    server.plan(text="one two three", piece_delay_s=0.02)
    texts, reply = await collect(model, ask())
    assert "".join(texts) == reply.content == "one two three"
    assert len(texts) == 3
    assert reply.usage.output_tokens == 50
    assert reply.usage.cost_microusd == 45
    assert server.requests[0]["stream_options"] == {"include_usage": True}


async def test_a_stream_without_usage_is_estimated_and_says_so(model: ChatModel, server: ModelServer) -> None:
    server.plan(text="word " * 40, usage=None)
    _texts, reply = await collect(model, ask())
    assert reply.usage.output_tokens > 10


async def test_tools_are_offered_and_calls_come_back_parsed(model: ChatModel, server: ModelServer) -> None:
    server.plan(tool_calls=(call("book", {"who": "Ann"}), call("book", {"who": "Bob"}, "call_2")))
    server.plan(tool_calls=(call("book", {"who": "Ann"}),))
    _texts, streamed = await collect(model, ask(tools=(TOOL,)))
    assert [(c.id, c.arguments) for c in streamed.tool_calls] == [("call_1", {"who": "Ann"}), ("call_2", {"who": "Bob"})]
    assert streamed.finish == "tool_calls"
    plain = await model.complete(ask(tools=(TOOL,)))
    assert plain.tool_calls[0].name == "book"
    assert server.requests[0]["tools"][0]["function"]["name"] == "book"
    assert server.requests[0]["tool_choice"] == "auto"


async def test_arguments_that_are_no_json_object_are_kept_as_text(model: ChatModel, server: ModelServer) -> None:
    server.plan(tool_calls=(call("book", '{"who": '),))
    _texts, reply = await collect(model, ask(tools=(TOOL,)))
    assert (reply.tool_calls[0].raw, reply.tool_calls[0].arguments) == ('{"who": ', {})


async def test_tool_results_are_sent_back_with_their_call(model: ChatModel, server: ModelServer) -> None:
    server.plan(tool_calls=(call("book", {"who": "Ann"}),))
    first = ask(tools=(TOOL,))
    reply = await model.complete(first)
    answered = (
        *first.messages,
        Message(role="assistant", tool_calls=reply.tool_calls),
        Message(role="tool", tool_call_id="call_1", content='{"number": 7}'),
    )
    await model.complete(first.model_copy(update={"messages": answered}))
    assert server.requests[1]["messages"][-1]["tool_call_id"] == "call_1"
    assert server.requests[1]["messages"][-2]["tool_calls"][0]["function"]["name"] == "book"


async def test_a_json_schema_is_forwarded_in_strict_form(model: ChatModel, server: ModelServer) -> None:
    server.plan(text='{"answer": "yes"}')
    await model.complete(ask(json_schema=SCHEMA))
    sent = server.requests[0]["response_format"]
    assert sent == {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


async def test_a_schema_that_is_not_strict_goes_into_the_instructions(model: ChatModel, server: ModelServer) -> None:
    await model.complete(ask(json_schema=SCHEMA, strict=False))
    assert "response_format" not in server.requests[0]
    assert '"answer"' in server.requests[0]["messages"][0]["content"]


async def test_a_stream_that_just_ends_is_a_bad_reply_with_its_partial_text(model: ChatModel, server: ModelServer) -> None:
    server.plan(text="one two three four", end_after=2, piece_delay_s=0.02)
    with pytest.raises(ModelError) as caught:
        await collect(model, ask())
    assert (caught.value.code, caught.value.partial, caught.value.retryable) == ("bad_reply", "one two", False)


async def test_a_stream_that_is_cut_is_a_bad_reply_with_its_partial_text(model: ChatModel, server: ModelServer) -> None:
    server.plan(text="one two three four", break_after=2, piece_delay_s=0.05)
    with pytest.raises(ModelError) as caught:
        await collect(model, ask())
    assert (caught.value.code, caught.value.partial) == ("bad_reply", "one two")
    assert len(server.requests) == 1


async def test_too_many_requests_is_repeated_after_the_time_it_names(
    model: ChatModel, server: ModelServer, pauses: list[float]
) -> None:
    server.plan(status=429, error={"message": "slow down"}, headers={"Retry-After": "3"})
    server.plan(text="now")
    assert (await collect(model, ask()))[1].content == "now"
    assert pauses == [3 * 1.125]


async def test_a_server_error_is_repeated_with_growing_pauses_and_then_named(
    model: ChatModel, server: ModelServer, pauses: list[float]
) -> None:
    for _ in range(3):
        server.plan(status=500, error={"message": "broken inside"})
    with pytest.raises(ModelError, match="broken inside") as caught:
        await model.complete(ask())
    assert caught.value.code == "unavailable"
    assert pauses == [0.5, 1.0]
    assert len(server.requests) == 3


async def test_a_refused_request_is_not_repeated(model: ChatModel, server: ModelServer) -> None:
    server.plan(status=401, error={"message": "wrong key"})
    with pytest.raises(ModelError, match="wrong key") as caught:
        await model.complete(ask())
    assert (caught.value.code, len(server.requests)) == ("rejected", 1)


async def test_too_long_a_prompt_has_its_own_code(model: ChatModel, server: ModelServer) -> None:
    error = {"message": "This model's maximum context length is 128000 tokens.", "code": "context_length_exceeded"}
    server.plan(status=400, error=error)
    with pytest.raises(ModelError) as caught:
        await model.complete(ask())
    assert caught.value.code == "context_too_long"


async def test_silence_ends_at_the_time_out(model: ChatModel, server: ModelServer) -> None:
    server.plan(latency_s=30)
    started = time.monotonic()
    with pytest.raises(ModelError) as caught:
        await model.complete(ask(retries=0, timeout_s=0.5))
    assert caught.value.code == "timeout"
    assert time.monotonic() - started < 5


async def test_cancelling_a_stream_closes_its_connection(model: ChatModel, server: ModelServer) -> None:
    server.plan(text="word " * 500, piece_delay_s=0.02)
    heard = asyncio.Event()

    async def listen() -> None:
        async with aclosing(_iterate(model, ask())) as texts:
            async for _text in texts:
                heard.set()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(heard.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(lambda: server.gone == 1)


async def test_cancelling_before_the_first_byte_closes_its_connection(model: ChatModel, server: ModelServer) -> None:
    server.plan(latency_s=30)
    task = asyncio.create_task(model.complete(ask()))
    await _until(lambda: len(server.requests) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(lambda: server.gone == 1)


async def test_the_worst_case_covers_what_a_request_cost(model: ChatModel, server: ModelServer) -> None:
    request = ask("Hello? " * 100, json_schema=SCHEMA)
    reply = await model.complete(request)
    bound = model.worst_case_microusd(request)
    assert bound is not None
    assert reply.usage.cost_microusd is not None
    assert bound > reply.usage.cost_microusd
    unknown = request.model_copy(update={"model": ModelSpec(provider="openai", model="nobody-knows-this")})
    assert model.worst_case_microusd(unknown) is None


async def _iterate(model: ChatModel, request: ChatRequest) -> AsyncGenerator[str, None]:
    async with aclosing(model.stream(request)) as deltas:  # type: ignore[type-var]
        async for delta in deltas:
            yield delta.text


async def _until(true: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


def test_a_key_that_a_provider_repeats_is_in_no_message(model: ChatModel, server: ModelServer) -> None:
    server.plan(status=401, error={"message": "sk-test is not a key of ours"})
    with pytest.raises(ModelError) as refused:
        asyncio.run(collect(model, ask()))
    assert "sk-test" not in str(refused.value)
    assert "is not a key of ours" in str(refused.value)


def test_a_redirect_is_not_followed_to_another_address(server: ModelServer) -> None:
    with ModelServer() as other:
        server.plan(status=307, headers={"Location": f"{other.url}/chat/completions"})
        model = OpenAICompatible(PROVIDERS["openai"], server.url, "sk-test")
        with pytest.raises(ModelError, match="answered 307"):
            asyncio.run(collect(model, ask()))
        assert other.requests == []


@pytest.mark.parametrize("arguments", ['{"who": NaN}', '{"who": 1e999}', '{"who": Infinity}'])
def test_tool_arguments_that_are_no_json_are_told_to_the_model_as_such(arguments: str) -> None:
    assert tool_call("c1", "book", arguments).raw == arguments
