"""What crosses a live websocket, in JSON. Owns shapes and the reading of what a client sends; knows no socket."""

from __future__ import annotations

from enum import IntEnum
from typing import Any
from urllib.parse import parse_qs

from agents.models.run import RunEvent
from agents.services.live import event_body
from trust.core.errors import Invalid


class Close(IntEnum):
    """Why the server ends a socket."""

    FINISHED = 1000  # the run's final event was sent
    MALFORMED = 4400  # the address or a message cannot be read
    UNKNOWN = 4401  # nobody is signed in, and no usable key was sent
    REVOKED = 4403  # the rights are gone
    MISSING = 4404  # there is no such topic for this person
    BROKEN = 1011  # the server failed; connect again with the last cursor


def event_message(topic: str, run_id: str, event: RunEvent) -> dict[str, Any]:
    return {"type": "event", "topic": topic, "run": run_id, "seq": event.seq, "event": event_body(event)}


def delta_message(run_id: str, path: str, text: str) -> dict[str, Any]:
    return {"type": "delta", "run": run_id, "path": path, "text": text}


def read_query(query: bytes) -> dict[str, str]:
    """The parameters of an address, the last of each name."""
    return {name: values[-1] for name, values in parse_qs(query.decode("latin-1")).items()}


def read_cursors(text: str) -> dict[str, int]:
    """``run:seq,run:seq`` as a dict. Raises ``Invalid`` for anything else."""
    cursors: dict[str, int] = {}
    for pair in filter(None, text.split(",")):
        run_id, _, seq = pair.rpartition(":")
        if not run_id or not seq.isdecimal():
            message = f"{pair!r} is no cursor; a cursor is <run id>:<sequence number>"
            raise Invalid(problems=[{"where": "query.after", "message": message}])
        cursors[run_id] = int(seq)
    return cursors
