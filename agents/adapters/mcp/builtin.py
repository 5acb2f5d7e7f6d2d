"""Our own tools as the MCP server ``kaizen_builtin``: what it lists and how it answers. Who may call is the caller's affair."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import mcp_types as types
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.core.tools.mcp import BUILTIN

CallTool = Callable[[str, dict[str, Any], str], Awaitable[Any]]
Answer = tuple[int, dict[str, str], bytes]
_READS = (Effect.READ,)


def build_server(tools: Sequence[Tool], call: CallTool) -> Server[Any]:
    """``call(name, arguments, idempotency_key)`` returns the result as JSON data or raises ``ToolFailed``."""
    listed = [_listed(tool) for tool in tools]

    async def list_tools(ctx: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    async def call_tool(ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name not in {tool.name for tool in listed}:
            known = ", ".join(tool.name for tool in listed)
            return _failed(f"there is no tool {params.name!r}; there is: {known}")
        key = (params.meta or {}).get("kaizen/idempotency-key", "")
        try:
            result = await call(params.name, params.arguments or {}, str(key)[:200])
        except ToolFailed as failed:
            return _failed(str(failed))
        text = json.dumps(result, ensure_ascii=False)
        structured = result if isinstance(result, dict) else {"result": result}
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=structured)

    return Server(BUILTIN, version="1", on_list_tools=list_tools, on_call_tool=call_tool)


async def serve_streams(server: Server[Any]) -> None:
    """Over this process's standard streams, until the client closes them."""
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


async def answer_request(server: Server[Any], headers: dict[str, str], body: bytes) -> Answer:
    """One POST of streamable HTTP, answered as JSON. Nothing is kept between two requests, so any process can answer any."""
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mcp/",
        "raw_path": b"/mcp/",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": None,
        "server": None,
    }
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    kept = {name.decode(): value.decode("latin-1") for name, value in start["headers"] if name.lower() != b"content-length"}
    return start["status"], kept, b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")


def _listed(tool: Tool) -> types.Tool:
    annotations = types.ToolAnnotations(
        read_only_hint=tool.effect in _READS,
        idempotent_hint=tool.effect in (Effect.READ, Effect.KEYED),
        destructive_hint=tool.danger in ("high", "critical"),
        open_world_hint=tool.name.startswith(("http_", "fetch_", "extract_")),
    )
    return types.Tool(name=tool.name, description=tool.description, input_schema=tool.parameters, annotations=annotations)


def _failed(words: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=words)], is_error=True)
