"""Connections to a real server of the SDK over HTTP: listed, called, killed, hostile. Without a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agents.adapters.egress.rules import EgressRules
from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.connection import Sessions
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.errors import OutcomeUnknown
from tests.agents.mcp.servers import PROGRAM, McpProcess

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[McpProcess]:
    process = McpProcess(tmp_path).start()
    yield process
    process.kill()


@pytest_asyncio.fixture
async def sessions() -> AsyncIterator[Sessions]:
    made = Sessions()
    yield made
    made.close_all()
    await asyncio.sleep(0)


def at(server: McpProcess, **options: Any) -> ServerAddress:
    return ServerAddress("testing", url=server.url, **options)


async def call(sessions: Sessions, address: ServerAddress, name: str, *, repeatable: bool = True, **given: Any) -> Any:
    return await sessions.run(address, lambda connection: connection.call(name, given), repeatable=repeatable)


async def test_tools_are_listed_with_their_schemas_and_called(server: McpProcess, sessions: Sessions) -> None:
    connection = await sessions.use(at(server))
    tools = {tool["name"]: tool for tool in await connection.list_tools()}
    assert tools["add"]["alias"] == "mcp__testing__add"
    assert tools["add"]["parameters"]["required"] == ["a", "b"]
    assert tools["add"]["annotations"] == {"readOnlyHint": True}
    assert await call(sessions, at(server), "add", a=1, b=2) == {"text": "3", "structured": {"sum": 3}}


@pytest.mark.parametrize("older", [True, False])
async def test_both_generations_of_the_protocol_are_spoken(server: McpProcess, sessions: Sessions, older: bool) -> None:
    server.change(older=older)
    assert (await call(sessions, at(server), "add", a=2, b=2))["structured"] == {"sum": 4}
    server.restart()
    assert (await call(sessions, at(server), "charge", repeatable=False, text="x"))["text"] == "charge: x"


async def test_one_connection_serves_many_calls_at_once(server: McpProcess, sessions: Sessions) -> None:
    results = await asyncio.gather(*(call(sessions, at(server), "add", a=n, b=n) for n in range(20)))
    assert [r["structured"]["sum"] for r in results] == [2 * n for n in range(20)]
    assert await sessions.use(at(server)) is await sessions.use(at(server))


async def test_a_tools_own_error_comes_in_the_servers_words(server: McpProcess, sessions: Sessions) -> None:
    with pytest.raises(ToolFailed, match="there is no cheese") as caught:
        await call(sessions, at(server), "fail", text="cheese")
    assert caught.value.code == "tool_failed"


async def test_a_call_that_only_reads_is_repeated_when_the_server_dies(server: McpProcess, sessions: Sessions) -> None:
    server.change(wait_s={"look": 1.5})
    asking = asyncio.create_task(call(sessions, at(server), "look", text="here"))
    await asyncio.to_thread(server.wait_for, 1)
    await asyncio.to_thread(server.restart)
    assert (await asking)["text"] == "look: here"
    assert server.ledger() == ['look {"text": "here"}'] * 2


async def test_a_call_with_an_effect_is_never_repeated_and_says_that_nobody_knows(
    server: McpProcess, sessions: Sessions
) -> None:
    server.change(wait_s={"charge": 1.5})
    asking = asyncio.create_task(call(sessions, at(server), "charge", repeatable=False, text="1 dollar"))
    await asyncio.to_thread(server.wait_for, 1)
    await asyncio.to_thread(server.restart)
    with pytest.raises(OutcomeUnknown, match="may have happened or not, so it is not repeated"):
        await asking
    server.change(wait_s={})
    assert (await call(sessions, at(server), "charge", repeatable=False, text="again"))["text"] == "charge: again"
    assert server.ledger() == ['charge {"text": "1 dollar"}', 'charge {"text": "again"}']


async def test_a_server_that_is_being_restarted_is_waited_for(server: McpProcess, sessions: Sessions) -> None:
    assert (await call(sessions, at(server), "add", a=1, b=1))["text"] == "2"
    server.kill()
    asking = asyncio.create_task(call(sessions, at(server), "charge", repeatable=False, text="x"))
    await asyncio.sleep(0.6)
    await asyncio.to_thread(server.start)
    assert (await asking)["text"] == "charge: x"
    assert server.ledger().count('charge {"text": "x"}') == 1


async def test_a_server_that_nobody_runs_is_told_as_such(sessions: Sessions) -> None:
    with pytest.raises(ToolFailed, match="cannot be reached") as caught:
        await sessions.use(ServerAddress("nobody", url="http://127.0.0.1:9/mcp"))
    assert caught.value.code == "unreachable"


async def test_a_slow_call_ends_at_its_time_and_the_connection_lives_on(server: McpProcess, sessions: Sessions) -> None:
    server.change(wait_s={"look": 20})
    with pytest.raises(ToolFailed, match=r"did not answer within 1 s") as caught:
        await call(sessions, at(server, call_s=1.0), "look", text="x")
    assert caught.value.code == "timeout"
    assert (await call(sessions, at(server, call_s=1.0), "add", a=1, b=1))["text"] == "2"


async def test_a_huge_result_is_cut_and_a_bigger_one_refused(server: McpProcess, sessions: Sessions) -> None:
    result = await call(sessions, at(server), "huge")
    assert len(result["text"]) == 100_000
    assert result["notes"] == ["the text had 200000 characters; it is cut after 100000"]
    server.change(words=2_000_000, json=True)
    with pytest.raises(ToolFailed):
        await call(sessions, at(server), "huge")
    server.restart()
    with pytest.raises(ToolFailed):
        await call(sessions, at(server), "huge")
    assert (await call(sessions, at(server), "add", a=1, b=1))["text"] == "2"


async def test_pictures_become_notes(server: McpProcess, sessions: Sessions) -> None:
    assert await call(sessions, at(server), "picture") == {
        "text": "",
        "notes": ["an image (image/png, 3000 bytes) is left out"],
    }


@pytest.mark.parametrize("rubbish", ["not json", '{"jsonrpc": "2.0", "id": 1}', "[]", '{"jsonrpc":"2.0","id":"x","result":7}'])
async def test_what_is_no_mcp_is_told_and_hangs_nothing(server: McpProcess, sessions: Sessions, rubbish: str) -> None:
    server.change(rubbish=rubbish)
    with pytest.raises(ToolFailed):
        await asyncio.wait_for(sessions.use(at(server, connect_s=3.0)), 10)


async def test_a_wrong_key_is_refused_and_a_right_one_is_struck_out_of_what_comes_back(
    server: McpProcess, sessions: Sessions
) -> None:
    server.change(token="tok-very-secret")
    wrong = at(server, headers=(("Authorization", "Bearer wrong-but-secret"),))
    with pytest.raises(ToolFailed, match="401") as caught:
        await sessions.use(wrong)
    assert "secret" not in str(caught.value)
    right = at(server, headers=(("Authorization", "Bearer tok-very-secret"),))
    result = await call(sessions, right, "headers")
    assert '"authorization": "***"' in result["text"]
    assert "tok-very-secret" not in str(result) + repr(right)


async def test_the_organizations_rules_hold_for_servers_too(server: McpProcess, sessions: Sessions) -> None:
    with pytest.raises(ToolFailed, match="loopback") as caught:
        await sessions.use(at(server, rules=EgressRules()))
    assert caught.value.code == "egress_refused"
    opened = EgressRules(allowed=(f"127.0.0.1:{server.port}",), private=True)
    assert (await call(sessions, at(server, rules=opened), "add", a=1, b=1))["text"] == "2"


async def test_a_program_is_spoken_with_over_its_standard_streams(tmp_path: Path, sessions: Sessions) -> None:
    import sys

    program = ServerAddress("program", command=sys.executable, args=(str(PROGRAM), "stdio", str(tmp_path)), connect_s=30)
    assert (await call(sessions, program, "add", a=20, b=22))["structured"] == {"sum": 42}
    with pytest.raises(ToolFailed, match="cannot be reached"):
        await sessions.use(ServerAddress("none", command="/nonexistent/program"))
