"""The one place that speaks through the MCP SDK as a client: open, list, call. Turns its errors into those of tools."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import mcp_types as types
from mcp import Client, MCPError
from mcp.client.auth import OAuthFlowError
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from pydantic import TypeAdapter, ValidationError

from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.errors import Lost, NotSent
from agents.adapters.mcp.oauth import auth_of
from agents.adapters.mcp.transport import FORBIDDEN, GONE, LOST, NOT_SENT, REFUSED, http_client
from agents.core.runtime.calls import ToolFailed

MOST_PAGES = 20
MOST_WORDS = 2000
_CALLED: TypeAdapter[Any] = TypeAdapter(types.CallToolResult | types.InputRequiredResult)
_CLIENT = types.Implementation(name="kaizen", version="1")
for noisy in ("httpx2", "httpcore2", "mcp", "client"):  # their lines hold addresses, and what strangers wrote
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


@asynccontextmanager
async def open_client(
    server: ServerAddress, changed: Callable[[], None], auth: httpx2.Auth | None = None
) -> AsyncIterator[Client]:
    """A connected client; ``changed`` is called when the server says that its tools are others now."""

    async def hear(message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed()

    if server.is_program:
        program = StdioServerParameters(
            command=server.command, args=list(server.args), env=dict(server.env), cwd=server.cwd or None
        )
        with open(os.devnull, "w") as silent:  # noqa: ASYNC230 - opening the null device waits for nothing
            async with Client(
                stdio_client(program, errlog=silent), message_handler=hear, client_info=_CLIENT, cache=None
            ) as client:
                yield client
        return
    async with http_client(server, auth or await auth_of(server)) as http:
        way = streamable_http_client(server.url, http_client=http)
        async with Client(way, message_handler=hear, client_info=_CLIENT, cache=None) as client:
            yield client


async def listen(client: Client, changed: Callable[[], None]) -> None:
    """Hears of changes from servers of the newer protocol, for as long as they tell; others tell by themselves."""
    tools = client.server_capabilities.tools
    if tools is None or not tools.list_changed:
        return
    try:
        async with client.listen(tools_list_changed=True) as subscription:
            async for _ in subscription:
                changed()
    except Exception:  # noqa: BLE001 - a courtesy of the server: without it, the list is asked for each minute
        logging.getLogger(__name__).debug("a server's changes are not heard of")


async def list_tools(client: Client) -> list[dict[str, Any]]:
    """The whole list, page by page, in MCP's JSON form."""
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = await client.session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
        found += [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools]
        cursor = page.next_cursor
        if not cursor:
            break
    return found


async def call_tool(client: Client, name: str, arguments: dict[str, Any], key: str = "") -> dict[str, Any]:
    """The result in MCP's JSON form. It is not checked against the server's own schema, which may be built to take for ever."""
    params = types.CallToolRequestParams(name=name, arguments=arguments, _meta={"kaizen/idempotency-key": key} if key else None)
    result = await client.session.send_request(types.CallToolRequest(params=params), _CALLED)
    if isinstance(result, types.InputRequiredResult):
        raise ToolFailed("the server asks questions back before it answers, which is not supported", "not_supported")
    data: dict[str, Any] = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data


def told(server: ServerAddress, error: BaseException) -> ToolFailed:
    """What ``error`` of the SDK or the network means, in one sentence without secrets."""
    if isinstance(error, BaseExceptionGroup):
        inner = [told(server, each) for each in error.exceptions]
        return next((each for each in inner if type(each) is not Lost), inner[0])
    if isinstance(error, ToolFailed):
        return error
    words = str(server.strike(str(error)))[:MOST_WORDS] or type(error).__name__
    if isinstance(error, MCPError):
        return _told_answer(server.name, error.code, words)
    for kinds, make in _KINDS:
        if isinstance(error, kinds):
            return make(server, words)
    return ToolFailed(f"{server.name}: {words}")


def _told_answer(name: str, code: int, words: str) -> ToolFailed:
    """An answer with an error: the server's own, or one that the transport made of what the network did."""
    if code == types.CONNECTION_CLOSED or str(LOST) in words:
        code = LOST
    make = _CODES.get(code)
    return make(name, words) if make else ToolFailed(f"{name} says: {words}")


# The first line that fits tells the error.
_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Callable[[ServerAddress, str], ToolFailed]], ...] = (
    (ValidationError, lambda server, words: ToolFailed(f"{server.name} sent what is no MCP: {words[:300]}", "bad_answer")),
    (
        TimeoutError,
        lambda server, words: NotSent(f"{server.name} cannot be reached: no answer within {server.connect_s:g} s", "timeout"),
    ),
    (OAuthFlowError, lambda server, words: NotSent(f"{server.name} does not let us in: {words}", "refused")),
    ((OSError, httpx2.TransportError), lambda server, words: NotSent(f"{server.name} cannot be reached: {words}")),
    (asyncio.CancelledError, lambda server, words: Lost(f"the connection to {server.name} ended")),
)
_CODES: dict[int, Callable[[str, str], ToolFailed]] = {
    NOT_SENT: lambda name, words: NotSent(f"{name} cannot be reached: {words}"),
    GONE: lambda name, words: NotSent(f"{name} has been restarted: {words}", "session_gone"),
    FORBIDDEN: lambda name, words: NotSent(words, "egress_refused"),
    REFUSED: lambda name, words: NotSent(f"{name} does not let us in: {words}", "refused"),
    LOST: lambda name, words: Lost(f"the connection to {name} was lost"),
    types.PARSE_ERROR: lambda name, words: ToolFailed(f"{name} sent what is no MCP: {words[:300]}", "bad_answer"),
}
