"""aiohttp that connects only where the rules allow: the checked address is the very one that the socket is opened to."""

from __future__ import annotations

import asyncio
import socket
import weakref
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from agents.adapters.egress.rules import EgressRules
from agents.adapters.egress.targets import Target, check_addresses, check_reachable, check_target, look_up_async

Resolver = Callable[[str, int], Awaitable[list[str]]]


def guarded_session(rules: EgressRules, *, resolver: Resolver = look_up_async, **options: Any) -> aiohttp.ClientSession:
    """A session of its own, to be closed by the caller. ``options`` are those of ``aiohttp.ClientSession``.

    It follows no proxy of the environment, which would look names up by itself, and keeps no cookies. Every request, and each
    redirect that the caller lets aiohttp follow, is checked; a forbidden one raises ``EgressRefused``.
    """
    return aiohttp.ClientSession(
        connector=GuardedConnector(rules, resolver),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        **options,
    )


async def shared_session(rules: EgressRules) -> aiohttp.ClientSession:
    """The running loop's session for ``rules``, closed with the loop: for clients that ask the same host all the time."""
    loop = asyncio.get_running_loop()
    sessions = _SESSIONS.setdefault(loop, OrderedDict())
    kept = sessions.get(rules)
    if kept is not None and not kept.session.closed:
        sessions.move_to_end(rules)
        return kept.session
    session = guarded_session(rules)
    keeper = _keep(session)
    await anext(keeper)
    sessions[rules] = _Kept(session, keeper)
    while len(sessions) > MOST_SESSIONS:
        _close_later(loop, sessions.popitem(last=False)[1].session)
    return session


def _close_later(loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession) -> None:
    """Requests that are under way in a session that is let go may end."""
    loop.call_later(GRACE_S, lambda: loop.create_task(session.close()))


class GuardedConnector(aiohttp.TCPConnector):
    """Checks each request before it takes a connection, each name as it is looked up, and each socket before it is made."""

    def __init__(self, rules: EgressRules, resolver: Resolver = look_up_async):
        super().__init__(
            resolver=GuardedResolver(rules, resolver),
            use_dns_cache=False,
            limit=0,
            keepalive_timeout=60,
            socket_factory=self._open,
        )
        self._rules = rules

    async def connect(self, req: aiohttp.ClientRequest, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:  # noqa: ASYNC109
        check_target(str(req.url), self._rules)
        return await super().connect(req, traces, timeout)

    def _open(self, info: Any) -> socket.socket:
        """The last look: names were checked when they were resolved; here no address passes that no rule can open."""
        family, kind, proto, _, where = info
        check_reachable(str(where[0]), int(where[1]), self._rules)
        return socket.socket(family, kind, proto)


class GuardedResolver(AbstractResolver):
    """Looks a name up and hands on its addresses only when each of them may be connected to."""

    def __init__(self, rules: EgressRules, resolver: Resolver):
        self._rules = rules
        self._resolver = resolver

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        name = host.lower().removesuffix(".")
        found = await self._resolver(name, port)
        check_addresses(Target(f"//{host}:{port}", "http", name, port), found, self._rules)
        return [_result(host, address, port) for address in found]

    async def close(self) -> None:
        """Nothing is kept open."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


@dataclass(frozen=True, slots=True)
class _Kept:
    session: aiohttp.ClientSession
    keeper: AsyncGenerator[None, None]


async def _keep(session: aiohttp.ClientSession) -> AsyncGenerator[None, None]:
    """A generator that the loop itself ends when it shuts down: the one hook asyncio has for closing things with a loop."""
    try:
        yield
    finally:
        await session.close()


MOST_SESSIONS = 200
GRACE_S = 900.0
_SESSIONS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, OrderedDict[EgressRules, _Kept]] = weakref.WeakKeyDictionary()
