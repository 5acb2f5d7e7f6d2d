"""Which websocket handshakes are let in."""

from __future__ import annotations

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from kaizen_site.origin import OriginOrKey


async def _echo_headers(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": ",".join(sorted(name.decode() for name, _ in scope["headers"]))})


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ([(b"origin", b"http://localhost:8000"), (b"cookie", b"a=b")], True),
        ([(b"origin", b"https://elsewhere.example"), (b"cookie", b"a=b")], False),
        ([(b"origin", b"https://elsewhere.example"), (b"authorization", b"Bearer x")], False),
        ([(b"cookie", b"a=b")], False),
        ([(b"authorization", b"Bearer x")], True),
    ],
)
async def test_handshake_needs_our_origin_or_a_key(headers: list[tuple[bytes, bytes]], let_in: bool) -> None:
    socket = WebsocketCommunicator(OriginOrKey(_echo_headers), "/ws", headers=headers)
    connected, _ = await socket.connect()
    assert connected is let_in
    await socket.disconnect()


async def test_program_with_a_key_cannot_bring_a_session_too() -> None:
    headers = [(b"authorization", b"Bearer x"), (b"cookie", b"kaizen_session=stolen")]
    socket = WebsocketCommunicator(OriginOrKey(_echo_headers), "/ws", headers=headers)
    await socket.connect()
    assert await socket.receive_from() == "authorization"
    await socket.disconnect()
