"""What other apps write when a run ends without a result: in the transaction of its last event. One line an app."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from uuid import UUID

from agents.core.runtime.events import EventType, NewEvent

Ending = Callable[[UUID, Sequence[NewEvent]], None]

ENDINGS: tuple[str, ...] = ("journeys.adapters.turn:record_ending",)
UNFINISHED = {EventType.RUN_FAILED, EventType.RUN_CANCELLED, EventType.RUN_EXPIRED}


def record_endings(run_id: UUID, events: Sequence[NewEvent]) -> None:
    """Tells every app of a run whose ``events`` end it without a result; any other events tell nobody."""
    if any(event.type in UNFINISHED for event in events):
        for dotted in ENDINGS:
            _function(dotted)(run_id, events)


@cache
def _function(dotted: str) -> Ending:
    module, _, attribute = dotted.partition(":")
    function: Ending = getattr(import_module(module), attribute)
    return function
