"""Lines that somebody types, read on a thread that holds up neither the event loop nor the end of the process."""

from __future__ import annotations

import asyncio
import threading
from typing import TextIO

from agents.core.control.port import ControlClosed


class TypedLines:
    """The lines of a text stream. ``None`` in the queue is the end of the stream."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    def start(self) -> None:
        """Begins to read; a second time is harmless."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._read, name="control-input", daemon=True).start()

    def forget(self) -> None:
        """Drops what was typed before now: a line for an earlier question must not answer the next one."""
        while not self._lines.empty():
            if self._lines.get_nowait() is None:
                self._lines.put_nowait(None)
                return

    def end(self) -> None:
        """Wakes whoever waits for a line."""
        self._lines.put_nowait(None)

    async def next(self) -> str:
        """The next line without its end. Raises ``ControlClosed`` when there is none any more."""
        line = None if self._ended else await self._lines.get()
        if line is None:
            self._ended = True
            raise ControlClosed("the input has ended, so nobody can reply here")
        return line.rstrip("\r\n")

    def _read(self) -> None:
        assert self._loop is not None
        line: str | None = ""
        while line is not None:
            try:
                line = self._stream.readline() or None
            except (OSError, ValueError):  # the terminal is gone, or the stream was closed
                line = None
            try:
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:  # the loop is closed: nobody listens any more
                return
