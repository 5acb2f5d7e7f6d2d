"""Signing in to an MCP server by OAuth: where to send the person, and what to do with what they come back with."""

from __future__ import annotations

import asyncio
import hmac
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from urllib.parse import parse_qs, urlsplit

from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.mcp.oauth_rows import read_kept, write_kept
from agents.adapters.mcp.rows import record_offers, record_problem
from agents.adapters.threads import in_thread
from agents.core.runtime.calls import ToolFailed
from agents.core.tools.mcp import read_offers
from agents.models import McpServer
from agents.services.mcp_tools import address_of, forget_mcp_tools
from trust.core.errors import Conflict, Invalid, NotFound, Problem
from trust.core.principal import Principal

START_WITHIN_S = 30.0
END_WITHIN_S = 20.0


def start_sign_in(*, principal: Principal, name: str, callback: str) -> str:
    """The address of the server's sign-in page; empty when the tokens that are kept still do. ``callback`` is our page.

    Raises ``Conflict`` with the reason when the server does not offer a sign-in.
    """
    row = McpServer.objects.filter(organization_id=principal.organization_id, name=name, auth="oauth").first()
    if row is None:
        raise NotFound(f"There is no MCP server {name!r} with OAuth.")
    write_kept(str(row.id), {"answer": None, "pending": None, "tokens": None, "client": None})
    shown: Future[str] = Future()
    ENGINE_LOOP.submit(_sign_in(row, principal, callback, shown))
    try:
        return shown.result(START_WITHIN_S)
    except NotInTime:
        raise Conflict(f"{name} did not say within {START_WITHIN_S:g} s where to sign in.") from None


def finish_sign_in(*, principal: Principal, state: str, code: str, issuer: str = "", error: str = "") -> str:
    """Takes what the sign-in page sent back; the name of the server. Waits until the server was asked for its tools.

    Raises ``Invalid`` when nobody of this organization waits for it, or when it says that access was refused.
    """
    for row in McpServer.objects.filter(organization_id=principal.organization_id, auth="oauth").exclude(secret=""):
        pending = read_kept(str(row.id)).get("pending")
        if pending and pending["by"] == principal.ref and hmac.compare_digest(pending["state"], state):
            break
    else:
        told = "nobody waits for this sign-in: it was finished, given up, or begun by somebody else; begin anew"
        raise Invalid(problems=[Problem(where="state", message=told)])
    if error or not code:
        write_kept(str(row.id), {"pending": None})
        record_problem(row.organization_id, row.name, f"the sign-in was refused: {error[:200] or 'no code was sent'}")
        return row.name
    write_kept(str(row.id), {"answer": {"code": code, "state": state, "iss": issuer or None}})
    _wait_for_end(row)
    return row.name


def _wait_for_end(row: McpServer) -> None:
    until = time.monotonic() + END_WITHIN_S
    asked_at = row.checked_at
    while time.monotonic() < until:
        row.refresh_from_db()
        if row.checked_at != asked_at:
            return
        time.sleep(0.2)


async def _sign_in(row: McpServer, principal: Principal, callback: str, shown: Future[str]) -> None:
    """The SDK's whole flow, from the first refusal to the list of tools, in one task; it ends in the row."""
    from agents.adapters.mcp import sdk
    from agents.adapters.mcp.oauth import ANSWER_WITHIN_S, auth_of

    server = await in_thread(address_of, row)

    async def show(url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ToolFailed(f"{server.name} names a sign-in page that is no web address")
        state = parse_qs(urlsplit(url).query)["state"][0]
        await in_thread(write_kept, str(row.id), {"pending": {"state": state, "by": principal.ref}})
        if not shown.done():
            shown.set_result(url)

    try:
        async with asyncio.timeout(ANSWER_WITHIN_S + 60):
            auth = await auth_of(server, callback=callback, show=show)
            async with sdk.open_client(server, lambda: None, auth) as client:
                offers = read_offers(server.name, await sdk.list_tools(client))
        await in_thread(record_offers, row.organization_id, row.name, offers)
        if not shown.done():
            shown.set_result("")
    except Exception as error:  # noqa: BLE001 - the end of a task that nobody awaits: whatever it is, the page tells it
        told = sdk.told(server, error)
        await in_thread(record_problem, row.organization_id, row.name, str(told))
        if not shown.done():
            shown.set_exception(Conflict(str(told)))
    finally:
        await in_thread(forget_mcp_tools, row.organization_id)
