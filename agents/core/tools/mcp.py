"""Tools of MCP servers as data: names, effects, digests, and what changed since a person looked. Pure; connects to nothing.

An entry is what is kept of one tool: what the server offers now, what a person approved, and how it may be used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agents.core.runtime.effects import Effect
from agents.core.tools.mcp_schema import schema_problem
from trust.core.canonical import digest

PREFIX = "mcp__"
BUILTIN = "kaizen_builtin"  # the name under which our own tools are known as those of an MCP server
BUILTIN_PREFIX = f"{PREFIX}{BUILTIN}__"
SERVER_NAME = re.compile(r"[a-z](?:[a-z0-9-]|_(?!_)){0,28}[a-z0-9]")
SERVED = (
    "read_file", "write_file", "delete_file", "list_directory", "file_exists",
    "http_get", "http_post", "http_put", "http_delete", "bash_command", "fetch_url", "extract_links",
)  # fmt: skip
LONGEST_NAME = 64  # what providers of models take
MOST_TOOLS = 300
LONGEST_DESCRIPTION = 4000
DANGERS = ("unknown", "safe", "low", "medium", "high", "critical")
OFFERED = ("title", "description", "parameters", "annotations")

Entry = dict[str, Any]


def is_mcp_name(name: str) -> bool:
    """True for tools of other servers; ``mcp__kaizen_builtin__...`` are our own."""
    return name.startswith(PREFIX) and not name.startswith(BUILTIN_PREFIX)


def server_of(name: str) -> str:
    """The server's part of ``mcp__<server>__<tool>``; empty for other names."""
    return name.removeprefix(PREFIX).partition("__")[0] if name.startswith(PREFIX) else ""


def other_name(name: str) -> str:
    """The second name of one of our own tools: ``read_file`` is ``mcp__kaizen_builtin__read_file`` and the other way round."""
    return name.removeprefix(BUILTIN_PREFIX) if name.startswith(BUILTIN_PREFIX) else BUILTIN_PREFIX + name


def real_name(name: str) -> str:
    """The catalog's name of one of our own tools, by whichever of its two names it is called."""
    bare = name.removeprefix(BUILTIN_PREFIX)
    return bare if bare in SERVED else name


def tool_name(server: str, tool: str) -> str:
    """``mcp__<server>__<tool>`` in characters and a length that every provider takes; what is cut is told by a digest."""
    plain = f"{PREFIX}{server}__" + re.sub(r"[^A-Za-z0-9_-]", "_", tool)
    if len(plain) <= LONGEST_NAME and plain.endswith(tool):
        return plain
    mark = hashlib.sha256(tool.encode()).hexdigest()[:6]
    return f"{plain[: LONGEST_NAME - 7]}_{mark}"


def effect_of(annotations: Mapping[str, Any]) -> Effect:
    """What the server says of the tool: reading may be repeated, so may what is idempotent; all else happens at most once."""
    if annotations.get("readOnlyHint") is True:
        return Effect.READ
    return Effect.KEYED if annotations.get("idempotentHint") is True else Effect.UNKEYED


def read_offer(data: Mapping[str, Any]) -> Entry:
    """One tool of a server's list (MCP's JSON form) as the start of an entry. ``problem`` says why it cannot be used."""
    name = str(data.get("name", ""))
    parameters = data.get("inputSchema") or {"type": "object"}
    annotations = {k: v for k, v in (data.get("annotations") or {}).items() if isinstance(v, bool | str)}
    told = {
        "title": str(data.get("title") or annotations.get("title") or "")[:200],
        "description": str(data.get("description") or ""),
        "parameters": parameters,
        "annotations": annotations,
    }
    problem = schema_problem(parameters)
    return {
        "name": name,
        **told,
        "description": told["description"][:LONGEST_DESCRIPTION],
        "parameters": {"type": "object"} if problem else parameters,
        "digest": digest({"name": name, **told}) if not problem else _digest_of_text(repr(data)),
        "problem": problem,
    }


def read_offers(server: str, listed: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """The tools of a server's whole list under their names here, each name once, at most ``MOST_TOOLS``."""
    offers: dict[str, Entry] = {}
    for data in listed:
        offer = read_offer(data)
        if offer["name"] and len(offer["name"]) <= 200 and len(offers) < MOST_TOOLS:
            offers.setdefault(tool_name(server, offer["name"]), offer)
    return [{"alias": alias, **offer} for alias, offer in offers.items()]


def merge_offers(entries: Sequence[Entry], offers: Sequence[Entry]) -> list[Entry]:
    """What is kept after the server was asked again: decisions stay, offers are new, what is gone and unused is dropped."""
    known = {entry["alias"]: entry for entry in entries}
    merged: list[Entry] = []
    for offer in offers:
        before: Entry = known.pop(offer["alias"], {})
        kept: Entry = {name: before[name] for name in ("enabled", "danger", "approved", "approved_digest") if name in before}
        merged.append(
            {"enabled": False, "danger": "unknown", "approved": None, "approved_digest": "", **kept, **offer, "listed": True}
        )
    return merged + [{**entry, "listed": False} for entry in known.values() if entry["enabled"]]


def approve(entry: Entry, *, enabled: bool, danger: str) -> Entry:
    """The entry as a person sees it now becomes what may be used."""
    shown = {name: entry[name] for name in OFFERED}
    return {**entry, "enabled": enabled, "danger": danger, "approved": shown, "approved_digest": entry["digest"]}


def state_of(entry: Entry) -> str:
    """``off``, ``on``, ``held`` (changed since a person looked), ``gone`` (no longer offered)."""
    if not entry["enabled"]:
        return "off"
    if not entry.get("listed", True):
        return "gone"
    return "on" if entry["digest"] == entry["approved_digest"] else "held"


def why_not(server: str, entry: Entry) -> tuple[str, str]:
    """The code and the sentence why a tool cannot be called now; empty when it can."""
    state = state_of(entry)
    if state == "held":
        return "held", (
            f"the server {server} has changed what {entry['name']} is since a person looked at it; "
            "somebody who may build must look at it and accept it in Settings, MCP servers"
        )
    if state == "gone":
        return "gone", f"the server {server} offers no tool {entry['name']} any more"
    if state == "off":
        return "off", f"it is switched off; somebody who may build can switch it on in Settings, MCP servers, {server}"
    return "", ""


def _digest_of_text(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
