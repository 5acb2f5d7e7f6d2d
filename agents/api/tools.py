"""``/tools``: every tool that agents may name, with its schemas, how dangerous it is, and what a crash may do to its effect."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema
from pydantic import Field

from agents.core.runtime.ports import Tool
from agents.services.tools import list_tools
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers, example

router = Router(tags=["Tools"])
TOOL: dict[str, Any] = {
    "name": "file_exists",
    "description": "Tells whether there is a file or folder at a path in the run's own folder.",
    "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
    "result": {"type": "object", "properties": {"exists": {"type": "boolean"}}},
    "danger": "safe",
    "effect": "read",
    "edits": False,
    "asks": False,
    "summary": "Look whether {path} exists",
    "available": True,
    "unavailable": "",
}


class ToolOut(Schema):
    """A tool."""

    model_config = example(**TOOL)

    name: str
    description: str
    parameters: dict[str, Any] = Field(description="JSON Schema of the arguments.")
    result: dict[str, Any] | None = Field(description="JSON Schema of the result, where it is known.")
    danger: str = Field(description="safe, low, medium, high or critical; unknown: nobody has classed it, so each call asks.")
    effect: str = Field(
        description="read: may be repeated. keyed: repeated with the same key, applied once. unkeyed: at most once; "
        "after a crash a person decides. local: exactly once, in the database."
    )
    edits: bool = Field(description="Whether it changes files of the run's own folder and nothing else.")
    asks: bool = Field(description="Whether a call of it is a question to a person.")
    summary: str = Field(description="What a person reads on the approval card, with {argument} in it.")
    available: bool
    unavailable: str = Field(description="Why it cannot be used here; empty when it can.")


class ToolsOut(Schema):
    """Every tool, also those that cannot be used now."""

    model_config = example(items=[TOOL])

    items: list[ToolOut]


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ToolsOut}),
    operation_id="list_tools",
    summary="List the tools",
    description="Built-in tools, those of the organization's MCP servers, and its agents that can be called as tools.",
)
def get(request: ApiRequest) -> ToolsOut:
    return ToolsOut(items=[tell_tool(tool) for tool in list_tools(request.auth.organization_id)])


def tell_tool(tool: Tool) -> ToolOut:
    told = {name: getattr(tool, name) for name in ToolOut.model_fields if name != "available"}
    return ToolOut(**told, available=not tool.unavailable)
