"""OAuth of a real server by the SDK's own flow: begun on the page, finished on ours, and its tokens kept sealed."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from django.test import Client

from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.mcp.connection import Connection, sessions
from agents.models import McpServer
from agents.services.egress import save_egress
from agents.services.mcp import add_server, get_server
from agents.services.mcp import test_server as ask_server
from agents.services.mcp_tools import address_of
from tests.factories.people import People
from tests.servers import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PROGRAM = Path(__file__).with_name("oauth_program.py")


@pytest.fixture
def server() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(port)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while socket.socket().connect_ex(("127.0.0.1", port)):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture
def alice(people: People, server: str) -> Client:
    principal = people.principal(people.alice)
    save_egress(principal=principal, allowed=[server.removeprefix("http://")], denied=[], private=True)
    add_server(principal=principal, name="guarded", url=f"{server}/mcp", auth="oauth")
    return people.browser(people.alice)


def go_to_sign_in(browser: Client) -> str:
    """The address that the page offers."""
    page = browser.post("/settings/mcp/guarded/sign-in/").content.decode()
    found = re.search(r'href="(http://127\.0\.0\.1:\d+/authorize[^"]+)"', page)
    assert found, page
    return found[1].replace("&amp;", "&")


def come_back(target: str) -> str:
    """What the sign-in page sends the browser to, as a path of ours."""
    answer = httpx2.get(target, follow_redirects=False, trust_env=False)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def test_a_person_signs_in_and_the_tokens_are_sealed_and_used(
    alice: Client, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    principal = people.principal(people.alice)
    assert ask_server(principal=principal, name="guarded").status == "failed"
    answer = alice.get(come_back(go_to_sign_in(alice)))
    assert (answer.status_code, answer["Location"]) == (302, "/settings/mcp/guarded/")
    row = get_server(principal, "guarded")
    assert (row.status, row.problem, row.has_secret) == ("ok", "", True)
    assert [tool.tool for tool in row.tools] == ["whoami"]
    again = ask_server(principal=principal, name="guarded")
    assert (again.status, again.problem) == ("ok", "")
    stored = McpServer.objects.get()
    told = stored.secret + repr(row) + stored.problem + alice.get("/settings/mcp/guarded/").content.decode() + caplog.text
    assert "oauth-access-" not in told
    assert "oauth-refresh-" not in told

    async def ask() -> str:
        async def work(connection: Connection) -> str:
            return str(await connection.call("whoami", {}))

        return str(await sessions().run(address_of_row, work, repeatable=True))

    address_of_row = address_of(stored)
    result = ENGINE_LOOP.run(ask(), 30)
    assert "you sent Bearer ***" in result, result


def test_only_who_began_can_finish_and_only_once(alice: Client, people: People) -> None:
    target = go_to_sign_in(alice)
    back = come_back(target)
    for other in (people.charlie, people.bob):
        people.browser(other).get(back)
    assert get_server(people.principal(people.alice), "guarded").status == "new"
    forged = back.replace(parse_qs(urlsplit(back).query)["state"][0], "forged")
    alice.get(forged)
    assert get_server(people.principal(people.alice), "guarded").status == "new"
    alice.get(back)
    assert get_server(people.principal(people.alice), "guarded").status == "ok"
    answer = alice.get(back, follow=True)
    assert "nobody waits for this sign-in" in answer.content.decode()


def test_a_refused_sign_in_is_told(alice: Client, people: People) -> None:
    state = parse_qs(urlsplit(go_to_sign_in(alice)).query)["state"][0]
    alice.get(f"/settings/mcp-signed-in/?error=access_denied&state={state}")
    row = get_server(people.principal(people.alice), "guarded")
    assert (row.status, "access_denied" in row.problem) == ("failed", True)
