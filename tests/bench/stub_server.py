"""The stub model of the benches as a program: a bare asyncio server, so that its own work does not count for much.

``python -m tests.bench.stub_server --latency 0.2`` prints its address and answers for ever.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from tests.factories.model_server import Plan, call, stream_chunks, whole

Said = Callable[[bytes], dict[bool, bytes]]  # the answers to a request's body, plain and streamed
MARK = re.compile(rb"\bmark-[0-9]+-[0-9]+\b")


class Stub(asyncio.Protocol):
    """One connection: every request gets the same answer after the latency, or first so many calls of a tool."""

    def __init__(self, said: Said, calls: dict[bool, bytes], tool_calls: int, latency_s: float):
        self._said, self._calls, self._tool_calls = said, calls, tool_calls
        self._latency_s = latency_s
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].split(b":")[1]) if lengths else 0
        if len(body) < length:
            return
        self._buffer = body[length:]
        streamed = b'"stream":true' in body or b'"stream": true' in body
        results = body.count(b'"role":"tool"') + body.count(b'"role": "tool"')
        answer = self._calls if results < self._tool_calls else self._said(body)
        asyncio.get_running_loop().call_later(self._latency_s, self._transport.write, answer[streamed])


def answers(plan: Plan) -> dict[bool, bytes]:
    """The whole HTTP answers to a plain and to a streamed request."""
    body: dict[str, Any] = {"model": "stub", "stream_options": {"include_usage": True}}
    chunks = [*map(json.dumps, stream_chunks(body, plan)), "[DONE]"]
    streamed = "".join(f"data: {chunk}\n\n" for chunk in chunks)
    return {False: _http("application/json", json.dumps(whole(body, plan))), True: _http("text/event-stream", streamed)}


def _http(media_type: str, body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    return (head + body).encode()


def echo(body: bytes) -> dict[bool, bytes]:
    """Hears the newest ``mark-<session>-<turn>`` of the request and says so: it tells which question was answered."""
    newest = max(MARK.findall(body), key=lambda mark: int(mark.rpartition(b"-")[2]))
    return answers(Plan(text=json.dumps({"response": f"heard {newest.decode()}"})))


async def serve(latency_s: float, text: str, tool_calls: int, echoes: bool) -> None:
    same, called = answers(Plan(text=text)), answers(Plan(tool_calls=(call("look_up", {"word": "clinic"}),)))
    said: Said = echo if echoes else lambda body: same
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stub(said, called, tool_calls, latency_s), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--tokens", type=int, default=0, help="answer with so many words")
    parser.add_argument("--tool-calls", type=int, default=0, help="first call a tool so many times")
    parser.add_argument("--echo", action="store_true", help="answer with the newest mark-<session>-<turn> of the request")
    given = parser.parse_args()
    answer = " ".join(["word"] * given.tokens) or "yes"
    asyncio.run(serve(given.latency, json.dumps({"answer": answer}), given.tool_calls, given.echo))


if __name__ == "__main__":
    main()
