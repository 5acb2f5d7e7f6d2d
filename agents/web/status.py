"""How the states of runs, approvals and steps look: a tone, an icon and a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chip:
    tone: str
    icon: str
    text: str


_RUN = {
    "queued": Chip("", "hourglass", "Queued"),
    "running": Chip("live", "loader-2", "Running"),
    "waiting": Chip("wait", "user", "Waiting"),
    "succeeded": Chip("ok", "circle-check", "Succeeded"),
    "failed": Chip("bad", "alert-circle", "Failed"),
    "cancelled": Chip("warn", "player-stop", "Stopped"),
    "expired": Chip("warn", "clock", "Expired"),
    "finished": Chip("ok", "circle-check", "Finished"),
    "started": Chip("live", "loader-2", "Running"),
    "pending": Chip("wait", "hourglass", "Waiting for a decision"),
    "approved": Chip("ok", "circle-check", "Approved"),
    "edited": Chip("ok", "pencil", "Edited and approved"),
    "rejected": Chip("bad", "circle-x", "Rejected"),
    "answered": Chip("ok", "message", "Answered"),
    "retry": Chip("accent", "refresh", "Tried again"),
    "done": Chip("ok", "circle-check", "Marked as done"),
    "stopped": Chip("warn", "player-stop", "Stopped"),
    "raised": Chip("ok", "coin", "Raised"),
    "asked_back": Chip("accent", "message-circle", "Asked back"),
    "withdrawn": Chip("", "circle-x", "Withdrawn"),
    "open": Chip("accent", "circle-dot", "Open"),
    "ended": Chip("", "flag", "Ended"),
    "unknown": Chip("warn", "alert-triangle", "Outcome unknown"),
}
_WAITING = {
    "approval": "Waiting for approval",
    "question": "Waiting for an answer",
    "outcome": "Waiting for a decision",
    "budget": "Waiting at its budget",
    "child": "Waiting for an agent",
}


def run_chip(status: str, waiting_on: Any = None) -> Chip:
    """The chip of ``status``; a waiting run says on what."""
    found = _RUN.get(status, Chip("", "circle-dashed", status.replace("_", " ").capitalize()))
    if status == "waiting" and isinstance(waiting_on, dict):
        if waiting_on.get("on") == "child":
            return Chip("accent", "robot", _WAITING["child"])
        return Chip(found.tone, found.icon, _WAITING.get(str(waiting_on.get("on", "")), found.text))
    return found


def waiting_text(waiting_on: Any) -> str:
    """One sentence on what a waiting run waits for: a person, or an agent that it called."""
    if not isinstance(waiting_on, dict):
        return "Waiting for a person."
    if waiting_on.get("on") == "child":
        return f"Waiting for the run of {waiting_on.get('agent') or 'an agent'} that it started."
    what = _WAITING.get(str(waiting_on.get("on", "")), "Waiting for a person")
    title = str(waiting_on.get("title", "")).rstrip(".")
    end = "" if title.endswith(("?", "!", "…")) else "."
    return f"{what}: {title}{end}" if title else f"{what}."
