"""What each agent of a turn was given and brought: the turn's journal is replayed, and whoever answers is listened to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from agents.services.replay import replay_run
from journeys.core.engine.turn import run_turn
from trust.core.errors import Conflict
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Answered:
    """``outputs`` is ``None`` where the agent has not answered: it waits, is at work, or failed."""

    inputs: dict[str, Any]
    outputs: dict[str, Any] | None = None


def read_answers(principal: Principal, run: Any) -> dict[str, Answered]:
    """Agent id to the last that it was asked in the turn of ``run``, in the order in which they were asked first; of a run
    without a journal nothing."""
    found: dict[str, Answered] = {}

    def see(place: str, inputs: dict[str, Any], outputs: dict[str, Any] | None) -> None:
        found[place] = Answered(inputs, outputs)

    try:
        replay_run(principal=principal, run_id=run.id, runner=partial(run_turn, see=see))
    except Conflict:
        return {}
    return found
