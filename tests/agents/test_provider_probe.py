"""The test of a provider: a small real call, told in plain words, with the models that the provider lists."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from agents.adapters.llm.catalog import PROVIDERS, Provider
from agents.adapters.llm.probe import Endpoint, _names, probe
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.spec.agent import ModelSpec
from agents.models import ProviderKey
from agents.services.models import list_providers
from agents.services.provider_keys import remove_provider_key, save_provider_key, try_provider
from tests.factories.model_server import ModelServer
from tests.factories.nearby import open_this_machine
from tests.factories.people import make_people
from trust.core.errors import NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
KEY = "sk-organization-0123456789/+abcdWXYZ"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in PROVIDERS.values():
        for name in (*provider.key_variables, *(v for group in provider.needs for v in group), provider.url_variable):
            monkeypatch.delenv(name or "KAIZEN_TEST_NOTHING", raising=False)


@pytest.fixture
def alice() -> Principal:
    people = make_people()
    return people.principal(people.alice)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture(autouse=True)
def model_server_on_this_machine(alice: Principal) -> None:
    open_this_machine(alice)


def test_a_test_makes_a_real_call_and_keeps_what_it_came_to(alice: Principal, server: ModelServer) -> None:
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url=server.url)
    server.plan(text="ready", latency_s=0.05)
    result = try_provider(principal=alice, provider="custom", model="tiny")
    assert (result["error"], result["reply"], result["model"]) == ("", "ready", "tiny")
    assert 0.05 <= result["latency_s"] < 5
    assert server.requests[0]["max_tokens"] == 16
    assert "404" in result["models_problem"]  # this server has no list
    row = {row.name: row for row in list_providers(alice)}["custom"]
    assert row.test == result
    assert row.tested_at is not None
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url=server.url)
    assert ProviderKey.objects.get().test is None  # of another key


@pytest.mark.parametrize(
    ("plan", "says", "code"),
    [
        ({"status": 401, "error": {"message": f"Incorrect API key provided: {KEY}."}}, "does not accept this key", "rejected"),
        ({"status": 404, "error": {"message": "no such model"}}, "knows nothing of this model", "rejected"),
        ({"status": 429, "error": {"message": "slow down"}}, "turns requests down", "rate_limited"),
        ({"status": 500, "error": {"message": f"oops {KEY}"}}, "a fault of its own", "unavailable"),
        ({"status": 307, "headers": {"Location": "/elsewhere"}}, "sends requests on", "rejected"),
    ],
)
def test_a_failed_test_is_told_in_plain_words_without_the_key(
    alice: Principal, server: ModelServer, plan: dict[str, Any], says: str, code: str
) -> None:
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url=server.url)
    server.plan(**plan)
    result = try_provider(principal=alice, provider="custom", model="m")
    assert says in result["error"]
    assert result["code"] == code
    assert KEY not in json.dumps(result)
    assert KEY not in json.dumps(ProviderKey.objects.get().test)


def test_nobody_at_the_address_is_told_as_such(alice: Principal) -> None:
    save_provider_key(principal=alice, provider="ollama", base_url="http://127.0.0.1:9009")
    assert "cannot be reached" in try_provider(principal=alice, provider="ollama")["error"]


def test_a_provider_of_the_server_can_be_tested_and_stays_the_servers(alice: Principal) -> None:
    result = try_provider(principal=alice, provider="demo")
    assert result["error"] == ""
    row = {row.name: row for row in list_providers(alice)}["demo"]
    assert (row.entered, row.source) == (None, "none")
    assert row.test is not None
    assert "set OPENAI_API_KEY" in try_provider(principal=alice, provider="openai")["error"]
    with pytest.raises(NotFound):
        remove_provider_key(principal=alice, provider="openai")
    with pytest.raises(NotFound):
        try_provider(principal=alice, provider="hal")


def test_lists_of_models_are_read_in_every_shape() -> None:
    assert _names({"data": [{"id": "b"}, {"id": "a"}, {"id": 7}, "x"]}) == ("a", "b")
    assert _names({"models": [{"name": "models/gemini"}]}) == ("gemini",)
    assert _names([{"id": "a"}]) == ("a",)
    assert _names({"data": "nonsense"}) == ()
    assert _names(None or {}) == ()


def test_the_list_of_models_is_read_with_each_providers_own_header() -> None:
    seen: list[dict[str, str]] = []

    async def models(request: web.Request) -> web.Response:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response({"data": [{"id": "one"}, {"id": KEY}]})

    async def main() -> list[Any]:
        app = web.Application()
        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            return [await _probe_list(name, url) for name in ("openai", "anthropic", "google", "cohere")]
        finally:
            await runner.cleanup()

    results = asyncio.run(main())
    assert all(set(result.models) == {"***", "one"} for result in results)
    assert [seen[0]["authorization"], seen[1]["x-api-key"], seen[2]["x-goog-api-key"]] == [f"Bearer {KEY}", KEY, KEY]
    assert "authorization" not in seen[1]


async def _probe_list(name: str, url: str) -> Any:
    known = PROVIDERS[name]
    provider: Provider = dataclasses.replace(
        known, url=url, models_url=f"{url}/models", factory="agents.adapters.llm.factories:lean"
    )
    environ = {known.key_variables[0]: KEY}
    return await probe(Endpoint(provider, environ), ScriptedModel([]), ModelSpec(provider=name, model="m"))


def test_without_a_name_the_first_model_of_the_list_that_chats_is_tried(alice: Principal) -> None:
    seen: list[str] = []

    async def models(_request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "house"}, {"id": "an-embedder"}]})

    async def answer(request: web.Request) -> web.Response:
        seen.append((await request.json())["model"])
        return web.json_response({"choices": [{"message": {"content": "ready"}, "finish_reason": "stop"}]})

    with Served({"/v1/models": models, "/v1/chat/completions": answer}) as url:
        save_provider_key(principal=alice, provider="custom", base_url=url)
        result = try_provider(principal=alice, provider="custom")
    assert (result["error"], result["model"], result["models"]) == ("", "house", ["an-embedder", "house"])
    assert seen == ["house"]


class Served:
    """A server with these handlers, on a thread of its own; entering it gives its address."""

    def __init__(self, handlers: dict[str, Any]):
        self._handlers = handlers
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    def __exit__(self, *_exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _start(self) -> str:
        app = web.Application()
        for path, handler in self._handlers.items():
            app.router.add_route("*", path, handler)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
