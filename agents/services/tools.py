"""Tools by name for the shell: what upper apps add, what workers get, what a person's edit of arguments must fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from agents.core.runtime.calls import InvalidArguments
from agents.core.runtime.calls import check_arguments as check_tool_arguments
from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.memory import CatalogTools
from agents.core.runtime.ports import Tool, Tools
from agents.core.spec.pipeline import agents_in
from agents.core.tools.catalog import get_tool, register_tool, tool_names
from agents.core.tools.mcp import is_mcp_name
from agents.services.agent_tools import PREFIX, find_agent_tool, list_agent_tools
from agents.services.mcp_tools import McpTools, resolve_mcp_tools
from trust.core.errors import Invalid, Problem

__all__ = ["check_arguments", "get_tool", "list_tools", "register_tool", "resolve_tools", "tool_names", "tool_names_of"]


@dataclass(frozen=True, slots=True)
class OrganizationTools:
    """The catalog, the MCP tools of one organization, and those of its agents that a spec names as tools."""

    mcp: McpTools
    agents: Mapping[str, Tool]

    def get(self, name: str) -> Tool:
        """Raises ``UnknownTool`` that lists what there is."""
        if name in self.agents:
            return self.agents[name]
        if not is_mcp_name(name):
            return get_tool(name)
        if name not in self.mcp.tools:
            known = ", ".join(sorted(self.mcp.tools)) or "none; servers are added in Settings, MCP servers"
            raise UnknownTool(f"no MCP tool {name!r}; there is: {known}")
        return self.mcp.tools[name]


def resolve_tools(organization_id: UUID | None = None, names: Iterable[str] = ()) -> Tools:
    """The tools that runs of the organization may name; without one, those of the catalog.

    Agents as tools are looked up here and now, and only those among ``names``: a run that is under way reads no table.
    """
    if organization_id is None:
        return _catalog_tools()
    found = {name: find_agent_tool(organization_id, name) for name in names if name.startswith(PREFIX)}
    return OrganizationTools(resolve_mcp_tools(organization_id), {name: tool for name, tool in found.items() if tool})


def tool_names_of(spec: Any) -> set[str]:
    """Every tool that an agent, or the agents within a pipeline or a journey, may name."""
    return {use.name for _, agent in agents_in(spec) for use in agent.tools}


@cache
def _catalog_tools() -> Tools:
    return CatalogTools()


def list_tools(organization_id: UUID | None = None) -> list[Tool]:
    """Every tool that can be named, also those that cannot be used now: ``unavailable`` says why."""
    found = [get_tool(name) for name in sorted(tool_names())]
    more = resolve_mcp_tools(organization_id).tools if organization_id else {}
    agents = list_agent_tools(organization_id) if organization_id else []
    return [*found, *(more[name] for name in sorted(more)), *agents]


def check_arguments(tool_name: str, arguments: dict[str, Any], organization_id: UUID | None = None) -> None:
    """Raises ``Invalid`` with every place where ``arguments`` do not fit the tool's JSON schema."""
    try:
        check_tool_arguments(resolve_tools(organization_id, [tool_name]).get(tool_name), arguments)
    except UnknownTool as error:
        raise Invalid(problems=[Problem(where="tool", message=str(error))]) from None
    except InvalidArguments as error:
        found = error.details["problems"]
        problems = [Problem(where=".".join(filter(None, ["arguments", p["where"]])), message=p["message"]) for p in found]
        raise Invalid(problems=problems) from None
