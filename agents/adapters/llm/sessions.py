"""One HTTP session for each event loop, closed with its loop. Owns connections and time-outs, knows no provider."""

from __future__ import annotations

import asyncio
import os
import weakref
from collections.abc import AsyncGenerator

import aiohttp

from agents.core.llm.port import ModelError

CONNECT_S = 10.0
LONGEST_ANSWER = 64_000_000  # bytes, those of a stream's frame included
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


async def get_session() -> aiohttp.ClientSession:
    """The running loop's session."""
    loop = asyncio.get_running_loop()
    known = _SESSIONS.get(loop)
    if known is not None and not known[0].closed:
        return known[0]
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60, ttl_dns_cache=300),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=any(os.environ.get(n) or os.environ.get(n.upper()) for n in _PROXIES),
    )
    keeper = _keep(session)
    await anext(keeper)
    _SESSIONS[loop] = (session, keeper)
    return session


def time_outs(total_s: float, silence_s: float) -> aiohttp.ClientTimeout:
    """``silence_s``: longest wait for the first byte and between two; connecting has its own limit."""
    return aiohttp.ClientTimeout(total=total_s, sock_connect=min(CONNECT_S, total_s), sock_read=min(silence_s, total_s))


async def read_answer(response: aiohttp.ClientResponse, name: str) -> bytes:
    """The whole body. Raises ``ModelError`` for one that no model server sends: it would fill the memory of all runs."""
    pieces, length = [], 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_ANSWER:
            response.close()
            raise ModelError(f"{name} does not come to an end: its answer is longer than is read", code="bad_reply")
    return b"".join(pieces)


async def _keep(session: aiohttp.ClientSession) -> AsyncGenerator[None, None]:
    """A generator that the loop itself ends when it shuts down: the one hook asyncio has for closing things with a loop."""
    try:
        yield
    finally:
        await session.close()


_Kept = tuple[aiohttp.ClientSession, AsyncGenerator[None, None]]
_SESSIONS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Kept] = weakref.WeakKeyDictionary()
