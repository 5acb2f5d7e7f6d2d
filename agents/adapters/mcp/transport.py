"""HTTP under the MCP SDK: goes out by the organization's rules, bounds what comes in, and tells "not sent" from "lost".

The SDK takes an HTTP error with a JSON-RPC error in its body as the answer to the very request: so failures are told to it in
that form, instead of letting them take its connection down.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx2

from agents.adapters.egress.httpx_transport import guarded_httpx_transport
from agents.adapters.mcp.address import ServerAddress
from agents.core.tools.errors import EgressRefused

NOT_SENT, LOST, GONE, REFUSED, FORBIDDEN = -32091, -32092, -32093, -32094, -32095
BAD_ANSWER = -32700  # JSON-RPC's own number for what cannot be read
_BEFORE_SENDING = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
MOST_WORDS = 2000


def http_client(server: ServerAddress, auth: httpx2.Auth | None = None) -> httpx2.AsyncClient:
    """Proxies and other wishes of the environment are not followed."""
    way = httpx2.AsyncHTTPTransport(trust_env=False) if server.rules is None else guarded_httpx_transport(server.rules)
    return httpx2.AsyncClient(
        transport=WatchedTransport(server, way),
        headers={"Accept-Encoding": "identity", **dict(server.headers)},
        timeout=httpx2.Timeout(server.connect_s, read=server.call_s + 30),
        auth=auth,
        trust_env=False,
    )


class WatchedTransport(httpx2.AsyncBaseTransport):
    """Around the real transport. Only requests to the server's own address are retold; those of OAuth fail as they do."""

    def __init__(self, server: ServerAddress, inner: httpx2.AsyncBaseTransport):
        self._url = httpx2.URL(server.url)
        self._most = server.most_bytes
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        is_call = request.method == "POST" and request.url == self._url
        try:
            response = await self._inner.handle_async_request(request)
        except EgressRefused as refused:
            if not is_call:
                raise httpx2.ConnectError(str(refused)) from refused
            return _told(request, FORBIDDEN, str(refused))
        except _BEFORE_SENDING as error:
            if not is_call:
                raise
            return _told(request, NOT_SENT, str(error) or type(error).__name__)
        except httpx2.TransportError as error:
            if not is_call:
                raise
            return _told(request, LOST, str(error) or type(error).__name__)
        packing = response.headers.pop("content-encoding", "")  # unpacked it may be a thousand times as long
        if is_call and packing.lower() not in ("", "identity"):
            await response.aclose()
            return _told(request, BAD_ANSWER, f"it packs its answers ({packing[:40]!r}), though it was asked not to")
        response.stream = _Bounded(response.stream, self._most)
        return await _retold(request, response) if is_call and response.status_code >= 400 else response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends in an error the SDK understands: when it is too long, and when the connection breaks."""

    def __init__(self, inner: object, most: int):
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        try:
            async for piece in self._inner:  # type: ignore[attr-defined]
                seen += len(piece)
                if seen > self._most:
                    raise httpx2.StreamError(f"the answer is longer than {self._most} bytes")
                yield piece
        except httpx2.TransportError as error:
            raise httpx2.StreamError(f"{LOST}: the connection broke: {str(error) or type(error).__name__}") from error

    async def aclose(self) -> None:
        await self._inner.aclose()  # type: ignore[attr-defined]


async def _retold(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    """An error status in the server's own JSON-RPC words where it has some, else in ours. Headers stay: OAuth reads them."""
    try:
        body = await response.aread()
    except httpx2.StreamError as error:
        body = str(error).encode()
    finally:
        await response.aclose()
    words = _words_of(body)
    if response.status_code == 404 and "mcp-session-id" in request.headers:
        code, words = GONE, words or "the server no longer knows the session"
    else:
        code = REFUSED
        words = words or f"the server answered HTTP {response.status_code} {response.reason_phrase}".strip()
    kept = {name: value for name, value in response.headers.items() if name in ("www-authenticate", "retry-after")}
    return _told(
        request, code, words, status=response.status_code, headers=kept, own=_error_of(body) if code == REFUSED else None
    )


def _told(
    request: httpx2.Request,
    code: int,
    message: str,
    *,
    status: int = 503,
    headers: dict[str, str] | None = None,
    own: dict[str, object] | None = None,
) -> httpx2.Response:
    document = {"jsonrpc": "2.0", "id": None, "error": own or {"code": code, "message": message[:MOST_WORDS]}}
    content = json.dumps(document).encode()
    return httpx2.Response(
        status, headers={**(headers or {}), "content-type": "application/json"}, content=content, request=request
    )


def _error_of(body: bytes) -> dict[str, object] | None:
    """The JSON-RPC error that ``body`` is, if it is one."""
    try:
        error = json.loads(body)["error"]
        return {**error} if isinstance(error["code"], int) and isinstance(error["message"], str) else None
    except (ValueError, KeyError, TypeError):
        return None


def _words_of(body: bytes) -> str:
    error = _error_of(body)
    return str(error["message"]) if error else ""
