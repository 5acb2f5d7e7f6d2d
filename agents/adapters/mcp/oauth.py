"""OAuth of MCP servers, by the SDK's own flow. What it learns is kept sealed in the server's row, and nowhere else.

Runs use the tokens and refresh them; only a person at the page can sign in anew. The two halves of a sign-in may happen in two
processes: the row carries the question (where to send the person) and the answer (what came back).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from agents.adapters.mcp.address import ServerAddress, remember_secrets
from agents.adapters.mcp.errors import NotSent
from agents.adapters.mcp.oauth_rows import read_kept, write_kept
from agents.adapters.threads import in_thread

ANSWER_WITHIN_S = 300.0
LOOK_EVERY_S = 0.5
Show = Callable[[str], Awaitable[None]]


class RowStorage:
    """The SDK's token storage over the sealed text of one row."""

    def __init__(self, row_id: str):
        self._row = row_id

    async def get_tokens(self) -> OAuthToken | None:
        found = (await in_thread(read_kept, self._row)).get("tokens")
        return self._known(OAuthToken.model_validate(found)) if found else None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self._known(tokens)
        await in_thread(write_kept, self._row, {"tokens": tokens.model_dump(mode="json", exclude_none=True)})

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        found = (await in_thread(read_kept, self._row)).get("client")
        return OAuthClientInformationFull.model_validate(found) if found else None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        await in_thread(write_kept, self._row, {"client": json.loads(client_info.model_dump_json(exclude_none=True))})

    def _known(self, tokens: OAuthToken) -> OAuthToken:
        remember_secrets(self._row, tokens.access_token, tokens.refresh_token or "")
        return tokens


async def auth_of(server: ServerAddress, *, callback: str = "", show: Show | None = None) -> Any:
    """The SDK's provider for a server with OAuth, else ``None``. With ``show`` a person may sign in: it gets the address of
    the sign-in page, and the answer is waited for in the row. Raises ``NotSent`` where nobody has signed in yet."""
    if not server.oauth:
        return None
    storage = RowStorage(server.oauth)
    if show is None and await storage.get_tokens() is None:
        raise NotSent(
            f"nobody has signed in to {server.name} yet; an administrator does that in Settings, MCP servers", "refused"
        )
    metadata = OAuthClientMetadata(
        client_name="Kaizen",
        redirect_uris=[AnyUrl(callback or "http://127.0.0.1/")],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    return OAuthClientProvider(
        server.url,
        metadata,
        storage,
        redirect_handler=show,
        callback_handler=(lambda: _answer(server.oauth)) if show else None,
    )


async def _answer(row_id: str) -> AuthorizationCodeResult:
    until = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < until:
        answer = (await in_thread(read_kept, row_id)).get("answer")
        if answer:
            await in_thread(write_kept, row_id, {"answer": None, "pending": None})
            return AuthorizationCodeResult(code=answer["code"], state=answer["state"], iss=answer.get("iss"))
        await asyncio.sleep(LOOK_EVERY_S)
    raise TimeoutError("nobody signed in within five minutes")
