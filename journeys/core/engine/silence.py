"""Silence: which transitions wait for it, and when a session has to be looked at next. Knows no clock and no database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from journeys.core.engine.state import JourneyState
from journeys.core.names import ANYWHERE
from journeys.core.spec import EventTriggerSpec, JourneySpec, TransitionSpec

DEFAULT_AFTER_S = 300.0  # of an inactivity trigger that names no time


def silence_moves(spec: JourneySpec, state: JourneyState, fired: Collection[str] = ()) -> list[tuple[float, TransitionSpec]]:
    """The inactivity transitions that lead away from where ``state`` stands and have not been set off by this silence, the
    soonest first and of equals the one with the higher priority."""
    if state.ended:
        return []
    found = [
        (transition.trigger.after_s or DEFAULT_AFTER_S, transition)
        for transition in spec.transitions
        if isinstance(transition.trigger, EventTriggerSpec)
        and transition.trigger.event == "inactivity"
        and transition.id not in fired
        and transition.to_pathway != state.pathway
        and (ANYWHERE in transition.from_pathways or state.pathway in transition.from_pathways)
    ]
    return sorted(found, key=lambda each: (each[0], -each[1].priority))


def next_look(
    spec: JourneySpec, state: JourneyState, silent_since: datetime, fired: Collection[str] = (), *, agent_answers: bool = True
) -> datetime | None:
    """When the silence since ``silent_since`` first has a consequence; ``None``: never.

    While a person answers, silence sets off no transition; the session's end by its time to live comes all the same.
    """
    if state.ended:
        return None
    waits = [after for after, _ in silence_moves(spec, state, fired)] if agent_answers else []
    if spec.session_ttl_s is not None:
        waits.append(spec.session_ttl_s)
    return silent_since + timedelta(seconds=min(waits)) if waits else None


def silence_event(transition: TransitionSpec, after_s: float) -> dict[str, Any]:
    """What begins the turn of an inactivity transition, as ``load`` tells it."""
    return {"event": "inactivity", "transition": transition.id, "after_s": after_s}


def in_words(seconds: float) -> str:
    """A length of time as people say it: ``90 seconds``, ``5 minutes``, ``2 hours``, ``3 days``."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"
