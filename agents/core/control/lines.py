"""Control over JSON lines: a message is one line out, a reply one line in. For programs that start agents as children."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TextIO

from pydantic import ValidationError

from agents.core.control.messages import Message, Problem, Reply, Request, to_data
from agents.core.control.port import ControlClosed, Waiting
from agents.core.control.typed import TypedLines


class LinesTransport:
    """Over any two text streams. A line that is no reply is answered by a ``problem`` and changes nothing."""

    def __init__(self, read: TextIO, write: TextIO):
        self._write = write
        self._lines = TypedLines(read)
        self._waiting = Waiting()
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._waiting.check_open()
        if self._reader is None:
            self._lines.start()
            self._reader = asyncio.create_task(self._hear())

    async def stop(self) -> None:
        self._waiting.close("the control transport was stopped")
        if self._reader is not None:
            self._reader.cancel()

    async def show(self, message: Message) -> None:
        self._waiting.check_open()
        self._put(message)

    async def ask(self, request: Request) -> Reply:
        await self.show(request)
        return await self._waiting.wait(request.id)

    def _put(self, message: Message) -> None:
        try:
            self._write.write(json.dumps(to_data(message), ensure_ascii=False) + "\n")
            self._write.flush()
        except (OSError, ValueError) as error:
            self._waiting.close(f"the other side has closed its end: {error}")
            self._waiting.check_open()

    async def _hear(self) -> None:
        try:
            while True:
                line = await self._lines.next()
                if line.strip():
                    self._heard(line)
        except ControlClosed as closed:
            self._waiting.close(str(closed))

    def _heard(self, line: str) -> None:
        try:
            reply = Reply.model_validate_json(line)
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, i['loc'])) or 'line'}: {i['msg']}" for i in error.errors())
            self._put(Problem(id="", message=f"this line is no reply: {told}"))
            return
        if not self._waiting.give(reply):
            self._put(Problem(id=reply.id, message="nothing with this id waits for a reply"))


class StdioTransport(LinesTransport):
    """Over the process's own standard input and output."""

    def __init__(self) -> None:
        super().__init__(sys.stdin, sys.stdout)
