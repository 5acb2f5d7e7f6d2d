"""The journal of one claimed run in the database, and what listens to its live text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from agents.adapters.bell import ring_delta
from agents.adapters.writer import FAULTS, Writer
from agents.adapters.writes import AppendEvents, AppendLocal, RunKey
from agents.core.runtime.events import Event, EventType, NewEvent
from agents.core.runtime.ports import LocalWork
from agents.core.runtime.upgrade import upgrade_payload
from agents.models.run import RunEvent

LIVE_TEXT_EVERY_S = 0.08


class DatabaseJournal:
    """Appends under the run's fence through the writer."""

    faults = FAULTS

    def __init__(self, writer: Writer, key: RunKey, events: Sequence[Event]):
        self._writer = writer
        self._key = key
        self._events = events

    async def load(self) -> Sequence[Event]:
        """The events at the time of the claim."""
        return self._events

    async def append(self, *events: NewEvent) -> None:
        await self._writer.submit(AppendEvents(self._key, events))

    async def append_local(self, work: LocalWork, finished: Callable[[Any], NewEvent]) -> tuple[Any, NewEvent]:
        result: tuple[Any, NewEvent] = await self._writer.submit(AppendLocal(self._key, work, finished))
        return result


def to_event(row: RunEvent) -> Event:
    """A row as the current code reads it: payloads of older versions are brought up to date."""
    kind = EventType(row.type)
    return Event(row.seq, kind, row.path, upgrade_payload(kind, row.version, row.payload), row.version, row.at)


class LiveText:
    """Sends the text of running steps to whoever watches, at most every 80 ms a step, always ending with the newest."""

    def __init__(self, key: RunKey):
        self._key = key
        self._newest: dict[str, str] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def delta(self, path: str, text: str) -> None:
        self._newest[path] = text
        if path not in self._timers:
            self._send(path)
            self._timers[path] = asyncio.get_running_loop().call_later(LIVE_TEXT_EVERY_S, self._again, path, text)

    def _again(self, path: str, sent: str) -> None:
        del self._timers[path]
        if self._newest[path] != sent:
            self.delta(path, self._newest[path])

    def _send(self, path: str) -> None:
        ring_delta(self._key.id, self._key.topics, path, self._newest[path])
