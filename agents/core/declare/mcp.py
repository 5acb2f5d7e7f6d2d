"""The MCP surface of every agent in Python: its own servers, what they offer, and direct calls of their tools or of ours."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from agents.core.spec.agent import AgentSpec, ToolUse
from agents.core.spec.tool_call import ToolCallSpec
from agents.core.tools.mcp import BUILTIN, BUILTIN_PREFIX, SERVED, is_mcp_name, server_of

if TYPE_CHECKING:
    from agents.core.runtime.outcome import Outcome
    from agents.core.runtime.ports import Tool, Tools

DECLARED = "agents.adapters.mcp.declared:DeclaredServers"  # by name: the core does not import its adapters


class Servers(Protocol):
    """The servers of one agent."""

    @property
    def names(self) -> tuple[str, ...]: ...
    async def tools(self, server: str = "") -> Mapping[str, Tool]: ...


class McpSurface:
    """``mcp_servers=[{"name": "tickets", "url": "https://..."}]``, or a program: ``{"name", "command", "args"}``, with
    ``transport``, ``headers``, ``env``, ``cwd``, ``timeout_s`` and ``danger`` (of all its tools, or by tool) as needed."""

    spec: AgentSpec
    _workspace: Path | None
    _tool_catalog: Tools | None
    _servers: Servers | None = None

    def add_mcp_servers(self, servers: Sequence[Mapping[str, Any]]) -> None:
        """Raises ``ValueError`` that says what is wrong with which server."""
        if servers:
            module, _, name = DECLARED.partition(":")
            self._servers = cast("Servers", getattr(importlib.import_module(module), name)(servers))

    async def discover_mcp_tools(self, server_name: str = "") -> list[dict[str, Any]]:
        """Name, description, parameters, danger and effect of each tool of one server, or all; ours are ``kaizen_builtin``."""
        known = (BUILTIN, *(self._servers.names if self._servers else ()))
        if server_name and server_name not in known:
            raise ValueError(f"this agent has no MCP server {server_name!r}; it has: {', '.join(known)}")
        found: list[Tool] = []
        if server_name in ("", BUILTIN):
            found += _ours()
        if self._servers and server_name != BUILTIN:
            found += (await self._servers.tools(server_name)).values()
        return [
            {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "danger": tool.danger,
                "effect": tool.effect.value,
                "unavailable": tool.unavailable,
            }
            for tool in found
        ]

    async def execute_mcp_tool(self, tool_name: str, params: Mapping[str, Any] | None = None) -> Any:
        """The result of one call under this agent's permissions, as its own calls are: also ``tool_name="read_file"`` works.

        File tools work in the agent's workspace, or else in the current folder. Raises ``AgentWaiting`` when a person has to
        be asked and nobody can be, and ``AgentFailed`` with the tool's words when it fails or is denied.
        """
        from agents.core.declare.agent import default_models, failure
        from agents.core.runtime.memory import memory_ports
        from agents.core.tools.call_run import run_tool_call

        use = next((use for use in self.spec.tools if use.name == tool_name), ToolUse(name=tool_name))
        spec = ToolCallSpec(name=self.spec.name, tool=use, permissions=self.spec.permissions)
        ports = memory_ports(
            models=default_models(),
            tools=await self._with_mcp_tools(self._tool_catalog, [tool_name]),
            workspace=self._workspace or Path.cwd(),
        )
        outcome: Outcome = await cast("Any", self)._drive(run_tool_call, spec, dict(params or {}), ports)
        if outcome.status == "succeeded" and outcome.output is not None:
            return outcome.output["result"]
        raise failure(self.spec.name, outcome)

    async def _with_mcp_tools(self, tools: Tools | None, names: Sequence[str] | None = None) -> Tools | None:
        """``tools`` and those of the agent's own servers; only servers that are named are connected to."""
        wanted = [use.name for use in self.spec.tools] if names is None else names
        servers = sorted({server_of(name) for name in wanted if is_mcp_name(name)})
        if self._servers is None or not servers:
            return tools
        from agents.core.runtime.memory import CatalogTools

        found: dict[str, Tool] = {}
        for server in servers:
            if server in self._servers.names:
                found |= await self._servers.tools(server)
        return _Both(found, tools or CatalogTools())


class _Both:
    def __init__(self, first: Mapping[str, Tool], others: Tools):
        self._first = first
        self._others = others

    def get(self, name: str) -> Tool:
        return self._first[name] if name in self._first else self._others.get(name)


def _ours() -> list[Tool]:
    from agents.core.tools.catalog import get_tool, tool_names

    return [get_tool(BUILTIN_PREFIX + name) for name in SERVED if name in tool_names()]
