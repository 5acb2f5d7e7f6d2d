"""limit_turns: a conversation has so many turns and no more."""

from __future__ import annotations

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.hooks.call import GO_ON, HookCall, Verdict, Veto
from journeys.core.spec import HookEvent


class LimitTurnsParams(Frozen):
    turns: int = Field(default=50, ge=1, le=100_000, description="How many messages of the person are answered.")
    reply: str = Field(
        default="This conversation has become very long. Please start a new one.",
        min_length=1,
        description="What the person reads from then on.",
    )


class LimitTurns:
    """Vetoes every message after the last turn that is allowed."""

    title = "Limit turns"
    Params = LimitTurnsParams
    events: tuple[HookEvent, ...] = ("pre_message_process",)

    def run(self, call: HookCall, params: LimitTurnsParams) -> Verdict:
        return Veto(params.reply) if call.turn > params.turns else GO_ON
