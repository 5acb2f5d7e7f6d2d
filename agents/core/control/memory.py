"""Control within one process: messages go into a list, replies come from code. For tests and for programs that embed agents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agents.core.control.messages import REQUESTS, Message, Reply, Request
from agents.core.control.port import Waiting

Responder = Callable[[Request], Reply | None]


class MemoryTransport:
    """``respond`` replies at once where it returns a reply; else ``reply`` does later. ``messages`` is all that was told."""

    def __init__(self, respond: Responder | None = None):
        self.messages: list[Message] = []
        self._respond = respond
        self._waiting = Waiting()
        self._told = asyncio.Condition()

    async def start(self) -> None:
        self._waiting.check_open()

    async def stop(self) -> None:
        self._waiting.close("the control transport was stopped")
        async with self._told:
            self._told.notify_all()

    async def show(self, message: Message) -> None:
        self._waiting.check_open()
        self.messages.append(message)
        async with self._told:
            self._told.notify_all()

    async def ask(self, request: Request) -> Reply:
        await self.show(request)
        reply = self._respond(request) if self._respond else None
        return reply if reply is not None else await self._waiting.wait(request.id)

    def reply(self, reply: Reply) -> bool:
        """Whether somebody waited for it; late and unasked replies change nothing."""
        return self._waiting.give(reply)

    async def next_request(self, after: int = 0) -> Request:
        """The first request among the messages from ``after`` on, waited for."""
        while True:
            found = next((m for m in self.messages[after:] if isinstance(m, REQUESTS)), None)
            if found is not None:
                await asyncio.sleep(0)  # whoever asked is waiting by now
                return found
            self._waiting.check_open()
            async with self._told:
                await self._told.wait()
