"""Journals outlive the code that wrote them: payloads of older event versions are brought up to date when read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.core.runtime.events import PAYLOAD_VERSION, EventType

Payload = dict[str, Any]
# (type, version) -> a pure function to the next version. Empty while every type is at version 1.
UPGRADES: dict[tuple[EventType, int], Callable[[Payload], Payload]] = {}


def upgrade_payload(
    event_type: EventType,
    version: int,
    payload: Payload,
    upgrades: dict[tuple[EventType, int], Callable[[Payload], Payload]] = UPGRADES,
    current: int = PAYLOAD_VERSION,
) -> Payload:
    """``payload`` in the current version. A version from the future is an error: this code cannot know what it means."""
    if version > current:
        raise ValueError(f"{event_type} has payload version {version}; this code knows up to {current}")
    while version < current:
        step = upgrades.get((event_type, version))
        payload = step(payload) if step else payload
        version += 1
    return payload
