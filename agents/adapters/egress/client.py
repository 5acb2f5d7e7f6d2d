"""HttpEgress: one whole request under the rules. Redirects are followed by hand, bodies are cut at a cap, time has a limit."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urljoin, urlsplit

import aiohttp

from agents.adapters.egress.connector import Resolver, guarded_session
from agents.adapters.egress.rules import EgressRules
from agents.adapters.egress.targets import Target, check_target, look_up_async, parse_target
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.ports import HttpAnswer
from agents.core.tools.errors import EgressRefused

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MOST_REDIRECTS = 5
LONGEST_BODY = 10_000_000
USER_AGENT = "Kaizen"
# These say how the message travels and to whom: they are the connection's business, never the caller's.
_RESERVED = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "expect"}
)
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "idempotency-key", "x-api-key"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,8000}")


class HttpEgress:
    """The ``Egress`` port under ``rules``; ``resolver`` looks names up, for tests."""

    def __init__(self, rules: EgressRules, resolver: Resolver = look_up_async):
        self.rules = rules
        self._resolver = resolver

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
        max_bytes: int = LONGEST_BODY,
    ) -> HttpAnswer:
        """Raises ``EgressRefused`` for what the rules forbid, ``ToolFailed`` (timeout, network) for what the network does."""
        if method not in METHODS:
            raise EgressRefused(f"{method!r} is not a method that may be used: {', '.join(sorted(METHODS))}")
        if body is not None and len(body) > LONGEST_BODY:
            raise EgressRefused(f"the body has {len(body)} bytes; at most {LONGEST_BODY} may be sent")
        target = check_target(url, self.rules)
        sent = _checked(headers or {})
        try:
            async with asyncio.timeout(timeout_s), guarded_session(self.rules, resolver=self._resolver) as session:
                return await self._follow(session, method, target, headers=sent, body=body, max_bytes=max_bytes)
        except TimeoutError as error:
            raise ToolFailed(f"{target.host} did not answer within {timeout_s:g} s", "timeout") from error
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            told = str(error) or type(error).__name__
            raise ToolFailed(f"{target.scheme}://{target.host} cannot be reached: {told}", "network") from error

    async def _follow(
        self,
        session: aiohttp.ClientSession,
        method: str,
        target: Target,
        *,
        headers: dict[str, str],
        body: bytes | None,
        max_bytes: int,
    ) -> HttpAnswer:
        sent_by = ""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                check_target(target.url, self.rules)
                async with session.request(method, target.url, headers=headers, data=body, allow_redirects=False) as response:
                    location = response.headers.get("Location", "")
                    if response.status not in (301, 302, 303, 307, 308) or not location:
                        data, cut = await _read(response, max_bytes)
                        return HttpAnswer(response.status, dict(response.headers), data, str(response.url), cut)
                    status = response.status
            except EgressRefused as refused:
                raise EgressRefused(f"{sent_by}{refused}", **refused.details) from None
            sent_by = f"{target.host} redirects: "
            following = _next_target(target, location)
            if _origin(following) != _origin(target):
                headers = {name: value for name, value in headers.items() if name.lower() not in _SECRET}
            if status == 303 or (status in (301, 302) and method == "POST"):
                method, body = ("HEAD" if method == "HEAD" else "GET"), None
                headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
            target = following
        raise ToolFailed(f"{target.host} redirected more than {MOST_REDIRECTS} times", "network")


def _next_target(target: Target, location: str) -> Target:
    url = urljoin(target.url, location)
    if target.scheme == "https" and urlsplit(url).scheme == "http":
        raise EgressRefused(f"{target.host} redirects: from https to {url!r}, but encryption is not given up", url=url)
    try:
        return parse_target(url)
    except EgressRefused as refused:
        raise EgressRefused(f"{target.host} redirects: {refused}", **refused.details) from None


async def _read(response: aiohttp.ClientResponse, most: int) -> tuple[bytes, bool]:
    """The body up to ``most`` bytes, unpacked, and whether there was more."""
    pieces: list[bytes] = []
    length = 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        length += len(piece)
        if length > most:
            response.close()
            return b"".join(pieces)[:most], True
    return b"".join(pieces), False


def _checked(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise EgressRefused(f"the header {name[:80]!r} has characters, or a length, that headers cannot have")
        if name.lower() in _RESERVED or name.lower().startswith("proxy-"):
            raise EgressRefused(f"the header {name!r} is set by the connection itself and cannot be given")
    named = {name.lower() for name in headers}
    return headers if "user-agent" in named else {**headers, "User-Agent": USER_AGENT}


def _origin(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port
