"""A transport that keeps quiet until the end: for commands of which only the result is wanted."""

from __future__ import annotations

from agents.core.control.messages import Ended, Message, Problem, Reply, Request
from agents.core.control.port import ControlTransport


class OnlyTheEnd:
    """Shows ``Ended`` and problems through another transport, and asks there."""

    def __init__(self, shown: ControlTransport):
        self._shown = shown

    async def start(self) -> None:
        await self._shown.start()

    async def stop(self) -> None:
        await self._shown.stop()

    async def show(self, message: Message) -> None:
        if isinstance(message, Ended | Problem):
            await self._shown.show(message)

    async def ask(self, request: Request) -> Reply:
        return await self._shown.ask(request)
