"""A real HTTP server that speaks OpenAI's chat format and does what a test tells it: replies, faults, silence, broken streams.

In a test: ``with ModelServer() as server: server.plan(text="hi")``.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

USAGE = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}


@dataclass(frozen=True)
class Plan:
    """What the server does with one request. ``pieces``: the text as it is streamed; default: words."""

    text: str = "hello"
    pieces: tuple[str, ...] = ()
    tool_calls: tuple[dict[str, Any], ...] = ()
    finish: str = "stop"
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    status: int = 200
    error: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    latency_s: float = 0.0
    piece_delay_s: float = 0.0
    end_after: int | None = None  # ends the stream cleanly after so many pieces, without finish and [DONE]
    break_after: int | None = None  # cuts the connection after so many pieces


class ModelServer:
    """Runs on a thread of its own. ``choose`` makes the plan of a request that none was planned for; ``requests`` are the
    bodies it got, ``gone`` counts clients that left early."""

    def __init__(
        self,
        default: Plan = Plan(),
        choose: Callable[[dict[str, Any]], Plan] | None = None,
    ):
        self.default = default
        self._choose = choose
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.heard: list[dict[str, Any]] = []  # forms with recordings; a field that came twice is a list
        self.gone = 0
        self._plans: deque[Plan] = deque()
        self._spoken: deque[tuple[int, dict[str, Any]]] = deque()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def plan(self, **what: Any) -> None:
        """The next request that is not planned yet gets this."""
        self._plans.append(Plan(**what))

    def speak(self, body: dict[str, Any], status: int = 200) -> None:
        """The next recording that is sent is answered with ``body``."""
        self._spoken.append((status, body))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the model server did not start"
        return self

    def __exit__(self, *_exc: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(client_max_size=50_000_000)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        plan = self._plans.popleft() if self._plans else self._choose(body) if self._choose else self.default
        try:
            if plan.latency_s:
                await asyncio.sleep(plan.latency_s)
            if plan.status != 200:
                return web.json_response({"error": plan.error}, status=plan.status, headers=plan.headers)
            return await self._stream(request, body, plan) if body.get("stream") else web.json_response(whole(body, plan))
        except (asyncio.CancelledError, ConnectionError):
            self.gone += 1
            raise

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        form: dict[str, Any] = {}
        for name, value in (await request.post()).items():
            read = value.file.read() if isinstance(value, web.FileField) else value
            form[name] = [*(form[name] if isinstance(form[name], list) else [form[name]]), read] if name in form else read
        self.heard.append(form)
        self.headers.append(dict(request.headers))
        status, body = self._spoken.popleft() if self._spoken else (200, {"text": self.default.text})
        return web.json_response(body, status=status)

    async def _stream(self, request: web.Request, body: dict[str, Any], plan: Plan) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        chunks = stream_chunks(body, plan)
        for number, chunk in enumerate(chunks):
            if plan.piece_delay_s:
                await asyncio.sleep(plan.piece_delay_s)
            if number == plan.end_after:
                return response
            if number == plan.break_after:
                assert request.transport is not None
                request.transport.abort()
                return response
            await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        return response


def whole(body: dict[str, Any], plan: Plan) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None if plan.tool_calls else plan.text}
    if plan.tool_calls:
        message["tool_calls"] = list(plan.tool_calls)
    finish = "tool_calls" if plan.tool_calls else plan.finish
    reply = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body.get("model", "")}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {**reply, "choices": [choice], **({"usage": plan.usage} if plan.usage else {})}


def stream_chunks(body: dict[str, Any], plan: Plan) -> list[dict[str, Any]]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model", "")}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    if plan.tool_calls:
        chunks = [chunk({"role": "assistant", "tool_calls": [{**call, "index": i}]}) for i, call in enumerate(plan.tool_calls)]
    else:
        chunks = [chunk({"role": "assistant", "content": piece}) for piece in plan.pieces or words(plan.text)]
    chunks.append(chunk({}, "tool_calls" if plan.tool_calls else plan.finish))
    if plan.usage and (body.get("stream_options") or {}).get("include_usage"):
        chunks.append({**head, "choices": [], "usage": plan.usage})
    return chunks


def words(text: str) -> Sequence[str]:
    parts = text.split(" ")
    return [part if i == 0 else f" {part}" for i, part in enumerate(parts)]


def call(name: str, arguments: Any, call_id: str = "call_1") -> dict[str, Any]:
    """A tool call as a provider sends it; ``arguments`` that are a text are sent as they are."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": text}}
