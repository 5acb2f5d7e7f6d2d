"""Our own tools as the MCP server kaizen_builtin: driven by the SDK's client over HTTP and standard streams."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from agents.core.autonomy.permissions import Layer, ToolFacts, decide
from agents.core.runtime.errors import UnknownTool
from agents.core.spec.permissions import PermissionPolicy, PermissionRule, PermissionType
from agents.core.tools.catalog import get_tool
from agents.core.tools.mcp import SERVED, other_name, tool_name
from tests.factories.site import Site
from tests.servers import ROOT

pytestmark = pytest.mark.slow

NAMES = set(SERVED)


def test_a_tool_of_ours_has_two_names_and_is_the_same_tool() -> None:
    plain, named = get_tool("write_file"), get_tool("mcp__kaizen_builtin__write_file")
    assert (plain.name, named.name) == ("write_file", "mcp__kaizen_builtin__write_file")
    assert (plain.call, plain.parameters, plain.effect, plain.danger) == (
        named.call,
        named.parameters,
        named.effect,
        named.danger,
    )
    with pytest.raises(UnknownTool):
        get_tool("mcp__kaizen_builtin__current_time")


@pytest.mark.parametrize("called", ["write_file", "mcp__kaizen_builtin__write_file"])
@pytest.mark.parametrize("written", ["write_file", "mcp__kaizen_builtin__write_file"])
def test_whatever_names_one_of_them_holds_for_both(called: str, written: str) -> None:
    tool = get_tool(called)
    facts = ToolFacts(tool.name, tool.effect, tool.danger, tool.edits, also=tool.alias)
    rule = PermissionRule(pattern=written, permission_type=PermissionType.DENY)
    policies = {
        "deny": (PermissionPolicy(denied_tools=(written,)), PermissionPolicy(rules=(rule,))),
        "allow": (PermissionPolicy(allowed_tools=(written,)),),
    }
    for wanted, given in policies.items():
        assert {decide(facts, [Layer("agent", policy)]).type.value for policy in given} == {wanted}
    assert decide(facts, [Layer("agent", asks=frozenset({written}))]).type.value == "ask"
    assert other_name(called) == tool.alias


def test_names_fit_what_providers_take() -> None:
    assert tool_name("tickets", "find") == "mcp__tickets__find"
    odd = [tool_name("tickets", name) for name in ("a.b", "a b", "x" * 90, "x" * 91, "ünï")]
    assert all(len(name) <= 64 and name.isascii() and name.startswith("mcp__tickets__") for name in odd)
    assert len(set(odd)) == len(odd)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    started = Site(tmp_path_factory.mktemp("mcp-site"), {"KAIZEN_DEFAULT_PROVIDER": "demo"})
    started.start()
    started.wait_ready()
    started.key = started.make_key()
    yield started
    started.stop()


def words(result: Any) -> str:
    return str(result.content[0].text)


def over_http(site: Site, key: str = "", *, mode: str = "auto") -> Client:
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key or site.key}"}, timeout=60, trust_env=False)
    return Client(streamable_http_client(f"{site.url}/mcp/", http_client=http), mode=mode, cache=None)


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdks_client_uses_our_tools_over_http_and_each_call_is_a_run(site: Site, mode: str) -> None:
    async with over_http(site, mode=mode) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(listed) >= NAMES - {"bash_command"}
        assert listed["read_file"].annotations is not None
        assert listed["read_file"].annotations.read_only_hint
        result = await client.call_tool("file_exists", {"path": "nothing.txt"})
        assert (result.is_error, result.structured_content["exists"]) == (False, False)
        wrong = await client.call_tool("read_file", {"path": "../../etc/passwd"})
        assert wrong.is_error
        unknown = await client.call_tool("current_time", {})
        assert "there is no tool" in words(unknown)
    runs = site.call("GET", "/api/v1/runs?kind=tool").body["items"]
    assert [run["status"] for run in runs][:2] == ["failed", "succeeded"]


@pytest.mark.asyncio
async def test_what_asks_waits_in_the_inbox_and_its_result_can_be_fetched_afterwards(site: Site) -> None:
    call = {"path": "note.txt", "content": "hello"}
    meta: Any = {"kaizen/idempotency-key": "note-1"}
    async with over_http(site) as client:
        waiting = await client.call_tool("write_file", call, meta=meta)
        assert waiting.is_error
        assert "waits for a person" in words(waiting)
        (card,) = [c for c in site.call("GET", "/api/v1/approvals").body["items"] if c["tool"] == "write_file"]
        body = {"decision": "approve", "seen_digest": card["digest"]}
        assert site.call("POST", f"/api/v1/approvals/{card['id']}/decision", body).status == 200
        done = waiting
        for _ in range(50):
            done = await client.call_tool("write_file", call, meta=meta)
            if not done.is_error:
                break
        assert done.structured_content["written"]
        read = await client.call_tool("read_file", {"path": "note.txt"})
        assert read.structured_content["content"] == "hello"
    other = site.make_key("owner", "--name", "other")
    async with over_http(site, other) as client:
        assert not (await client.call_tool("read_file", {"path": "note.txt"})).structured_content["exists"]


def test_only_a_key_with_the_right_to_run_is_let_in(site: Site) -> None:
    viewer = site.make_key("viewer")
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answers = {
        name: httpx2.post(
            f"{site.url}/mcp/", json=body, headers={"Authorization": f"Bearer {key}"} if key else {}, trust_env=False
        )
        for name, key in {"nobody": "", "wrong": "kz_wrong", "viewer": viewer}.items()
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {"nobody": 401, "wrong": 401, "viewer": 403}
    assert all("error" in answer.json() for answer in answers.values())
    right = {"Authorization": f"Bearer {site.key}"}
    assert httpx2.get(f"{site.url}/mcp/", headers=right, trust_env=False).status_code == 405
    assert httpx2.post(f"{site.url}/mcp/", content=b"\xff", headers=right, trust_env=False).status_code in (400, 406, 415)


def over_stdio(tmp_path: Path, *options: str) -> Client:
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    return Client(
        StdioServerParameters(
            command=sys.executable,
            args=[str(ROOT / "manage.py"), "kaizen", "mcp", "--workspace", str(work), *options],
            env={"KAIZEN_ENV_FILE": "", "KAIZEN_DATA": str(tmp_path / "data"), "PATH": os.environ["PATH"]},
            cwd=ROOT,
        ),
        cache=None,
    )


@pytest.mark.asyncio
async def test_the_sdks_client_uses_our_tools_over_standard_streams_and_a_journal_is_left(tmp_path: Path) -> None:
    async with over_stdio(tmp_path) as client:
        (tmp_path / "work" / "data.txt").write_text("forty-two")
        assert {tool.name for tool in (await client.list_tools()).tools} >= NAMES - {"bash_command"}
        read = await client.call_tool("read_file", {"path": "data.txt"})
        assert read.structured_content["content"] == "forty-two"
        refused = await client.call_tool("write_file", {"path": "data.txt", "content": "x"})
        assert "--allow write_file" in words(refused)
        assert (await client.call_tool("read_file", {"path": "/etc/passwd"})).is_error
    (journal,) = (tmp_path / "data" / "mcp").glob("journal-*.jsonl")
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [event["type"] for event in events if event["run"] == events[0]["run"]] == ["step.started", "step.finished"]
    assert {event["type"] for event in events} >= {"approval.requested", "step.failed"}
    assert journal.stat().st_mode & 0o077 == 0


@pytest.mark.asyncio
async def test_who_starts_the_program_says_what_it_may_do(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, "--allow", "write_file", "--deny", "read_.*") as client:
        assert not (await client.call_tool("write_file", {"path": "a/b.txt", "content": "x"})).is_error
        assert "denied" in words(await client.call_tool("read_file", {"path": "a/b.txt"}))
    assert (tmp_path / "work" / "a" / "b.txt").read_text() == "x"
