"""Addresses of models that people typed: no consumer of them connects to where the organization's rules do not let it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import web

from agents.adapters.egress import EgressRules
from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.litellm_adapter import LiteLLM
from agents.adapters.llm.openai_compatible import OpenAICompatible
from agents.core.llm.port import ChatRequest, Message, ModelError, TranscriptionRequest
from agents.core.spec.agent import ModelSpec
from tests.agents.test_llm_media import part_of
from tests.factories.media import wav

KEY = "a-key-of-some-length"
MODELS = ("gpt-4o", "mistral-large-latest")  # the library asks them in two different ways
HELLO = {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}


def chat(model: str) -> ChatRequest:
    spec = ModelSpec(provider="azure", model=model, max_retries=0, timeout_s=20)
    return ChatRequest(model=spec, messages=(Message(role="user", content="hi"),))


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[int]:
    """The port of a server on this machine that answers so, whatever it is asked."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Inner:
    """What must not be reached: ``arrived`` are the paths that were asked for."""

    def __init__(self) -> None:
        self.arrived: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.arrived.append(request.path)
        return web.json_response(
            {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [HELLO], "text": "secret"}
        )


async def test_sound_is_not_sent_where_the_rules_do_not_let_it() -> None:
    inner = Inner()
    async with serving(inner.answer) as port:
        adapter = OpenAICompatible(PROVIDERS["custom"], f"http://127.0.0.1:{port}", rules=EgressRules())
        part = part_of(wav())
        request = TranscriptionRequest(model=ModelSpec(provider="custom", model="m"), audio=part, media={part.key: wav()})
        with pytest.raises(ModelError, match="not allowed"):
            await adapter.transcribe(request)
    assert not inner.arrived


@pytest.mark.parametrize("model", MODELS)
async def test_litellm_does_not_follow_to_where_the_rules_do_not_let_it(model: str) -> None:
    inner = Inner()

    async def send_on(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"http://127.0.0.1:{closed}/chat/completions"})

    async with serving(inner.answer) as closed, serving(send_on) as port:
        rules = EgressRules((f"127.0.0.1:{port}",), private=True)
        adapter = LiteLLM(PROVIDERS["azure"], f"http://127.0.0.1:{port}", KEY, rules)
        for asked in (adapter.complete(chat(model)), anext(adapter.stream(chat(model)))):
            with pytest.raises(ModelError):
                await asked
    assert not inner.arrived


@pytest.mark.parametrize("model", MODELS)
async def test_litellm_reaches_what_the_rules_allow(model: str) -> None:
    inner = Inner()
    async with serving(inner.answer) as port:
        adapter = LiteLLM(PROVIDERS["azure"], f"http://127.0.0.1:{port}", KEY, EgressRules(("127.0.0.1",), private=True))
        assert (await adapter.complete(chat(model))).content == "hello"
    assert len(inner.arrived) == 1


@pytest.mark.parametrize("model", MODELS)
async def test_litellm_does_not_connect_to_what_a_name_stands_for_a_moment_later(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = Inner()
    async with serving(inner.answer) as port:
        answers = iter(["93.184.216.34"])

        def look_up(host: Any, *given: Any, **more: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        adapter = LiteLLM(PROVIDERS["azure"], f"http://rebinds.example.org:{port}", KEY, EgressRules())
        with pytest.raises(ModelError):
            await adapter.complete(chat(model))
        assert next(answers, None) is None, "it passed the first look"
    assert not inner.arrived


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b"x", b"data: {}\n"])
async def test_an_answer_that_does_not_end_is_not_kept(piece: bytes) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(1_000):
                await response.write(piece * (1_000_000 // len(piece)))
        return response

    async with serving(answer) as port:
        adapter = OpenAICompatible(PROVIDERS["custom"], f"http://127.0.0.1:{port}")
        with pytest.raises(ModelError, match="does not come to an end"):
            await adapter.complete(chat("m"))
        with pytest.raises(ModelError, match="does not come to an end"):
            [delta async for delta in adapter.stream(chat("m"))]
