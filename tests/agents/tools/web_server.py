"""A real HTTP server on this machine that counts what reaches it, and answers as the path asks."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class WebServer:
    """``requests`` are those that arrived, as (method, path, headers, body)."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path, dict(request.headers), await request.read()))
        match request.path.strip("/").split("/")[0]:
            case "redirect":
                return web.Response(status=int(request.query.get("status", 302)), headers={"Location": request.query["to"]})
            case "round":
                return web.Response(status=302, headers={"Location": "/round"})
            case "endless":
                return await _endless(request)
            case "slow":
                return await _slow(request)
            case "bomb":
                return web.Response(body=gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})
            case "missing":
                return web.Response(status=404, text="nothing here")
            case "page":
                return web.Response(text="<a href='/a'>a</a>", content_type="text/html")
        return web.json_response({"method": request.method, "path": request.path})


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65_536)


async def _slow(request: web.Request) -> web.StreamResponse:
    import asyncio

    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b"x")
        await asyncio.sleep(0.1)
    return response


@asynccontextmanager
async def serving() -> AsyncIterator[WebServer]:
    server = WebServer()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listening: Any = runner.addresses[0]
    server.port = listening[1]
    try:
        yield server
    finally:
        await runner.cleanup()
