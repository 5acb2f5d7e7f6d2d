"""Hears the channel layer outside of a consumer: one subscription that says whether it has rung since it was last asked,
and the newest live text of each step.

A layer that is down is logged once; whoever waits then polls the database, which is the truth anyway.
"""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)


class Doorbell:
    """An async context manager around a subscription to ``groups``."""

    def __init__(self, *groups: str):
        self._groups = groups
        self._layer = get_channel_layer()
        self._channel = ""
        self._rung = asyncio.Event()
        self._texts: dict[str, str] = {}
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._layer is None:
            return self
        try:
            self._channel = await self._layer.new_channel()
            for group in self._groups:
                await self._layer.group_add(group, self._channel)
        except Exception as error:  # noqa: BLE001 - the layer is another server: whatever it raises, polling goes on
            logger.warning("the channel layer cannot be heard, so the database is polled: %s", error)
            return self
        self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is None or self._layer is None:
            return
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
        for group in self._groups:
            await self._layer.group_discard(group, self._channel)

    async def wait(self, timeout_s: float) -> bool:
        """Whether it rang within ``timeout_s``; a ring since the last ``wait`` counts."""
        try:
            await asyncio.wait_for(self._rung.wait(), timeout_s)
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def take_texts(self) -> dict[str, str]:
        """Step to its whole text so far, of the steps whose text has grown."""
        texts, self._texts = self._texts, {}
        return texts

    async def _listen(self) -> None:
        # One task receives for the whole time: layers forget a channel whose receive is cancelled.
        while self._layer is not None:
            message = await self._layer.receive(self._channel)
            if message.get("type") == "delta":
                self._texts[message["path"]] = message["text"]
            self._rung.set()
