"""Follows a run's journal as it grows: subscribe, then read, and read again at every bell. Owns no transport."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from agents.adapters.doorbell import Doorbell
from agents.adapters.threads import in_thread
from agents.models.run import RunEvent
from agents.services.runs import get_run, list_events
from trust.core.errors import NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import still_allowed

POLL_S = 5.0  # how late an event may be when its bell is lost
RIGHTS_CHECK_S = 30.0
PAGE = 200


async def follow_run(
    principal: Principal, run_id: UUID, *, after: int = 0, poll_s: float = POLL_S
) -> AsyncIterator[list[RunEvent]]:
    """Batches of events with ``seq > after`` in order; an empty batch after ``poll_s`` of silence.

    Ends after the run's final event, or when ``principal`` may not read any more. The caller has looked the run up before.
    """
    checked_at = time.monotonic()
    async with Doorbell(f"run.{run_id}") as bell:
        while True:
            try:
                events, over = await in_thread(_read, principal, run_id, after)
            except NotFound:  # it was there when the caller asked: it was erased, or is private now
                return
            if events:
                after = events[-1].seq
                yield events
                continue
            if over:
                return
            if time.monotonic() - checked_at > RIGHTS_CHECK_S:
                if not await in_thread(still_allowed, principal, Permission.READ):
                    return
                checked_at = time.monotonic()
            if not await bell.wait(poll_s):
                yield []


async def listen(*groups: str, poll_s: float = POLL_S) -> AsyncIterator[dict[str, str]]:
    """Says when to read again: at once, at every bell of ``groups``, and after ``poll_s`` of silence, without an end.

    Each time with the live text of the steps whose text has grown: step to its whole text so far.
    """
    async with Doorbell(*groups) as bell:
        while True:
            yield bell.take_texts()
            await bell.wait(poll_s)


def event_body(event: RunEvent) -> dict[str, Any]:
    """An event as every reader of a journal gets it: page, program, stream."""
    return {
        "seq": event.seq,
        "type": event.type,
        "path": event.path,
        "payload": event.payload,
        "version": event.version,
        "at": event.at.isoformat(),
    }


def _read(principal: Principal, run_id: UUID, after: int) -> tuple[list[RunEvent], bool]:
    """The next events, and whether the journal has ended at ``after``. The run is read first, so nothing slips between."""
    run = get_run(principal, run_id)
    events = list(list_events(principal, run_id, after=after, limit=PAGE))
    return events, run.ended and not events
