"""The settings pages of MCP servers: the list with its form, and one server with its tools. Every action is a plain form."""

from __future__ import annotations

import difflib
import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.core.tools.mcp import DANGERS
from agents.services.mcp import (
    ServerTool,
    accept_tool,
    add_server,
    change_server,
    file_problem,
    get_server,
    list_servers,
    remove_server,
    set_tool,
    test_server,
)
from agents.services.mcp_sign_in import finish_sign_in, start_sign_in
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx

FIELDS = ("name", "url", "auth", "header", "secret")


@require_GET
@requires(Permission.READ)
def show_servers(request: GuardedRequest) -> HttpResponse:
    return render(request, "agents/mcp/list.html", _list_page(request))


@require_POST
@requires(Permission.ADMIN)
def add(request: GuardedRequest) -> HttpResponse:
    """Adds the server and asks it for its tools at once."""
    typed = {field: request.POST.get(field, "") for field in FIELDS}
    typed["header"] = typed["header"].strip() or "Authorization"
    try:
        server = add_server(principal=request.principal, **typed)
    except Invalid as refusal:
        page = _list_page(request) | {"refusals": _by_field(refusal), "typed": {**typed, "secret": ""}}
        return render(request, "agents/mcp/list.html", page, status=refusal.status)
    if server.auth != "oauth":
        test_server(principal=request.principal, name=server.name)
    return go_back(request, reverse("mcp_server", args=[server.name]), f"{server.name} is added.", "success")


@require_GET
@requires(Permission.READ)
def show_server(request: GuardedRequest, name: str) -> HttpResponse:
    return render(request, "agents/mcp/server.html", _server_page(request, name))


@require_POST
@requires(Permission.ADMIN)
def change(request: GuardedRequest, name: str) -> HttpResponse:
    typed = {field: request.POST.get(field, "") for field in FIELDS if field != "name"}
    typed["header"] = typed["header"].strip() or "Authorization"
    try:
        change_server(principal=request.principal, name=name, **typed)
    except Invalid as refusal:
        page = _server_page(request, name) | {"refusals": _by_field(refusal), "typed": {**typed, "secret": ""}}
        return render(request, "agents/mcp/server.html", page, status=refusal.status)
    return go_back(request, reverse("mcp_server", args=[name]), f"{name} is changed. Test it now.", "success")


@require_http_methods(["POST"])
@requires(Permission.ADMIN)
def test(request: GuardedRequest, name: str) -> HttpResponse:
    server = test_server(principal=request.principal, name=name)
    if server.status == "ok":
        return go_back(request, reverse("mcp_server", args=[name]), f"{name} answers: {len(server.tools)} tools.", "success")
    return go_back(request, reverse("mcp_server", args=[name]), server.problem, "error")


@require_POST
@requires(Permission.ADMIN)
def remove(request: GuardedRequest, name: str) -> HttpResponse:
    remove_server(principal=request.principal, name=name)
    return go_back(request, reverse("mcp_settings"), f"{name} and its tools are removed.", "success")


@require_POST
@requires(Permission.BUILD)
def decide_tool(request: GuardedRequest, name: str) -> HttpResponse:
    """``action``: on, off, class (the danger), accept. For htmx the tool's own row comes back."""
    action, tool, digest = (request.POST.get(field, "") for field in ("action", "tool", "digest"))
    danger = request.POST.get("danger") or None
    try:
        changed = _decide(request, name, action=action, tool=tool, digest=digest, danger=danger)
    except (Invalid, Conflict) as refusal:
        if is_htmx(request):
            found = next(each for each in get_server(request.principal, name).tools if tool in (each.tool, each.name))
            return render(request, "agents/mcp/tool.html", _tool_context(request, name, found) | {"refusal": refusal.message})
        return go_back(request, reverse("mcp_server", args=[name]), refusal.message, "error")
    if is_htmx(request):
        return render(request, "agents/mcp/tool.html", _tool_context(request, name, changed))
    return HttpResponseRedirect(f"{reverse('mcp_server', args=[name])}#{changed.name}")


@require_POST
@requires(Permission.ADMIN)
def sign_in(request: GuardedRequest, name: str) -> HttpResponse:
    """Shows where the server's own sign-in page is; the person goes there by themselves."""
    callback = settings.ENV.public_url + reverse("mcp_signed_in")
    try:
        target = start_sign_in(principal=request.principal, name=name, callback=callback)
    except Conflict as refusal:
        return go_back(request, reverse("mcp_server", args=[name]), refusal.message, "error")
    if not target:
        return go_back(request, reverse("mcp_server", args=[name]), f"{name} did not ask for a sign-in.", "success")
    page = {"name": name, "target": target, "host": urlsplit(target).netloc, "trail": _trail()}
    return render(request, "agents/mcp/sign_in.html", page)


@require_GET
@requires(Permission.ADMIN)
def signed_in(request: GuardedRequest) -> HttpResponse:
    """Where the sign-in page sends the person back to."""
    sent = {field: request.GET.get(field, "")[:4000] for field in ("state", "code", "iss", "error")}
    try:
        name = finish_sign_in(
            principal=request.principal, state=sent["state"], code=sent["code"], issuer=sent["iss"], error=sent["error"]
        )
    except Invalid as refusal:
        return go_back(request, reverse("mcp_settings"), refusal.message, "error")
    return HttpResponseRedirect(reverse("mcp_server", args=[name]))


def _decide(request: GuardedRequest, name: str, *, action: str, tool: str, digest: str, danger: str | None) -> ServerTool:
    if action == "accept":
        return accept_tool(principal=request.principal, name=name, tool=tool, seen_digest=digest)
    enabled = {"on": True, "off": False}.get(action)
    return set_tool(principal=request.principal, name=name, tool=tool, seen_digest=digest, enabled=enabled, danger=danger)


def _list_page(request: GuardedRequest) -> dict[str, Any]:
    return {
        "servers": list_servers(request.principal),
        "file_problem": file_problem(),
        "may_admin": request.principal.may(Permission.ADMIN),
        "typed": {"auth": "none", "header": "Authorization"},
        "refusals": {},
    }


def _server_page(request: GuardedRequest, name: str) -> dict[str, Any]:
    server = get_server(request.principal, name)
    order = {"held": 0, "gone": 1, "on": 2, "off": 3}
    tools = sorted(server.tools, key=lambda tool: (order[tool.state], tool.tool))
    return {
        "server": server,
        "rows": [_tool_context(request, name, tool) for tool in tools],
        "dangers": DANGERS,
        "may_admin": request.principal.may(Permission.ADMIN),
        "may_build": request.principal.may(Permission.BUILD),
        "typed": {"url": server.address, "auth": server.auth, "header": server.header or "Authorization"},
        "refusals": {},
        "trail": _trail(),
    }


def _trail() -> list[tuple[str, str]]:
    return [("Settings", reverse("model_settings")), ("MCP servers", reverse("mcp_settings"))]


def _tool_context(request: GuardedRequest, server: str, tool: ServerTool) -> dict[str, Any]:
    return {
        "tool": tool,
        "server_name": server,
        "dangers": DANGERS,
        "may_build": request.principal.may(Permission.BUILD),
        "changes": _changes(tool),
        "schema": _schema_text(tool.parameters),
    }


def _changes(tool: ServerTool) -> list[tuple[str, str]]:
    """What the server changed, line by line: ``old``, ``new`` or ``same`` with the line."""
    if tool.approved is None:
        return []
    before = _as_lines(tool.approved["description"], tool.approved["parameters"])
    now = _as_lines(tool.description, tool.parameters)
    kinds = {"- ": "old", "+ ": "new", "  ": "same"}
    found = [(kinds[line[:2]], line[2:]) for line in difflib.ndiff(before, now) if line[:2] in kinds]
    if any(kind != "same" for kind, _ in found):
        return found[:400]
    return [("new", "What the server says of its effects, its title, or the end of a very long text has changed.")]


def _as_lines(description: str, parameters: Any) -> list[str]:
    return [*description.splitlines(), "", *_schema_text(parameters).splitlines()]


def _schema_text(parameters: Any) -> str:
    return json.dumps(parameters, indent=2, ensure_ascii=False)


def _by_field(refusal: Invalid) -> dict[str, str]:
    return {problem["where"]: problem["message"] for problem in refusal.problems}
