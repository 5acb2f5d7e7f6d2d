"""The web tools: what they send, what they tell, and where they stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from agents.adapters.egress import EgressRules, HttpEgress
from agents.adapters.tools.web import find_links
from tests.agents.tools.calling import STEP, call_tool_in_run
from tests.agents.tools.web_server import WebServer, serving

HERE = HttpEgress(EgressRules(("127.0.0.1",), (), private=True))


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    async with serving() as server:
        yield server


async def test_get_tells_status_body_and_headers(server: WebServer) -> None:
    called = await call_tool_in_run("http_get", {"url": f"{server.url}/a?b=c", "headers": {"X-One": "1"}}, egress=HERE)
    assert (called.result["status_code"], called.result["success"]) == (200, True)
    assert called.result["body"] == '{"method": "GET", "path": "/a"}'
    assert called.result["headers"]["Content-Type"] == "application/json; charset=utf-8"
    method, path, headers, _ = server.requests[0]
    assert (method, path, headers["X-One"], headers["User-Agent"]) == ("GET", "/a", "1", "Kaizen")
    assert "Idempotency-Key" not in headers


@pytest.mark.parametrize("tool", ["http_post", "http_put", "http_delete"])
async def test_what_changes_things_carries_the_steps_own_key(server: WebServer, tool: str) -> None:
    arguments = {"url": f"{server.url}/a"} | ({} if tool == "http_delete" else {"data": {"n": 1}})
    await call_tool_in_run(tool, arguments, egress=HERE)
    method, _, headers, body = server.requests[0]
    assert method == tool.removeprefix("http_").upper()
    assert headers["Idempotency-Key"].endswith(f":{STEP}")
    if tool != "http_delete":
        assert (body, headers["Content-Type"]) == (b'{"n": 1}', "application/json")


async def test_a_key_that_was_given_is_kept_and_texts_are_sent_as_they_are(server: WebServer) -> None:
    arguments = {"url": server.url, "data": "Grüße", "headers": {"idempotency-key": "mine"}}
    await call_tool_in_run("http_post", arguments, egress=HERE)
    _, _, headers, body = server.requests[0]
    assert (headers["idempotency-key"], body.decode()) == ("mine", "Grüße")


async def test_an_answer_that_is_no_success_is_told_as_one(server: WebServer) -> None:
    called = await call_tool_in_run("http_get", {"url": f"{server.url}/missing"}, egress=HERE)
    assert called.result["success"] is False
    assert called.result["error"] == "the server answered 404 Not Found"


async def test_an_endless_body_is_cut_at_the_cap(server: WebServer) -> None:
    called = await call_tool_in_run("http_get", {"url": f"{server.url}/endless"}, egress=HERE)
    assert len(called.result["body"]) == 2_000_000
    assert called.result["warning"] == "the body was cut after 2000000 bytes"


async def test_a_compressed_bomb_is_cut_at_the_cap(server: WebServer) -> None:
    called = await call_tool_in_run("fetch_url", {"url": f"{server.url}/bomb"}, egress=HERE)
    assert called.result["size"] == 2_000_000


async def test_a_slow_answer_has_one_limit_over_all(server: WebServer) -> None:
    started = time.monotonic()
    called = await call_tool_in_run("http_get", {"url": f"{server.url}/slow", "timeout": 1}, egress=HERE)
    assert time.monotonic() - started < 3
    assert called.code == "timeout"
    assert called.message == "127.0.0.1 did not answer within 1 s"


async def test_nobody_there_is_a_failure_of_the_step(server: WebServer) -> None:
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = closed.sockets[0].getsockname()[1]
    closed.close()
    await closed.wait_closed()
    called = await call_tool_in_run("http_get", {"url": f"http://127.0.0.1:{port}/"}, egress=HERE)
    assert called.code == "network"


async def test_a_redirect_is_followed_and_a_post_becomes_a_get(server: WebServer) -> None:
    arguments = {"url": f"{server.url}/redirect?to=/b&status=302", "data": "x"}
    called = await call_tool_in_run("http_post", arguments, egress=HERE)
    assert called.result["body"] == '{"method": "GET", "path": "/b"}'
    arguments = {"url": f"{server.url}/redirect?to=/b&status=307", "data": "x"}
    called = await call_tool_in_run("http_post", arguments, egress=HERE)
    assert called.result["body"] == '{"method": "POST", "path": "/b"}'


async def test_secrets_do_not_follow_to_another_host(server: WebServer) -> None:
    async with serving() as other:
        arguments = {
            "url": f"{server.url}/redirect?to={other.url}/b",
            "headers": {"Authorization": "Bearer s", "Cookie": "s", "X-Api-Key": "s", "X-Note": "kept"},
        }
        await call_tool_in_run("http_get", arguments, egress=HERE)
        _, _, headers, _ = other.requests[0]
        assert headers["X-Note"] == "kept"
        assert not {"Authorization", "Cookie", "X-Api-Key"} & set(headers)


async def test_a_page_is_fetched_and_its_links_are_found(server: WebServer) -> None:
    called = await call_tool_in_run("fetch_url", {"url": f"{server.url}/page", "user_agent": "Reader/1"}, egress=HERE)
    assert called.result["content"] == "<a href='/a'>a</a>"
    assert called.result["content_type"] == "text/html; charset=utf-8"
    assert server.requests[0][2]["User-Agent"] == "Reader/1"
    links = await call_tool_in_run("extract_links", {"html": called.result["content"], "base_url": "https://x.org/p/"})
    assert links.result == {"links": ["https://x.org/a"], "count": 1, "unique_count": 1, "unique_links": ["https://x.org/a"]}


def test_links_are_pages_of_the_web_in_their_order_and_whole() -> None:
    html = """<base href="https://x.org/base/"><a href="one">1</a><A HREF='/two#part'>2</A><a href="one">again</a>
    <a href="javascript:alert(1)">no</a><a href="mailto:a@b.c">no</a><a href="#top">no</a><a>no</a><area href="//y.org/">
    <a href="http://[broken">no</a>"""
    found = find_links(html)
    assert found["unique_links"] == ["https://x.org/base/one", "https://x.org/two", "https://y.org/"]
    assert (found["count"], found["unique_count"]) == (4, 3)
