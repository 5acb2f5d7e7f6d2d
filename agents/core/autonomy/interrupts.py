"""How a run is stopped: by whom, how hard, and what is left to go on from. Owns the request; the engine carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from agents.core.runtime.context import Link, Next, StepCall
from agents.core.runtime.errors import Stopped

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door


class InterruptSource(StrEnum):
    USER = "user"  # the stop button, Ctrl+C, the API
    SYSTEM = "system"  # time-out, budget, memory or processor time
    PROGRAMMATIC = "programmatic"  # a hook or code


class InterruptMode(StrEnum):
    GRACEFUL = "graceful"  # the step that is under way is finished and recorded, no further one begins
    IMMEDIATE = "immediate"  # what is under way is cancelled


@dataclass(frozen=True, slots=True)
class StopRequest:
    """Who wants the run to stop, how, and why."""

    source: InterruptSource
    mode: InterruptMode
    message: str = ""

    def as_data(self) -> dict[str, Any]:
        return {"source": self.source.value, "mode": self.mode.value, "message": self.message}


def stop_request(data: dict[str, Any]) -> StopRequest:
    """From its stored form; a request of an older record, which had none, was a person's immediate stop."""
    return StopRequest(
        InterruptSource(data.get("source", "user")), InterruptMode(data.get("mode", "immediate")), data.get("message", "")
    )


def stop_before(door: Door) -> Link:
    """While a stop is asked for, steps that are recorded still replay, but none begins."""

    async def link(call: StepCall, go: Next) -> Any:
        if door.stop is not None:
            raise Stopped(door.stop)
        return await go(call)

    return link
