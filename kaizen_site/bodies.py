"""How much a request may bring: the server keeps a whole body before anybody asks who sends it, so it has an end there."""

from __future__ import annotations

from typing import Any

from daphne.http_protocol import WebRequest

MOST_BYTES = 64_000_000  # three of the largest files, with the frame of the form
_TOLD = f"A request has at most {MOST_BYTES:,} bytes.\n".encode()
_ANSWER = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    + f"Content-Length: {len(_TOLD)}\r\n\r\n".encode()
    + _TOLD
)


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne ships no types
    """A request that is refused as soon as it is known, or seen, to be too long; what still comes of it is not kept."""

    _kept = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - twisted's name
        too_long = length is not None and length > MOST_BYTES
        super().gotLength(0 if too_long else length)
        if too_long:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - twisted's name
        self._kept += len(data)
        if self._kept > MOST_BYTES and not self._refused:
            self._refuse()
        if not self._refused:
            super().handleContentChunk(data)

    def requestReceived(self, *given: Any) -> None:  # noqa: N802 - twisted's name
        if not self._refused:
            super().requestReceived(*given)

    def _refuse(self) -> None:
        self._refused = True
        self.content.truncate(0)
        self.channel.write(_ANSWER)
        self.channel.loseConnection()


def bound_bodies() -> None:
    """From now on for every connection of this process's server."""
    from daphne import http_protocol

    http_protocol.WebRequest = BoundedRequest
