"""The same guard for clients that insist on httpx2, such as the MCP SDK: it connects to checked addresses only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2
from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from agents.adapters.egress.connector import Resolver
from agents.adapters.egress.rules import EgressRules
from agents.adapters.egress.targets import Target, check_addresses, check_reachable, check_target, look_up_async


def guarded_httpx_transport(rules: EgressRules, *, resolver: Resolver = look_up_async) -> httpx2.AsyncHTTPTransport:
    """For ``httpx2.AsyncClient(transport=..., trust_env=False)``. Redirects come through here again and are checked again.

    Raises ``EgressRefused`` for what the rules forbid.
    """
    return GuardedTransport(rules, resolver)


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """Without proxies, whatever the environment says: they would look names up by themselves."""

    def __init__(self, rules: EgressRules, resolver: Resolver = look_up_async):
        super().__init__(trust_env=False)
        self._rules = rules
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=100,
            keepalive_expiry=30,
            network_backend=GuardedBackend(rules, resolver),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        check_target(str(request.url), self._rules)
        return await super().handle_async_request(request)


class GuardedBackend(AsyncNetworkBackend):
    """Looks the name up itself, checks every address, and connects to one of those, never to the name."""

    def __init__(self, rules: EgressRules, resolver: Resolver):
        self._rules = rules
        self._resolver = resolver
        self._inner = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore2
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        name = host.strip("[]").lower().removesuffix(".")
        try:
            addresses = await self._resolver(name, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} cannot be looked up: {error}") from error
        check_addresses(Target(f"//{host}:{port}", "http", name, port), addresses, self._rules)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            check_reachable(address, port, self._rules)
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Any = None,
    ) -> AsyncNetworkStream:
        raise httpcore2.ConnectError(f"{path}: only addresses of the network can be connected to")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)
