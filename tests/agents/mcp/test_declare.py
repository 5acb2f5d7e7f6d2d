"""MCP from Python: the seed's lines work, an agent's own servers are its tools, and its permissions hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from agents import BaseAgent, InputField, OutputField, Signature
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.declare.errors import AgentFailed, AgentWaiting
from agents.core.spec.permissions import PermissionPolicy
from agents.core.tools.mcp import SERVED
from tests.agents.mcp.servers import PROGRAM

pytestmark = pytest.mark.asyncio


class Help(Signature):
    """Helps."""

    question: str = InputField(desc="What to do.")
    response: str = OutputField(desc="What came of it.")


def make(folder: Path, **options: Any) -> BaseAgent:
    return BaseAgent(config={}, signature=Help(), workspace=folder, **options)


def own_server(folder: Path, **more: Any) -> dict[str, Any]:
    args = [str(PROGRAM), "stdio", str(folder)]
    return {"name": "testing", "command": sys.executable, "args": args, "transport": "stdio", **more}


async def test_the_twelve_tools_are_discovered_and_called_as_the_seed_writes_it(tmp_path: Path) -> None:
    agent = make(tmp_path)
    tools = await agent.discover_mcp_tools(server_name="kaizen_builtin")
    assert {tool["name"] for tool in tools} == {f"mcp__kaizen_builtin__{name}" for name in SERVED}
    (tmp_path / "data.txt").write_text("forty-two")
    result = await agent.execute_mcp_tool(tool_name="mcp__kaizen_builtin__read_file", params={"path": "data.txt"})
    assert result["content"] == "forty-two"
    assert (await agent.execute_mcp_tool("read_file", {"path": "data.txt"})) == result


async def test_without_a_workspace_direct_calls_work_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.txt").write_text("here")
    agent = BaseAgent(config={}, signature=Help())
    assert (await agent.execute_mcp_tool("mcp__kaizen_builtin__read_file", {"path": "data.txt"}))["content"] == "here"


async def test_direct_calls_have_the_agents_permissions(tmp_path: Path) -> None:
    class Careful(BaseAgent):
        __permissions__ = PermissionPolicy(denied_tools=("read_file",))

    careful = Careful(config={}, signature=Help(), workspace=tmp_path)
    with pytest.raises(AgentFailed, match="denied"):
        await careful.execute_mcp_tool("mcp__kaizen_builtin__read_file", {"path": "a"})
    with pytest.raises(AgentWaiting):
        await careful.execute_mcp_tool("mcp__kaizen_builtin__bash_command", {"command": "true"})


@pytest.mark.slow
async def test_an_agents_own_server_is_discovered_and_called(tmp_path: Path) -> None:
    agent = make(tmp_path, mcp_servers=[own_server(tmp_path, danger={"add": "low"})])
    tools = {tool["name"]: tool for tool in await agent.discover_mcp_tools("testing")}
    assert (tools["mcp__testing__add"]["danger"], tools["mcp__testing__charge"]["danger"]) == ("low", "unknown")
    assert (await agent.execute_mcp_tool("mcp__testing__add", {"a": 1, "b": 2}))["structured"] == {"sum": 3}
    with pytest.raises(AgentWaiting):
        await agent.execute_mcp_tool("mcp__testing__charge", {"text": "x"})
    with pytest.raises(AgentFailed, match="no cheese"):
        await make(tmp_path, mcp_servers=[own_server(tmp_path, danger="low")]).execute_mcp_tool(
            "mcp__testing__fail", {"text": "cheese"}
        )


@pytest.mark.slow
async def test_a_run_uses_the_tools_of_its_own_server(tmp_path: Path) -> None:
    call = {"tool_calls": [{"id": "c1", "name": "mcp__testing__add", "arguments": {"a": 20, "b": 22}}]}
    model = ScriptedModel([call, {"json": {"response": "42"}}])
    agent = make(
        tmp_path,
        tools=["mcp__testing__add"],
        mcp_servers=[own_server(tmp_path, danger="low")],
        models=Providers({}, DefaultModel("scripted"), {"scripted": model}),
    )
    assert (await agent.run_async(question="20 + 22?"))["response"] == "42"
    assert '"sum": 42' in str(model.requests[-1].messages)


@pytest.mark.parametrize(
    ("servers", "told"),
    [
        ([{"name": "x y", "url": "https://a.org"}], "cannot be the name"),
        ([{"name": "kaizen_builtin", "url": "https://a.org"}], "our own"),
        ([{"name": "one"}], "either a command"),
        ([{"name": "one", "url": "https://a.org"}, {"name": "one", "url": "https://b.org"}], "twice"),
        ([{"name": "one", "url": "https://a.org", "danger": "none"}], "danger class"),
    ],
)
async def test_a_server_that_is_declared_wrongly_is_told_at_once(tmp_path: Path, servers: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make(tmp_path, mcp_servers=servers)


async def test_an_unknown_server_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="kaizen_builtin"):
        await make(tmp_path).discover_mcp_tools("nowhere")
