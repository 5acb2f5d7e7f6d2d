"""Tools of MCP servers in the form that runs use: approved by a person, looked at again before each call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.connection import Connection, sessions
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext
from agents.core.tools.mcp import Entry, effect_of, merge_offers, state_of, why_not
from agents.core.tools.mcp_schema import tame_schema

Seen = Callable[[Sequence[Entry]], Awaitable[None]]


def build_tool(server: ServerAddress, entry: Entry, seen: Seen) -> Tool:
    """The tool of one entry. What the model reads of it is what a person approved, never what came since.

    ``seen`` is told the server's list when it is not what was approved.
    """
    code, reason = why_not(server.name, entry)
    shown = entry["approved"] if entry["enabled"] and entry["approved"] else None
    if shown is None:
        return unusable_tool(entry, code, reason)
    effect = effect_of(shown["annotations"])

    async def call(arguments: dict[str, Any], context: ToolContext) -> Any:
        async def work(connection: Connection) -> Any:
            listing = await connection.list_tools()
            await _check(server, entry, listing, seen)
            key = context.idempotency_key if effect is Effect.KEYED else ""
            return await connection.call(entry["name"], arguments, key)

        return await sessions().run(server, work, repeatable=effect is not Effect.UNKEYED)

    return Tool(
        name=entry["alias"],
        description=shown["description"] or shown["title"] or f"{entry['name']} of {server.name}",
        parameters=tame_schema(shown["parameters"]),
        effect=effect,
        call=call,
        danger=entry["danger"],
        unavailable=reason,
        unavailable_code=code or "unavailable",
    )


def unusable_tool(entry: Entry, code: str, reason: str) -> Tool:
    """A tool whose calls fail with ``reason``. Nothing that a server wrote is told to the model."""
    return Tool(
        name=entry["alias"],
        description="This tool cannot be used.",
        parameters={"type": "object"},
        effect=Effect.UNKEYED,
        danger="unknown",
        unavailable=reason,
        unavailable_code=code,
    )


async def list_offers(server: ServerAddress) -> Sequence[Entry]:
    """The tools as the server tells them now. Raises ``ToolFailed``."""

    async def work(connection: Connection) -> Sequence[Entry]:
        return await connection.list_tools(fresh_s=0)

    offers: Sequence[Entry] = await sessions().run(server, work, repeatable=True, patience_s=0)
    return offers


async def _check(server: ServerAddress, entry: Entry, listing: Sequence[Entry], seen: Seen) -> None:
    now = next(each for each in merge_offers([entry], listing) if each["alias"] == entry["alias"])
    if state_of(now) != "on":
        await seen(listing)
        code, reason = why_not(server.name, now)
        raise ToolFailed(f"{entry['alias']} cannot be used: {reason}", code)
