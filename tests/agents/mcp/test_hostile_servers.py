"""Servers that try to fill the memory of who connects to them, or to keep its processor busy with a schema."""

from __future__ import annotations

import time
import zlib
from typing import Any

import pytest
from aiohttp import web

from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.connection import Sessions
from agents.core.runtime.calls import InvalidArguments, ToolFailed, check_arguments
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.core.tools.mcp_schema import schema_problem

UNPACKED = 60_000_000


def packed() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(b" " * UNPACKED) + packer.flush()


@pytest.mark.slow
@pytest.mark.parametrize("status", [200, 401, 500])
async def test_a_packed_answer_is_refused_before_it_is_unpacked(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer may hold is counted as it travels, so nothing may grow after that."""
    unpacked: list[int] = []
    real = zlib.decompressobj

    def watched(*given: Any) -> Any:
        unpacked.append(1)
        return real(*given)

    monkeypatch.setattr(zlib, "decompressobj", watched)
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Accept-Encoding", ""))
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(status=status, body=packed(), headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sessions = Sessions()
    try:
        with pytest.raises(ToolFailed, match="packs its answers"):
            await sessions.use(ServerAddress("testing", url=f"http://127.0.0.1:{runner.addresses[0][1]}/mcp"))
    finally:
        sessions.close_all()
        await runner.cleanup()
    assert set(asked) == {"identity"}
    assert not unpacked


def doubling(levels: int) -> dict[str, Any]:
    """A small schema that a check walks through two to the power of ``levels`` times."""
    names: dict[str, Any] = {"n0": {"type": "string"}}
    for n in range(1, levels + 1):
        names[f"n{n}"] = {"allOf": [{"$ref": f"#/$defs/n{n - 1}"}, {"$ref": f"#/$defs/n{n - 1}"}]}
    return {"type": "object", "$defs": names}


@pytest.mark.slow
def test_a_schema_that_refers_to_itself_without_measure_is_refused_at_once() -> None:
    began = time.monotonic()
    assert "cannot be checked" in schema_problem({**doubling(40), "$ref": "#/$defs/n40"})
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("schema", "given"),
    [
        ({**doubling(40), "properties": {"x": {"$ref": "#/$defs/n40"}}}, {"x": "y"}),
        (
            {"type": "object", "properties": {"x": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}},
            {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {}}}}}}}}}}}}}}}},
        ),
    ],
)
def test_checking_arguments_has_an_end(schema: dict[str, Any], given: dict[str, Any]) -> None:
    tool = Tool(name="mcp__evil__x", description="", parameters=schema, effect=Effect.READ)
    began = time.monotonic()
    with pytest.raises(InvalidArguments, match="refers to itself"):
        check_arguments(tool, given)
    assert time.monotonic() - began < 5


def test_nested_looks_at_what_was_not_looked_at_are_left_to_the_server() -> None:
    node: dict[str, Any] = {"type": "object"}
    for _ in range(18):
        node = {"allOf": [node], "unevaluatedProperties": {"type": "string"}}
    began = time.monotonic()
    schema_problem({"type": "object", **node})
    assert time.monotonic() - began < 5


def test_a_pattern_that_takes_for_ever_in_a_signature_is_checked_in_linear_time() -> None:
    """Whoever builds an agent writes the pattern of its inputs; the model that calls it as a tool writes the text."""
    parameters = {"type": "object", "properties": {"x": {"type": "string", "pattern": "^(a+)+$"}}}
    tool = Tool(name="agent__evil", description="", parameters=parameters, effect=Effect.LOCAL)
    began = time.monotonic()
    with pytest.raises(InvalidArguments, match="x"):
        check_arguments(tool, {"x": "a" * 40 + "!"})
    assert time.monotonic() - began < 5
    check_arguments(tool, {"x": "aaa"})
