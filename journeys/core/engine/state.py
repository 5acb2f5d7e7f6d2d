"""JourneyState: where one session stands between two turns, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.core.spec import JourneySpec


@dataclass(frozen=True, slots=True)
class JourneyState:
    """Frozen: a turn makes a new one.

    ``stack``: suspended pathways, the oldest first; no pathway is on it twice and never the current one.
    ``context``: accumulated values. ``changed``: context field -> number of the turn that changed it last.
    ``kept``: suspended pathway -> the context to go back to, only for detours that do not preserve context.
    ``pending``: a question to the person that the next message may answer, by its ``kind``; empty: none.
    ``off_topic``: how many messages in a row neither fitted the stage nor meant an intent.
    """

    pathway: str
    stack: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ended: bool = False
    pending: Mapping[str, Any] = field(default_factory=dict)
    off_topic: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "pathway": self.pathway,
            "stack": list(self.stack),
            "context": dict(self.context),
            "changed": dict(self.changed),
            "kept": {name: dict(context) for name, context in self.kept.items()},
            "ended": self.ended,
            "pending": dict(self.pending),
            "off_topic": self.off_topic,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> JourneyState:
        """Reads what ``to_json`` wrote; absent keys have their empty value."""
        return cls(
            pathway=data["pathway"],
            stack=tuple(data.get("stack", ())),
            context=dict(data.get("context", {})),
            changed=dict(data.get("changed", {})),
            kept=dict(data.get("kept", {})),
            ended=bool(data.get("ended", False)),
            pending=dict(data.get("pending", {})),
            off_topic=int(data.get("off_topic", 0)),
        )


def first_state(spec: JourneySpec, context: Mapping[str, Any] | None = None) -> JourneyState:
    """The state of a session that has seen no message; ``context`` are values known beforehand."""
    known = dict(context or {})
    return JourneyState(pathway=spec.entry, context=known, changed=dict.fromkeys(known, 0))
