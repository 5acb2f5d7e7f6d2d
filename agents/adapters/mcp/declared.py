"""The MCP servers that an agent names in Python: connected to at first use, trusted as far as their developer trusts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.file import read_server
from agents.adapters.mcp.tools import build_tool, list_offers, unusable_tool
from agents.core.runtime.ports import Tool
from agents.core.tools.mcp import DANGERS, Entry, approve, merge_offers


class DeclaredServers:
    """What each offered when it was asked first is what may be used: a server that changes a tool later is held."""

    def __init__(self, servers: Sequence[Mapping[str, Any]]):
        self._servers: dict[str, ServerAddress] = {}
        self._dangers: dict[str, Any] = {}
        self._tools: dict[str, dict[str, Tool]] = {}
        for given in servers:
            entry = {key: value for key, value in given.items() if key not in ("name", "danger")}
            name = str(given.get("name", ""))
            if name in self._servers:
                raise ValueError(f"the MCP server {name!r} is named twice")
            self._servers[name] = read_server(name, entry).address
            self._dangers[name] = _checked(name, given.get("danger", "unknown"))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._servers)

    async def tools(self, server: str = "") -> Mapping[str, Tool]:
        """Those of one server, or of all. Raises ``ToolFailed`` when it cannot be reached."""
        for name in [server] if server else self._servers:
            if name not in self._tools:
                self._tools[name] = await self._ask(name)
        return {alias: tool for name, found in self._tools.items() if server in ("", name) for alias, tool in found.items()}

    async def _ask(self, name: str) -> dict[str, Tool]:
        address = self._servers[name]
        entries = merge_offers([], await list_offers(address))
        return {entry["alias"]: self._build(name, entry) for entry in entries}

    def _build(self, name: str, entry: Entry) -> Tool:
        if entry["problem"]:
            return unusable_tool(entry, "unavailable", entry["problem"])
        danger = self._dangers[name]
        classed = danger if isinstance(danger, str) else danger.get(entry["name"], "unknown")
        return build_tool(self._servers[name], approve(entry, enabled=True, danger=classed), _unheard)


async def _unheard(offers: Sequence[Entry]) -> None:
    """There is no page that would show the change; the call that met it fails and says so."""


def _checked(name: str, danger: Any) -> Any:
    classes = danger.values() if isinstance(danger, dict) else [danger]
    if wrong := next((each for each in classes if each not in DANGERS), None):
        raise ValueError(f"{name}: {wrong!r} is no danger class; they are: {', '.join(DANGERS)}")
    return danger
