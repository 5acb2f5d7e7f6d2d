"""A real MCP server of the SDK as a program: ``program.py http PORT FOLDER``, or ``stdio FOLDER`` over its standard streams.

``FOLDER/state.json`` changes it while it runs; ``FOLDER/ledger`` has a line for every call that was begun, ``FOLDER/done`` for
every one that was finished, so that a test knows what really happened.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


class Program:
    def __init__(self, folder: Path):
        self.folder = folder
        self.server: Server[Any] = Server(
            "testing",
            version="1",
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
        )

    @property
    def state(self) -> dict[str, Any]:
        path = self.folder / "state.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    async def list_tools(self, ctx: Any, params: Any) -> types.ListToolsResult:
        told = self.state.get("description", "Adds two numbers.")
        number = {"type": "integer"}
        add = {
            "type": "object",
            "properties": {"a": number, "b": number},
            "required": ["a", "b"],
            "additionalProperties": False,
        }
        reads = types.ToolAnnotations(read_only_hint=True)
        tools = [
            types.Tool(name="add", description=told, input_schema=self.state.get("schema", add), annotations=reads),
            types.Tool(name="charge", description="Takes money.", input_schema=TEXT),
            types.Tool(name="look", description="Reads, slowly if so told.", input_schema=TEXT, annotations=reads),
            types.Tool(name="huge", description="Says a lot.", input_schema={"type": "object"}, annotations=reads),
            types.Tool(name="picture", description="Shows.", input_schema={"type": "object"}, annotations=reads),
            types.Tool(name="fail", description="Fails.", input_schema=TEXT, annotations=reads),
            types.Tool(name="headers", description="Says what it got.", input_schema={"type": "object"}, annotations=reads),
        ]
        tools += [types.Tool.model_validate(tool) for tool in self.state.get("more", [])]
        return types.ListToolsResult(tools=[tool for tool in tools if tool.name not in self.state.get("gone", [])])

    async def call_tool(self, ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        given = params.arguments or {}
        self._note("ledger", f"{params.name} {json.dumps(given, sort_keys=True)}")
        if wait := self.state.get("wait_s", {}).get(params.name):
            await anyio.sleep(wait)
        result = self._answer(ctx, params.name, given)
        self._note("done", params.name)
        return result

    def _answer(self, ctx: Any, name: str, given: dict[str, Any]) -> types.CallToolResult:
        if name == "add":
            total = given["a"] + given["b"]
            return types.CallToolResult(content=[types.TextContent(text=str(total))], structured_content={"sum": total})
        if name == "huge":
            return types.CallToolResult(content=[types.TextContent(text="word " * self.state.get("words", 40_000))])
        if name == "picture":
            data = base64.b64encode(b"x" * 3000).decode()
            return types.CallToolResult(content=[types.ImageContent(data=data, mime_type="image/png")])
        if name == "fail":
            return types.CallToolResult(content=[types.TextContent(text=f"there is no {given['text']}")], is_error=True)
        if name == "headers":
            request = ctx.request
            got = dict(request.headers) if request is not None else dict(os.environ)
            return types.CallToolResult(content=[types.TextContent(text=json.dumps(got))])
        return types.CallToolResult(content=[types.TextContent(text=f"{name}: {given.get('text', '')}")])

    def _note(self, name: str, line: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write(line + "\n")


def serve_http(port: int, folder: Path) -> None:
    import uvicorn

    program = Program(folder)
    inner = program.server.streamable_http_app(streamable_http_path="/mcp", json_response=bool(program.state.get("json")))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        token = program.state.get("token")
        sent = dict(scope.get("headers", [])).get(b"authorization", b"").decode()
        if scope["type"] == "http" and token and sent != f"Bearer {token}":
            await send({"type": "http.response.start", "status": 401, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": f"wrong: {sent}".encode()})
            return
        rubbish, older = program.state.get("rubbish"), program.state.get("older")
        version = dict(scope.get("headers", [])).get(b"mcp-protocol-version", b"").decode()
        if scope["type"] == "http" and (rubbish or (older and version > "2026")):
            kind = b"application/json" if rubbish else b"text/plain"
            await send({"type": "http.response.start", "status": 200 if rubbish else 400, "headers": [(b"content-type", kind)]})
            await send({"type": "http.response.body", "body": (rubbish or "what?").encode()})
            return
        await inner(scope, receive, send)

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


async def serve_stdio(folder: Path) -> None:
    program = Program(folder)
    async with stdio_server() as (reading, writing):
        await program.server.run(reading, writing, program.server.create_initialization_options())


if __name__ == "__main__":
    if sys.argv[1] == "http":
        serve_http(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        anyio.run(serve_stdio, Path(sys.argv[2]))
