"""A journey reached from outside a site: as MCP tool by the SDK's client, by ``kaizen chat``, and deployed over the API."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from journeys import DeployFailed, deploy_journey
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from tests.factories.site import ROOT, Site
from tests.factories.terminal import Terminal
from tests.journeys.talking import talk_draft

pytestmark = pytest.mark.slow

SCRIPT: dict[str, Any] = {
    "replies": [
        {"match": "current_time", "times": 99, "json": {"response": "It is late."}},
        {"match": "Once more", "times": 99, "json": {"response": "And again."}},
        {
            "match": "What time",
            "times": 99,
            "tool_calls": [{"id": "c1", "name": "current_time", "arguments": {}}],
        },
        {"match": "Good morning", "times": 99, "json": {"response": "Good day to you."}},
    ]
}


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation that does not run: the command line works on its data alone."""
    yield from _installation(tmp_path_factory, runs=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from _installation(tmp_path_factory, runs=True)


def _installation(folders: pytest.TempPathFactory, *, runs: bool) -> Iterator[Site]:
    folder = folders.mktemp("outside")
    script = folder / "script.json"
    script.write_text(json.dumps(SCRIPT))
    environ = {"KAIZEN_SCRIPTED": str(script), "KAIZEN_DEFAULT_PROVIDER": "demo", "KAIZEN_LOG_LEVEL": "ERROR"}
    made = Site(folder, environ)
    made.start()
    made.wait_ready()
    made.key = made.make_key()
    draft = talk_draft(description="Talks about topics.")
    draft["agents"]["talker"]["tools"] = [{"name": "current_time", "ask": True}]
    assert made.call("POST", "/api/v1/journeys", {"slug": "small-talk", "draft": draft}).status == 201
    assert made.call("POST", "/api/v1/journeys/small-talk/publish", {}).status < 300
    assert made.call("PUT", "/api/v1/journeys/small-talk/deployment", {"mcp_on": True}).status == 200
    if not runs:
        made.stop()
    yield made
    with contextlib.suppress(Exception):
        made.stop()


def over_http(site: Site, key: str = "") -> Client:
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key or site.key}"}, timeout=60, trust_env=False)
    return Client(streamable_http_client(f"{site.url}/mcp/", http_client=http), cache=None)


async def tell(client: Client, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool("journey__small_talk", arguments)
    assert not result.is_error, result.content
    return dict(result.structured_content or {})


@pytest.mark.asyncio
async def test_sdks_client_talks_with_a_journey_over_http_and_goes_on_with_the_session(site: Site) -> None:
    async with over_http(site) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert "Talks about topics." in str(listed["journey__small_talk"].description)
        first = await tell(client, message="Good morning")
        assert (first["status"], first["reply"]) == ("answered", "Good day to you.")
        again = await tell(client, message="Once more", session=first["session"])
        assert (again["session"], again["reply"]) == (first["session"], "And again.")
        wrong = await client.call_tool("journey__small_talk", {"message": "Hi", "session": "nonsense"})
        assert wrong.is_error
    said = site.call("GET", f"/api/v1/sessions/{first['session']}/messages").body["items"]
    assert [message["text"] for message in said] == [
        "Hello.",
        "Good morning",
        "Good day to you.",
        "Once more",
        "And again.",
    ]


@pytest.mark.asyncio
async def test_turn_that_waits_for_an_approval_is_input_required_and_its_answer_is_fetched_later(site: Site) -> None:
    async with over_http(site) as client:
        waiting = await tell(client, message="What time is it?")
        assert waiting["status"] == "input_required"
        assert waiting["waiting_for"]
        (card,) = [c for c in site.call("GET", "/api/v1/approvals").body["items"] if c["tool"] == "current_time"]
        body = {"decision": "approve", "seen_digest": card["digest"]}
        assert site.call("POST", f"/api/v1/approvals/{card['id']}/decision", body).status == 200
        news = waiting
        for _ in range(100):
            news = await tell(client, session=waiting["session"])
            if news["status"] == "answered":
                break
        assert (news["status"], news["reply"]) == ("answered", "It is late.")


@pytest.mark.asyncio
async def test_key_of_a_viewer_and_of_another_organization_reach_no_journey(site: Site) -> None:
    site.manage("kaizen", "create-owner", "--email", "charlie@example.org", "--organization", "Elsewhere")
    other = site.make_key("owner", "--organization", "elsewhere")
    async with over_http(site, other) as client:
        assert "journey__small_talk" not in {tool.name for tool in (await client.list_tools()).tools}
        assert (await client.call_tool("journey__small_talk", {"message": "Hi"})).is_error


@pytest.mark.asyncio
async def test_sdks_client_talks_with_a_journey_over_standard_streams(quiet: Site) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "manage.py"), "kaizen", "mcp", "--journeys", "--workspace", str(quiet.folder)],
        env={**{name: quiet.environ[name] for name in quiet.environ if name.startswith("KAIZEN_")}, "PATH": os.environ["PATH"]},
        cwd=ROOT,
    )
    async with Client(server, cache=None) as client:
        first = await tell(client, message="Good morning")
        assert (first["status"], first["reply"]) == ("answered", "Good day to you.")
        again = await tell(client, message="Once more", session=first["session"])
        assert again["reply"] == "And again."
        waiting = await tell(client, message="What time is it?")
        assert waiting["status"] == "input_required"
        assert waiting["session"] != first["session"]


def _talk_in_terminal(site: Site) -> str:
    """A talk with an approval decided in the terminal; the session's id."""
    terminal = Terminal(site, "chat", "small-talk")
    terminal.read_until("Hello\\.")
    terminal.read_until("You: ")
    terminal.type("Good morning\n")
    terminal.read_until("Good day to you\\.[^$]*You: ")
    terminal.type("What time is it?\n")
    terminal.read_until("Approve\\? ")
    terminal.type("y\n")
    terminal.read_until("It is late\\.[^$]*You: ")
    terminal.type("\x04")
    assert terminal.end() == 0, terminal.shown
    assert terminal.shown.count("Good day to you.") == 1, terminal.shown
    found = re.search(r"--session ([0-9a-f-]{36})", terminal.shown)
    assert found, terminal.shown
    return found.group(1)


def test_chat_in_a_terminal_asks_for_approvals_there_and_is_gone_on_with(quiet: Site) -> None:
    session = _talk_in_terminal(quiet)
    again = Terminal(quiet, "chat", "small-talk", "--session", session)
    again.read_until("Good day to you\\.[^$]*It is late\\.[^$]*You: ")
    again.type("Once more\n")
    again.read_until("And again\\.[^$]*You: ")
    again.type("\x04")
    assert again.end() == 0, again.shown


def test_chat_beside_a_running_site_leaves_the_work_to_it(site: Site) -> None:
    session = _talk_in_terminal(site)
    said = site.call("GET", f"/api/v1/sessions/{session}/messages").body["items"]
    assert said[-1]["text"] == "It is late."


def _chat(site: Site, *arguments: str, typed: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "kaizen", "chat", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=site.environ, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def test_chat_speaks_json_lines_both_ways(quiet: Site) -> None:
    command = [sys.executable, "manage.py", "kaizen", "chat", "small-talk", "--json"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=quiet.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps({"text": "What time is it?"}) + "\n")
    process.stdin.flush()
    lines = (json.loads(line) for line in process.stdout)
    asked = next(line for line in lines if line["type"] == "approval")
    process.stdin.write(json.dumps({"decision": "approve", "seen_digest": asked["digest"]}) + "\n")
    process.stdin.close()
    texts = [line["text"] for line in lines if line["type"] == "message"]
    assert (texts, process.wait(20)) == (["It is late."], 0)


def test_chat_tells_what_is_wrong(quiet: Site) -> None:
    for arguments, told in (
        (["nobody"], "nobody"),
        (["small-talk", "--session", "nonsense"], "no id of a session"),
        (["small-talk", "--var", "x"], "NAME=VALUE"),
    ):
        done = _chat(quiet, *arguments, typed="")
        assert done.returncode == 1, done.stderr
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_journey_class_is_deployed_over_the_api_of_a_running_site(site: Site) -> None:
    done = deploy_journey(HealthcareReferral, slug="clinic", site=site.url, key=site.key, notes="first")
    again = deploy_journey(HealthcareReferral, slug="clinic", site=site.url, key=site.key)
    assert (done.version, again.version) == (1, 1)
    assert done.digest == again.digest
    assert done.addresses["api"] == f"{site.url}/api/v1/journeys/clinic/sessions"
    opened = site.call("POST", "/api/v1/journeys/clinic/sessions", {})
    assert (opened.status, opened.body["version"]) == (201, 1), opened.body
    with pytest.raises(DeployFailed, match="401"):
        deploy_journey(HealthcareReferral, slug="clinic", site=site.url, key="kz_wrong")
    with pytest.raises(DeployFailed, match="403"):
        deploy_journey(HealthcareReferral, slug="clinic", site=site.url, key=site.make_key("viewer"))


def test_deployed_into_an_environment_it_answers_there(site: Site) -> None:
    done = deploy_journey(HealthcareReferral, slug="ward", site=site.url, key=site.key, environment="staging")
    deployment = site.call("GET", "/api/v1/journeys/ward/deployment").body
    assert deployment["environment"] == "staging"
    places = site.call("GET", "/api/v1/journeys/ward/environments").body["environments"]
    assert {place["name"]: place["number"] for place in places} == dict.fromkeys(("dev", "staging", "production"), done.version)
    with pytest.raises(DeployFailed, match="dev, staging, production"):
        deploy_journey(HealthcareReferral, slug="ward", site=site.url, key=site.key, environment="moon")
