"""What a socket still has to send: runs whose journal must be read, and the newest text of each streaming step.

Owns the back-pressure: however often bells and deltas come, one entry a run and one text a path are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.services.topics import RunHead

STEP_ENDED = frozenset({"step.finished", "step.failed", "step.cancelled"})


@dataclass(slots=True)
class Outbox:
    """``sent`` is the last sequence number that the client has of each run; ``due`` are the runs to read."""

    sent: dict[str, int] = field(default_factory=dict)
    due: dict[str, str] = field(default_factory=dict)  # run id -> name of its topic, in the order of the bells
    ended: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _texts: dict[tuple[str, str], str] = field(default_factory=dict)
    _closed: set[tuple[str, str]] = field(default_factory=set)

    def start(self, topic: str, heads: Iterable[RunHead], cursors: dict[str, int]) -> None:
        """Takes the client's cursors. Runs without one: replayed whole when live or younger than the newest known run."""
        rows = list(heads)
        newest = max((n for n, head in enumerate(rows) if head.run_id in cursors), default=-1)
        for n, head in enumerate(rows):
            known = cursors.get(head.run_id)
            if known is None:
                known = 0 if n > newest or not head.ended else head.last_seq
            self.sent.setdefault(head.run_id, known)
        self.compare(topic, rows)

    def compare(self, topic: str, heads: Iterable[RunHead]) -> None:
        """Marks every run whose journal has grown beyond what was sent: what a lost bell would have said."""
        for head in heads:
            if head.last_seq > self.sent.get(head.run_id, 0):
                self.ring(topic, head.run_id)
            elif head.ended:
                self.ended.add(head.run_id)

    def ring(self, topic: str, run_id: str) -> None:
        self.due.setdefault(run_id, topic)
        self.wake.set()

    def put_text(self, run_id: str, path: str, text: str) -> None:
        if (run_id, path) not in self._closed:
            self._texts[run_id, path] = text
            self.wake.set()

    def take_due(self) -> dict[str, str]:
        due, self.due = self.due, {}
        return due

    def take_texts(self) -> dict[tuple[str, str], str]:
        texts, self._texts = self._texts, {}
        return texts

    def note_sent(self, run_id: str, seq: int, event_type: str, path: str) -> None:
        """``seq`` went out; the text of a step that ended is final, so older pieces of it are dropped."""
        self.sent[run_id] = seq
        if event_type in STEP_ENDED:
            self._closed.add((run_id, path))
            self._texts.pop((run_id, path), None)
        elif event_type == "step.started":
            self._closed.discard((run_id, path))
