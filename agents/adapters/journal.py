"""The journal of one claimed run in the database, and what listens to its live text."""

from __future__ import annotations

import asyncio
import logging
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
LATER_S = 0.004  # long enough to meet what follows at once, too short to be seen
log = logging.getLogger(__name__)


class DatabaseJournal:
    """Appends under the run's fence through the writer. Outcomes go with whatever follows them, or alone soon after."""

    faults = FAULTS

    def __init__(self, writer: Writer, key: RunKey, events: Sequence[Event]):
        self._writer = writer
        self._key = key
        self._events = events
        self._later: list[NewEvent] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Future[None] | None = None
        self._lost: Exception | None = None

    async def load(self) -> Sequence[Event]:
        """The events at the time of the claim."""
        return self._events

    async def append(self, *events: NewEvent) -> None:
        later = await self.close()
        try:
            await self._writer.submit(AppendEvents(self._key, events, before=later))
        except FAULTS as error:
            if later:  # outcomes of other branches, which have gone on with them
                self._lost = error
            raise

    def append_later(self, *events: NewEvent) -> None:
        self._later += events
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATER_S, self._flush)

    async def close(self) -> list[NewEvent]:
        """The outcomes that are not written yet: the caller writes them with what follows.

        Raises what an earlier writing of outcomes failed with: nothing may follow from an outcome that is lost.
        """
        if self._lost is not None:
            raise self._lost
        if self._flushing is not None:
            await asyncio.shield(self._flushing)
            self._flushing = None
        return self._take_later()

    def _take_later(self) -> list[NewEvent]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        later, self._later = self._later, []
        return later

    def _flush(self) -> None:
        self._timer = None
        if self._flushing is not None and not self._flushing.done():
            self._timer = asyncio.get_running_loop().call_later(LATER_S, self._flush)
            return
        if self._flushing is not None and self._flushing.exception() is not None:
            return  # the run learns of it at its next append and is let go: what is written now would have a hole
        later = self._take_later()
        if later:
            self._flushing = asyncio.ensure_future(self._writer.submit(AppendEvents(self._key, later)))
            self._flushing.add_done_callback(self._flushed)

    def _flushed(self, written: asyncio.Future[None]) -> None:
        # The run itself learns of it at its next append; here nobody waits.
        if not written.cancelled() and written.exception() is not None:
            log.warning("outcomes of run %s were not written: %s", self._key.id, written.exception())

    async def append_local(self, work: LocalWork, finished: Callable[[Any], NewEvent]) -> tuple[Any, NewEvent]:
        before = await self.close()
        result: tuple[Any, NewEvent] = await self._writer.submit(AppendLocal(self._key, work, finished, before))
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
