"""The whole product in processes of its own, on both tiers: a server of the SDK is killed and restarted during a run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agents.mcp.agents import agent
from tests.agents.mcp.servers import McpProcess
from tests.factories.site import Site
from tests.servers import production_environment

pytestmark = pytest.mark.slow

TOKEN = "tok-never-to-be-seen"
CALLS = [("look", {"text": "x"}), ("add", {"a": 1, "b": 1})]
TIERS = ["embedded", pytest.param("production", marks=pytest.mark.production)]


@pytest.fixture(params=TIERS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    replies: list[dict[str, Any]] = [
        {"tool_calls": [{"id": f"c{n}", "name": f"mcp__testing__{name}", "arguments": given}]}
        for n, (name, given) in enumerate(CALLS)
    ]
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"replies": [*replies, {"json": {"response": "Done."}}]}))
    environ = {"KAIZEN_SCRIPTED": str(script), "KAIZEN_PRIVATE_EGRESS": "1"}
    if request.param == "production":
        servers = [request.getfixturevalue(name) for name in ("postgresql_server", "redis_server")]
        with production_environment(*servers) as production:
            yield from _serve(tmp_path, {**environ, **production})
    else:
        yield from _serve(tmp_path, environ)


def _serve(folder: Path, environ: dict[str, str]) -> Iterator[Site]:
    site = Site(folder, environ)
    try:
        site.start()
        site.wait_ready()
        site.key = site.make_key()
        yield site
        site.stop()
    finally:
        site.kill()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[McpProcess]:
    folder = tmp_path / "mcp"
    folder.mkdir()
    process = McpProcess(folder, token=TOKEN, wait_s={"look": 2.0}).start()
    yield process
    process.kill()


def ok(site: Site, method: str, path: str, body: Any = None) -> Any:
    reply = site.call(method, f"/api/v1{path}", body)
    assert reply.status < 300, f"{method} {path}: {reply.status} {reply.body}"
    return reply.body


def test_a_run_outlives_the_restart_of_the_server_that_it_calls(site: Site, server: McpProcess) -> None:
    ok(site, "PUT", "/egress", {"allowed": [f"127.0.0.1:{server.port}"], "denied": [], "private": True})
    body = {"name": "testing", "url": server.url, "auth": "header", "secret": f"Bearer {TOKEN}"}
    ok(site, "POST", "/mcp-servers", body)
    asked = ok(site, "POST", "/mcp-servers/testing/test")
    assert (asked["status"], asked["problem"]) == ("ok", "")
    for tool in asked["tools"]:
        decision = {"enabled": True, "danger": "low", "seen_digest": tool["digest"]}
        ok(site, "PUT", f"/mcp-servers/testing/tools/{tool['tool']}", decision)
    spec = agent(*(f"mcp__testing__{name}" for name, _ in CALLS)).model_dump(mode="json")
    ok(site, "POST", "/agents", {"slug": "helper", "draft": spec})
    ok(site, "POST", "/agents/helper/publish", {})
    run = ok(site, "POST", "/runs", {"kind": "agent", "slug": "helper", "inputs": {"question": "?"}})
    server.wait_for(1, within_s=30)
    server.restart()
    ended = _wait(site, run["id"])
    assert (ended["status"], ended["output"]) == ("succeeded", {"response": "Done."}), ended
    assert server.ledger() == ['look {"text": "x"}', 'look {"text": "x"}', 'add {"a": 1, "b": 1}']
    events = ok(site, "GET", f"/runs/{run['id']}/events")
    assert TOKEN not in json.dumps(events) + site.log.read_text()


def _wait(site: Site, run_id: str) -> Any:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        run = ok(site, "GET", f"/runs/{run_id}")
        if run["status"] in ("succeeded", "failed", "cancelled"):
            return run
        time.sleep(0.1)
    raise AssertionError(f"the run did not end:\n{site.log.read_text()[-3000:]}")
