"""The page of all tools: what each does, takes and gives back, how dangerous it is, and whether it can be used here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.services.tools import list_tools
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

EFFECTS = {
    Effect.READ: ("only reads", "A crash in the middle costs nothing: it is done again."),
    Effect.KEYED: ("applied once", "It is done again with the same key after a crash, and applied once."),
    Effect.UNKEYED: ("at most once", "It is never repeated by itself: after a crash in the middle a person decides."),
    Effect.LOCAL: ("exactly once", "Effect and record are one transaction of the database."),
}
DANGER_TONES = {"safe": "ok", "low": "ok", "medium": "warn", "high": "bad", "critical": "bad"}
MCP, AGENTS = "From MCP servers", "Agents as tools"
ABOUT = {
    "Files": "They work in the run's own folder, which nothing leads out of. A fork gets a copy; it goes with the run.",
    "Web": "They connect only where the network rules let them, with every redirect checked anew.",
    "Programs": "They run in a sandbox: no network, no rights, nothing of this machine to write to but the run's folder.",
    "Other": "",
    MCP: "Added under MCP servers, where each is switched on by itself.",
    AGENTS: "Each call is a run of its own below the calling one.",
}
GROUPS = {
    **dict.fromkeys(("read_file", "write_file", "delete_file", "list_directory", "file_exists"), "Files"),
    **dict.fromkeys(("http_get", "http_post", "http_put", "http_delete", "fetch_url", "extract_links"), "Web"),
    **dict.fromkeys(("bash_command", "run_python"), "Programs"),
}
_ORDER = {name: place for place, name in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class ToolCard:
    """One tool as the page shows it."""

    name: str
    description: str
    danger: str
    tone: str
    asks_people: str
    effect: str
    effect_about: str
    unavailable: str
    parameters: tuple[Parameter, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    about: str
    tools: tuple[ToolCard, ...]


@require_GET
@requires(Permission.READ)
def show_tools(request: GuardedRequest) -> HttpResponse:
    tools = list_tools(request.principal.organization_id)
    off = sum(bool(tool.unavailable) for tool in tools)
    return render(request, "agents/tool/list.html", {"groups": _grouped(tools), "count": len(tools), "off": off})


def _grouped(tools: Iterable[Tool]) -> list[Group]:
    found: dict[str, list[ToolCard]] = {title: [] for title in ABOUT}
    for tool in sorted(tools, key=lambda tool: _ORDER.get(tool.name, len(_ORDER))):
        found[_group_of(tool)].append(_card(tool))
    return [Group(title, ABOUT[title], tuple(cards)) for title, cards in found.items() if cards]


def _group_of(tool: Tool) -> str:
    if tool.name.startswith("mcp__"):
        return MCP
    return AGENTS if tool.agent is not None else GROUPS.get(tool.name, "Other")


def _card(tool: Tool) -> ToolCard:
    effect, about = EFFECTS[tool.effect]
    return ToolCard(
        name=tool.name,
        description=tool.description,
        danger=tool.danger,
        tone=DANGER_TONES.get(tool.danger, "warn"),
        asks_people=_asks(tool),
        effect=effect,
        effect_about=about,
        unavailable=tool.unavailable,
        parameters=tuple(_parameters(tool.parameters)),
        results=tuple((tool.result or {}).get("properties", {})),
    )


def _asks(tool: Tool) -> str:
    if tool.asks:
        return "A call of it is a question to a person."
    if tool.danger in ("safe", "low"):
        return "Runs without asking, unless the agent or a rule says otherwise."
    if tool.edits:
        return "Asks a person before each call; in accept-edits mode it does not."
    return "Asks a person before each call, unless the agent or a rule says otherwise."


def _parameters(schema: dict[str, Any]) -> Iterable[Parameter]:
    required = schema.get("required", [])
    for name, about in schema.get("properties", {}).items():
        yield Parameter(name, _type_of(about), name in required, _about(about))


def _type_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "any value")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)


def _about(schema: dict[str, Any]) -> str:
    told = str(schema.get("description", ""))
    if "minimum" in schema and "maximum" in schema:
        told += f" Between {schema['minimum']} and {schema['maximum']}."
    return f"{told} Default: {schema['default']}." if schema.get("default") not in (None, "") else told
