"""note: writes down that something happened, as a progress note of the run."""

from __future__ import annotations

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.hooks.call import EVENTS, HookCall, Verdict
from journeys.core.spec import HookEvent


class NoteParams(Frozen):
    text: str = Field(
        default="{event} in {pathway}",
        min_length=1,
        max_length=500,
        description="The note; it may hold {event}, {pathway}, {target}, {turn}, {error}, and {context.field}.",
    )


class Note:
    """Notes each time it is told. It never vetoes."""

    title = "Write a note"
    Params = NoteParams
    events: tuple[HookEvent, ...] = EVENTS

    def run(self, call: HookCall, params: NoteParams) -> Verdict:
        known = {
            "event": call.event.replace("_", " "),
            "pathway": call.pathway,
            "target": call.target,
            "turn": call.turn,
            "error": call.error.get("message", ""),
            **{f"context.{name}": value for name, value in call.context.items()},
        }
        text = params.text
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", str(value))
        return Verdict(note=text)
