"""The port of control: what every transport does, and how one fails. A new transport is a file and a line in ``catalog``."""

from __future__ import annotations

import asyncio
from typing import Protocol

from agents.core.control.messages import Message, Reply, Request


class ControlClosed(ConnectionError):
    """Nobody can be asked any more: the transport was stopped, or what it stands on is gone. The message says which."""


class ControlTimeout(TimeoutError):
    """Nobody replied in time."""


class ControlTransport(Protocol):
    """One way to a person. All of its methods are called on one event loop."""

    async def start(self) -> None:
        """Raises ``ControlClosed`` where nobody can be reached."""
        ...

    async def stop(self) -> None:
        """Wakes whoever waits in ``ask`` with ``ControlClosed``. Doing it twice is harmless."""
        ...

    async def show(self, message: Message) -> None:
        """Tells. Raises ``ControlClosed``."""
        ...

    async def ask(self, request: Request) -> Reply:
        """Tells and waits for the reply. Raises ``ControlClosed``; never hangs on a transport that is gone."""
        ...


class Waiting:
    """Who waits for which reply, for transports on which replies come on their own. The first reply to a request counts."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        self._closed: ControlClosed | None = None

    def check_open(self) -> None:
        if self._closed is not None:
            raise self._closed

    async def wait(self, request_id: str) -> Reply:
        self.check_open()
        future = self._waiting.setdefault(request_id, asyncio.get_running_loop().create_future())
        try:
            return await future
        finally:
            self._waiting.pop(request_id, None)

    def give(self, reply: Reply) -> bool:
        """Whether somebody waited for it."""
        future = self._waiting.get(reply.id)
        if future is None or future.done():
            return False
        future.set_result(reply)
        return True

    def close(self, why: str) -> None:
        """Nobody waits for ever: all are woken with the reason."""
        self._closed = self._closed or ControlClosed(why)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(self._closed)
