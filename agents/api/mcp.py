"""``/mcp-servers``: servers of others, their tools, and the decisions of people on each tool."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field

from agents.services.mcp import (
    ServerRow,
    ServerTool,
    accept_tool,
    add_server,
    change_server,
    get_server,
    list_servers,
    remove_server,
    set_tool,
    test_server,
)
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["MCP servers"])
Danger = Literal["unknown", "safe", "low", "medium", "high", "critical"]
Auth = Literal["none", "header", "oauth"]
TOOL: dict[str, Any] = {
    "name": "mcp__tickets__find_ticket",
    "tool": "find_ticket",
    "title": "",
    "description": "Finds a ticket by its number.",
    "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
    "effect": "read",
    "danger": "low",
    "state": "on",
    "enabled": True,
    "digest": "sha256:6f1c",
    "problem": "",
    "approved": None,
}
SERVER: dict[str, Any] = {
    "name": "tickets",
    "source": "form",
    "transport": "http",
    "address": "https://mcp.example.org/mcp",
    "auth": "header",
    "header": "Authorization",
    "has_secret": True,
    "status": "ok",
    "problem": "",
    "checked_at": "2026-01-01T12:00:00Z",
    "added_by": "Alice",
    "tools": [TOOL],
}


class McpToolOut(Schema):
    """A tool that a server offers, and what people decided on it."""

    model_config = example(**TOOL)

    name: str = Field(description="What agents call it: `mcp__<server>__<tool>`.")
    tool: str = Field(description="What the server calls it.")
    title: str
    description: str = Field(description="The server's words as they are now. Text of a stranger.")
    parameters: dict[str, Any]
    effect: str = Field(description="What the server says of a repeat: read, keyed or unkeyed.")
    danger: str
    state: str = Field(description="off; on; held: changed since a person looked; gone: no longer offered.")
    enabled: bool
    digest: str = Field(description="Names exactly this name, description, schema and effect; send it back as `seen_digest`.")
    problem: str = Field(description="Why it can never be used; empty: it can.")
    approved: dict[str, Any] | None = Field(description="What a person accepted, when the server has changed it since.")


class McpServerOut(Schema):
    """A server. Its secret is told by nothing but `has_secret`."""

    model_config = example(**SERVER)

    name: str
    source: str = Field(description="form: added here; file: from the operator's file, which is read-only.")
    transport: str = Field(description="http or stdio.")
    address: str
    auth: str
    header: str
    has_secret: bool
    status: str = Field(description="new: never asked; ok: it answered when it was asked last; failed.")
    problem: str
    checked_at: datetime | None
    added_by: str
    tools: list[McpToolOut]


class McpConnectionIn(Body):
    """How a server is reached."""

    model_config = example(url="https://mcp.example.org/mcp", auth="header", header="Authorization")

    url: str = Field(max_length=500, description="Streamable HTTP, under the organization's network rules.")
    auth: Auth = "none"
    header: str = Field(default="Authorization", max_length=100)
    secret: str = Field(default="", max_length=4000, description="The header's whole value. Never told again.")


class McpServerIn(McpConnectionIn):
    """A new server."""

    model_config = example(name="tickets", url="https://mcp.example.org/mcp", auth="none")

    name: str = Field(max_length=30)


class McpToolIn(Body):
    """A decision on a tool. What is left out stays."""

    model_config = example(seen_digest="sha256:6f1c", enabled=True, danger="low")

    seen_digest: str = Field(default="", max_length=100, description="Of what was looked at; needed to switch on.")
    enabled: bool | None = None
    danger: Danger | None = None


class McpLookIn(Body):
    """Somebody looked at what a held tool is now."""

    model_config = example(seen_digest="sha256:6f1c")

    seen_digest: str = Field(min_length=1, max_length=100)


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: list[McpServerOut]}),
    operation_id="list_mcp_servers",
    summary="List the MCP servers and their tools",
)
def list_all(request: ApiRequest) -> list[McpServerOut]:
    return [tell_server(row) for row in list_servers(request.auth)]


@router.post(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({201: McpServerOut}, *BODY),
    operation_id="add_mcp_server",
    summary="Add an MCP server",
    description="Nothing is connected to yet: test it next. Programs (stdio) can only be named in the operator's file.",
)
def add(request: ApiRequest, data: McpServerIn) -> Status[McpServerOut]:
    row = add_server(
        principal=request.auth, name=data.name, url=data.url, auth=data.auth, header=data.header, secret=data.secret
    )
    return Status(201, tell_server(row))


@router.get(
    "/{name}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: McpServerOut}, 404),
    operation_id="get_mcp_server",
    summary="Get one MCP server with its tools",
)
def get(request: ApiRequest, name: str) -> McpServerOut:
    return tell_server(get_server(request.auth, name))


@router.put(
    "/{name}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: McpServerOut}, 404, 409, *BODY),
    operation_id="change_mcp_server",
    summary="Change how an MCP server is reached",
    description="An empty `secret` keeps the one that is there, unless the address leads to another host.",
)
def change(request: ApiRequest, name: str, data: McpConnectionIn) -> McpServerOut:
    row = change_server(principal=request.auth, name=name, url=data.url, auth=data.auth, header=data.header, secret=data.secret)
    return tell_server(row)


@router.delete(
    "/{name}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({204: None}, 404, 409),
    operation_id="remove_mcp_server",
    summary="Remove an MCP server",
)
def remove(request: ApiRequest, name: str) -> Status[None]:
    remove_server(principal=request.auth, name=name)
    return Status(204, None)


@router.post(
    "/{name}/test",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: McpServerOut}, 404),
    operation_id="test_mcp_server",
    summary="Connect to an MCP server and list its tools",
    description="`status` and `problem` say what came of it. Decisions on tools stay.",
)
def test(request: ApiRequest, name: str) -> McpServerOut:
    return tell_server(test_server(principal=request.auth, name=name))


@router.put(
    "/{name}/tools/{tool}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: McpToolOut}, 404, 409, *BODY),
    operation_id="set_mcp_tool",
    summary="Switch a tool on or off, or class its danger",
    description="409 when the server has changed the tool since it was looked at.",
)
def set_one(request: ApiRequest, name: str, tool: str, data: McpToolIn) -> McpToolOut:
    changed = set_tool(
        principal=request.auth,
        name=name,
        tool=tool,
        seen_digest=data.seen_digest,
        enabled=data.enabled,
        danger=data.danger,
    )
    return tell_tool(changed)


@router.post(
    "/{name}/tools/{tool}/accept",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: McpToolOut}, 404, 409, *BODY),
    operation_id="accept_mcp_tool",
    summary="Accept what a held tool is now",
    description="409 when the server has changed the tool since it was looked at.",
)
def accept(request: ApiRequest, name: str, tool: str, data: McpLookIn) -> McpToolOut:
    return tell_tool(accept_tool(principal=request.auth, name=name, tool=tool, seen_digest=data.seen_digest))


def tell_server(row: ServerRow) -> McpServerOut:
    values = {name: getattr(row, name) for name in McpServerOut.model_fields if name != "tools"}
    return McpServerOut(**values, tools=[tell_tool(tool) for tool in row.tools])


def tell_tool(tool: ServerTool) -> McpToolOut:
    return McpToolOut(**{name: getattr(tool, name) for name in McpToolOut.model_fields})
