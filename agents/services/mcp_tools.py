"""The MCP tools that an organization's runs may name: those of its own servers and of the operator's file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.file import ServersFile, read_servers_file
from agents.adapters.mcp.oauth_rows import purpose_of
from agents.adapters.mcp.rows import record_offers
from agents.adapters.mcp.tools import build_tool, unusable_tool
from agents.adapters.threads import in_thread
from agents.core.runtime.ports import Tool
from agents.core.tools.mcp import Entry, why_not
from agents.models import McpServer
from agents.services.egress import resolve_rules
from agents.services.recent import Recent
from trust.core.errors import CannotUnseal
from trust.services.principals import organization_slug
from trust.services.secrets import unseal_secret


@dataclass(frozen=True, slots=True)
class McpTools:
    """The tools by name, and for what cannot be used the reason."""

    tools: Mapping[str, Tool] = field(default_factory=dict)
    servers: frozenset[str] = frozenset()

    def why_not(self, name: str) -> str:
        tool = self.tools.get(name)
        return tool.unavailable if tool else ""


def resolve_mcp_tools(organization_id: UUID) -> McpTools:
    """The tools as they were at most a second ago."""
    return _RECENT.get(organization_id)


def forget_mcp_tools(organization_id: UUID) -> None:
    """The next run sees what was just changed."""
    _RECENT.forget(organization_id)


def servers_file() -> ServersFile:
    """The operator's file as it is now."""
    return read_servers_file(settings.ENV.kaizen_mcp_file)


def file_servers(organization_id: UUID) -> dict[str, ServerAddress]:
    """Those of the operator's file that this organization may use."""
    servers = servers_file().servers
    if not servers:
        return {}
    slug = organization_slug(organization_id)
    return {s.address.name: s.address for s in servers if not s.organizations or slug in s.organizations}


def address_of(row: McpServer) -> ServerAddress:
    """How to reach a server that was added by a form. Raises ``CannotUnseal``."""
    headers: tuple[tuple[str, str], ...] = ()
    if row.auth == "header" and row.secret:
        headers = ((row.header, unseal_secret(row.secret, purpose_of(row))),)
    return ServerAddress(
        name=row.name,
        url=row.url,
        headers=headers,
        rules=resolve_rules(row.organization_id),
        oauth=str(row.id) if row.auth == "oauth" else "",
    )


def _load(organization_id: UUID) -> McpTools:
    rows = list(McpServer.objects.filter(organization_id=organization_id))
    from_file = file_servers(organization_id) if any(not row.url for row in rows) else {}
    tools: dict[str, Tool] = {}
    for row in rows:
        tools |= {tool.name: tool for tool in _tools_of(row, from_file)}
    return McpTools(tools, frozenset(row.name for row in rows))


def _tools_of(row: McpServer, from_file: Mapping[str, ServerAddress]) -> Iterable[Tool]:
    if not any(entry["enabled"] for entry in row.tools):
        return [unusable_tool(entry, *why_not(row.name, entry)) for entry in row.tools]
    try:
        server = address_of(row) if row.url else from_file.get(row.name)
    except CannotUnseal:
        server, why = None, f"the secret of the server {row.name} can no longer be opened; enter it again"
    else:
        why = f"the operator's file no longer has a server {row.name} for this organization"
    if server is None:
        return [unusable_tool(entry, "unavailable", why) for entry in row.tools]
    seen = _seen(row.organization_id, row.name)
    return [build_tool(server, entry, seen) for entry in row.tools]


def _seen(organization_id: UUID, server: str) -> Callable[[Sequence[Entry]], Awaitable[None]]:
    async def seen(offers: Sequence[Entry]) -> None:
        def record() -> None:
            record_offers(organization_id, server, offers)
            _RECENT.forget(organization_id)

        await in_thread(record)

    return seen


_RECENT: Recent[McpTools] = Recent(_load)
