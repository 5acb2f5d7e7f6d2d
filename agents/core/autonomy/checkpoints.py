"""Where a stopped run can go on: its journal so far, under an id. The port of their stores, and one in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from agents.core.runtime.events import Event, EventType
from agents.core.spec.types import Frozen

_ID = re.compile(r"ckpt_[0-9a-f]{32}")


class UnknownCheckpoint(LookupError):
    """There is no such checkpoint in this store."""


class Checkpoint(Frozen):
    """``events`` are the journal's, oldest first; ``spec_digest`` is the agent that it was made with."""

    id: str
    run_id: str
    agent: str
    spec_digest: str
    inputs: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    reason: dict[str, Any] = {}
    made_at: datetime


class CheckpointStore(Protocol):
    async def save(self, checkpoint: Checkpoint) -> None: ...

    async def load(self, checkpoint_id: str) -> Checkpoint:
        """Raises ``UnknownCheckpoint``."""
        ...

    async def list_ids(self) -> Sequence[str]:
        """Ids, oldest first."""
        ...


class MemoryCheckpoints:
    """As long as the process lives; the oldest go when there are more than ``keep``."""

    def __init__(self, keep: int = 100):
        self._kept: dict[str, Checkpoint] = {}
        self._keep = keep

    async def save(self, checkpoint: Checkpoint) -> None:
        self._kept[checkpoint.id] = checkpoint
        while len(self._kept) > self._keep:
            del self._kept[next(iter(self._kept))]

    async def load(self, checkpoint_id: str) -> Checkpoint:
        if checkpoint_id not in self._kept:
            raise UnknownCheckpoint(f"no checkpoint {checkpoint_id!r}; there is: {', '.join(self._kept) or 'none'}")
        return self._kept[checkpoint_id]

    async def list_ids(self) -> Sequence[str]:
        return tuple(self._kept)


def new_id() -> str:
    return f"ckpt_{uuid4().hex}"


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def dump_events(events: Sequence[Event]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"type": e.type.value, "path": e.path, "payload": e.payload, "version": e.version, "at": e.at.isoformat()}
        for e in events
    )


def load_events(rows: Sequence[dict[str, Any]]) -> list[Event]:
    return [
        Event(n, EventType(r["type"]), r["path"], r["payload"], r["version"], datetime.fromisoformat(r["at"]))
        for n, r in enumerate(rows, 1)
    ]
