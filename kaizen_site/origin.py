"""Which websocket handshakes are let in: pages of our own hosts, and programs that bring a key.

A handshake without an Origin header is no browser's: it is let in only with an Authorization header, and its cookies
are taken away, so that a session can never be used without the origin check.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[Any]]


class OriginOrKey:
    """ASGI wrapper around the websocket application."""

    def __init__(self, inner: App):
        self._inner = inner
        self._same_host: App = AllowedHostsOriginValidator(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        names = {name.lower() for name, _ in scope["headers"]}
        if b"origin" not in names and b"authorization" in names:
            headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
            return await self._inner({**scope, "headers": headers}, receive, send)
        return await self._same_host(scope, receive, send)
