"""A run's journal in memory that is also written to a file, a line of JSON an event, before what follows from it begins."""

from __future__ import annotations

import json
import os
from pathlib import Path

from agents.core.runtime.events import NewEvent
from agents.core.runtime.memory import MemoryJournal, SystemClock


class FileJournal(MemoryJournal):
    """For programs without a database: every intent is on disk before its effect."""

    def __init__(self, path: Path, run_id: str):
        super().__init__(SystemClock())
        self._path = path
        self._run = run_id

    def append_later(self, *events: NewEvent) -> None:
        first = len(self.events)
        super().append_later(*events)
        lines = [
            json.dumps(
                {
                    "run": self._run,
                    "seq": event.seq,
                    "at": event.at.isoformat(),
                    "type": event.type,
                    "path": event.path,
                    "payload": event.payload,
                },
                ensure_ascii=False,
            )
            for event in self.events[first:]
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with open(descriptor, "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
