"""MCP servers of an organization: added, tested, removed, and their tools looked at and switched on one by one by people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.adapters.egress.targets import check_target
from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.mcp.oauth_rows import purpose_of, read_kept
from agents.adapters.mcp.rows import record_offers, record_problem
from agents.adapters.mcp.tools import list_offers
from agents.core.runtime.errors import RuntimeFault
from agents.core.tools.errors import EgressRefused
from agents.core.tools.mcp import BUILTIN, DANGERS, SERVER_NAME, Entry, approve, effect_of, state_of
from agents.models import McpServer
from agents.services.egress import resolve_rules
from agents.services.mcp_tools import address_of, file_servers, forget_mcp_tools, servers_file
from trust.core.errors import CannotUnseal, Conflict, Invalid, NotFound, Problem
from trust.core.principal import Principal
from trust.services.secrets import seal_secret

AUTHS = ("none", "header", "oauth")
TEST_WITHIN_S = 45.0
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_SECRET = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,3998}[\x21-\x7e])?")
_OWN_HEADERS = {"host", "content-length", "content-type", "accept", "connection", "transfer-encoding", "mcp-session-id"}


@dataclass(frozen=True, slots=True)
class ServerTool:
    """One tool for people. ``state``: off, on, held, gone. ``approved`` is what was accepted, where it differs from now."""

    name: str
    tool: str
    title: str
    description: str
    parameters: dict[str, Any]
    effect: str
    danger: str
    state: str
    enabled: bool
    digest: str
    problem: str
    approved: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ServerRow:
    """One server for people. ``source``: form, or file (the operator's). Secrets are told only as "there is one"."""

    name: str
    source: str
    transport: str
    address: str
    auth: str
    header: str
    has_secret: bool
    status: str
    problem: str
    checked_at: datetime | None
    added_by: str
    tools: tuple[ServerTool, ...]

    def count(self, state: str) -> int:
        return sum(tool.state == state for tool in self.tools)

    @property
    def counts(self) -> dict[str, int]:
        return {state: self.count(state) for state in ("on", "held", "gone", "off")}


def list_servers(principal: Principal) -> list[ServerRow]:
    """Those that were added here and those of the operator's file, by name."""
    rows = {row.name: row for row in McpServer.objects.filter(organization_id=principal.organization_id)}
    listed = [_told(row) for row in rows.values() if row.url]
    for name in file_servers(principal.organization_id):
        row = rows.get(name)
        if row is None or not row.url:
            listed.append(_told_of_file(principal, name, row))
    return sorted(listed, key=lambda server: server.name)


def get_server(principal: Principal, name: str) -> ServerRow:
    found = next((server for server in list_servers(principal) if server.name == name), None)
    if found is None:
        raise NotFound(f"There is no MCP server {name!r}.")
    return found


def file_problem() -> str:
    """What is wrong with the operator's file, for the page; empty: nothing, or there is none."""
    return servers_file().problem


def count_held(principal: Principal) -> int:
    """Tools that wait for somebody to look."""
    rows = McpServer.objects.filter(organization_id=principal.organization_id).values_list("tools", flat=True)
    return sum(state_of(entry) == "held" for tools in rows for entry in tools)


def add_server(
    *, principal: Principal, name: str, url: str, auth: str = "none", header: str = "Authorization", secret: str = ""
) -> ServerRow:
    """Adds a streamable HTTP server; nothing is connected to yet. Raises ``Invalid`` with every fault."""
    name, url = name.strip(), url.strip()
    problems = _name_problems(principal, name) + _url_problems(principal, url)
    problems += _auth_problems(auth, header, secret, needs_secret=auth == "header")
    if problems:
        raise Invalid(problems=problems)
    row = McpServer(
        organization_id=principal.organization_id,
        name=name,
        url=url,
        auth=auth,
        header=header if auth == "header" else "",
        created_by_label=principal.label,
        created_at=timezone.now(),
    )
    row.secret = seal_secret(secret, purpose_of(row)) if auth == "header" else ""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid(problems=[_taken(name)]) from None
    forget_mcp_tools(principal.organization_id)
    return _told(row)


def change_server(
    *, principal: Principal, name: str, url: str, auth: str, header: str = "Authorization", secret: str = ""
) -> ServerRow:
    """Changes how a server is reached. An empty ``secret`` keeps the one that is there, unless the address is another:
    a secret is never sent where its owner did not want it."""
    url = url.strip()
    with transaction.atomic():
        row = _locked(principal, name)
        keeps = row.auth == auth == "header" and row.header == header and bool(row.secret) and _origin(row.url) == _origin(url)
        problems = _url_problems(principal, url)
        problems += _auth_problems(auth, header, secret, needs_secret=auth == "header" and not keeps)
        if problems:
            raise Invalid(problems=problems)
        if auth == "header":
            row.secret = seal_secret(secret, purpose_of(row)) if secret else row.secret
        elif auth != row.auth or _origin(row.url) != _origin(url):
            row.secret = ""
        row.url, row.auth, row.header = url, auth, header if auth == "header" else ""
        row.status, row.problem = "new", ""
        row.save()
    forget_mcp_tools(principal.organization_id)
    return _told(row)


def remove_server(*, principal: Principal, name: str) -> None:
    """Takes the server, its secret and its tools away; agents that name them are told so when they call them."""
    with transaction.atomic():
        _locked(principal, name).delete()
    forget_mcp_tools(principal.organization_id)


def test_server(*, principal: Principal, name: str) -> ServerRow:
    """Connects now and asks for the tools; what came of it is kept. Decisions on tools stay."""
    organization_id = principal.organization_id
    row = _row(organization_id, name)
    address = file_servers(organization_id).get(name)
    if row is None and address is None:
        raise NotFound(f"There is no MCP server {name!r}.")
    if row is None:
        row, _ = McpServer.objects.get_or_create(
            organization_id=organization_id,
            name=name,
            defaults={"url": "", "created_at": timezone.now(), "created_by_label": principal.label},
        )
    try:
        server = address_of(row) if row.url else address
        if server is None:
            raise NotFound(f"The operator's file has no server {name!r}.")
        record_offers(organization_id, name, ENGINE_LOOP.run(list_offers(server), TEST_WITHIN_S))
    except (RuntimeFault, CannotUnseal) as error:
        record_problem(organization_id, name, str(error) or "the secret can no longer be opened; enter it again")
    except TimeoutError:
        record_problem(organization_id, name, f"{name} did not answer within {TEST_WITHIN_S:g} s")
    forget_mcp_tools(organization_id)
    return get_server(principal, name)


def set_tool(
    *, principal: Principal, name: str, tool: str, seen_digest: str, enabled: bool | None = None, danger: str | None = None
) -> ServerTool:
    """Switches a tool on or off, or classes its danger. Switching on approves what ``seen_digest`` names: what was shown.

    Raises ``Conflict`` when the server has changed the tool since it was shown.
    """
    if danger is not None and danger not in DANGERS:
        told = f"{danger!r} is no danger class; they are: {', '.join(DANGERS)}"
        raise Invalid(problems=[Problem(where="danger", message=told)])

    def change(entry: Entry) -> Entry:
        classed = {**entry, "danger": danger or entry["danger"]}
        if enabled and entry["problem"]:
            raise Invalid(problems=[Problem(where="enabled", message=f"{tool} cannot be used: {entry['problem']}")])
        if enabled and not seen_digest:
            raise Invalid(problems=[Problem(where="seen_digest", message="must name what was looked at: the tool's digest")])
        if enabled and (not entry["enabled"] or not entry["approved"]):
            return approve(classed, enabled=True, danger=classed["danger"])
        return classed if enabled is None else {**classed, "enabled": enabled}

    return _change_tool(principal, name, tool, seen_digest=seen_digest if enabled else "", change=change)


def accept_tool(*, principal: Principal, name: str, tool: str, seen_digest: str) -> ServerTool:
    """A person looked at what a held tool is now, and lets it be used as that. Its danger class stays."""

    def change(entry: Entry) -> Entry:
        if entry["problem"]:
            raise Invalid(problems=[Problem(where="tool", message=f"{tool} cannot be used: {entry['problem']}")])
        return approve(entry, enabled=entry["enabled"], danger=entry["danger"])

    return _change_tool(principal, name, tool, seen_digest=seen_digest, change=change)


def _change_tool(
    principal: Principal, name: str, tool: str, *, seen_digest: str, change: Callable[[Entry], Entry]
) -> ServerTool:
    with transaction.atomic():
        row = _locked(principal, name, also_file=True)
        entry = next((each for each in row.tools if tool in (each["name"], each["alias"])), None)
        if entry is None:
            known = ", ".join(each["name"] for each in row.tools) or "none; test the server first"
            raise NotFound(f"The server {name} has no tool {tool!r}; it has: {known}.")
        if seen_digest and seen_digest != entry["digest"]:
            raise Conflict(f"The server has changed {entry['name']} since it was shown to you. Look at it again.")
        changed = change(entry)
        row.tools = [changed if each is entry else each for each in row.tools]
        row.save(update_fields=["tools"])
    forget_mcp_tools(principal.organization_id)
    return _told_tool(changed)


def _row(organization_id: UUID, name: str) -> McpServer | None:
    return McpServer.objects.filter(organization_id=organization_id, name=name).first()


def _locked(principal: Principal, name: str, *, also_file: bool = False) -> McpServer:
    rows = McpServer.objects.select_for_update().filter(organization_id=principal.organization_id, name=name)
    row = rows.first()
    if row is None or (not row.url and not also_file):
        if name in file_servers(principal.organization_id) and not also_file:
            raise Conflict(f"{name} comes from the operator's file; it is changed there.")
        raise NotFound(f"There is no MCP server {name!r}.")
    return row


def _name_problems(principal: Principal, name: str) -> list[Problem]:
    if not SERVER_NAME.fullmatch(name):
        told = f"{name!r} is no name; allowed are 2 to 30 lower-case letters, digits, - and single _, beginning with a letter"
        return [Problem(where="name", message=told)]
    if name == BUILTIN:
        return [Problem(where="name", message=f"{BUILTIN} is the name of Kaizen's own tools")]
    if _row(principal.organization_id, name) or name in file_servers(principal.organization_id):
        return [_taken(name)]
    return []


def _taken(name: str) -> Problem:
    return Problem(where="name", message=f"there is a server {name!r} already")


def _url_problems(principal: Principal, url: str) -> list[Problem]:
    if len(url) > 500:
        return [Problem(where="url", message=f"has {len(url)} characters; at most 500 are allowed")]
    try:
        check_target(url, resolve_rules(principal.organization_id))
    except EgressRefused as refused:
        return [Problem(where="url", message=str(refused))]
    return []


def _auth_problems(auth: str, header: str, secret: str, *, needs_secret: bool) -> list[Problem]:
    if auth not in AUTHS:
        return [Problem(where="auth", message=f"{auth!r} is no way to sign in; they are: {', '.join(AUTHS)}")]
    if auth != "header":
        return []
    problems = []
    if not _HEADER.fullmatch(header) or header.lower() in _OWN_HEADERS:
        problems.append(Problem(where="header", message="must be the name of a header that is not the connection's own"))
    if needs_secret and not secret:
        problems.append(Problem(where="secret", message="is needed: the whole value of the header, such as 'Bearer …'"))
    if secret and not _SECRET.fullmatch(secret):
        told = "a header's value is one line of at most 4000 visible ASCII characters, without spaces around it"
        problems.append(Problem(where="secret", message=told))
    return problems


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _told(row: McpServer) -> ServerRow:
    return ServerRow(
        name=row.name,
        source="form",
        transport="http",
        address=row.url,
        auth=row.auth,
        header=row.header,
        has_secret=bool(read_kept(str(row.id)).get("tokens")) if row.auth == "oauth" else bool(row.secret),
        status=row.status,
        problem=row.problem,
        checked_at=row.checked_at,
        added_by=row.created_by_label,
        tools=tuple(_told_tool(entry) for entry in row.tools),
    )


def _told_of_file(principal: Principal, name: str, row: McpServer | None) -> ServerRow:
    """The program's name, or the host: arguments, variables and headers may be secrets of the operator."""
    address = file_servers(principal.organization_id)[name]
    return ServerRow(
        name=name,
        source="file",
        transport="stdio" if address.is_program else "http",
        address=address.command.rpartition("/")[2] if address.is_program else "{}://{}".format(*_origin(address.url)),
        auth="header" if address.headers else "none",
        header="",
        has_secret=bool(address.headers),
        status=row.status if row else "new",
        problem=row.problem if row else "",
        checked_at=row.checked_at if row else None,
        added_by="",
        tools=tuple(_told_tool(entry) for entry in row.tools) if row else (),
    )


def _told_tool(entry: Entry) -> ServerTool:
    state = state_of(entry)
    return ServerTool(
        name=entry["alias"],
        tool=entry["name"],
        title=entry["title"],
        description=entry["description"],
        parameters=entry["parameters"],
        effect=effect_of(entry["annotations"]).value,
        danger=entry["danger"],
        state=state,
        enabled=entry["enabled"],
        digest=entry["digest"],
        problem=entry["problem"],
        approved=entry["approved"] if state == "held" else None,
    )
