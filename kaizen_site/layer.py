"""The embedded channel layer: in memory, usable from any thread's event loop at once.

Channels' own in-memory layer keeps asyncio queues, and putting into one from another thread's loop does not wake its
reader: hints arrived half a second late. Here every channel remembers the loop that reads it and is woken there.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import deque
from copy import deepcopy
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

Message = dict[str, Any]


class _Box:
    """Messages of one channel and the loop of whoever waits for them."""

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self.reader: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None


class EmbeddedLayer(BaseChannelLayer):  # type: ignore[misc]  # channels ships no types
    """Keeps at most ``capacity`` messages a channel: a full one drops group messages and refuses single ones."""

    extensions = ("groups", "flush")

    def __init__(self, capacity: int = 1000):
        super().__init__(capacity=capacity)
        self._lock = threading.Lock()
        self._boxes: dict[str, _Box] = {}
        self._groups: dict[str, set[str]] = {}

    async def new_channel(self, prefix: str = "specific.") -> str:
        name = f"{prefix}inmemory!{uuid.uuid4().hex}"
        with self._lock:
            self._boxes[name] = _Box()
        return name

    async def send(self, channel: str, message: Message) -> None:
        with self._lock:
            if not self._put(self._boxes.setdefault(channel, _Box()), message):
                raise ChannelFull(channel)

    async def receive(self, channel: str) -> Message:
        loop, rang = asyncio.get_running_loop(), asyncio.Event()
        try:
            while True:
                with self._lock:
                    box = self._boxes.setdefault(channel, _Box())
                    if box.messages:
                        box.reader = None
                        return box.messages.popleft()
                    rang.clear()
                    box.reader = (loop, rang)
                await rang.wait()
        except asyncio.CancelledError:
            self._forget(channel)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        with self._lock:
            self._boxes.setdefault(channel, _Box())
            self._groups.setdefault(group, set()).add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        with self._lock:
            members = self._groups.get(group, set())
            members.discard(channel)
            if not members:
                self._groups.pop(group, None)

    async def group_send(self, group: str, message: Message) -> None:
        with self._lock:
            for channel in self._groups.get(group, ()):
                if box := self._boxes.get(channel):
                    self._put(box, message)

    async def flush(self) -> None:
        with self._lock:
            self._boxes.clear()
            self._groups.clear()

    def _put(self, box: _Box, message: Message) -> bool:
        """False when the box is full. Call it with the lock held."""
        if len(box.messages) >= self.capacity:
            return False
        box.messages.append(deepcopy(message))
        if box.reader:
            loop, rang = box.reader
            if not loop.is_closed():
                loop.call_soon_threadsafe(rang.set)
        return True

    def _forget(self, channel: str) -> None:
        """Whoever read this channel has gone: keep nothing for it, in no group."""
        with self._lock:
            self._boxes.pop(channel, None)
            for group in [name for name, members in self._groups.items() if channel in members]:
                self._groups[group].discard(channel)
                if not self._groups[group]:
                    del self._groups[group]
