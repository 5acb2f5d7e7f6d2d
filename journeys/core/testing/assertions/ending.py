"""Assertions about how a turn ended and what it took: ended, failed, cost, tokens."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.testing.assertions.seen import Seen, Verdict


class Ended:
    """The conversation has ended; or, with ``ended`` off, it goes on."""

    title: ClassVar[str] = "Conversation ended"

    class Params(Frozen):
        ended: bool = Field(default=True, title="Has ended")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        words = {True: "ended", False: "goes on"}
        return Verdict(passed=seen.last.ended == params.ended, expected=words[params.ended], got=words[seen.last.ended])


class Failed:
    """The turn failed with this code. Without such an assertion a turn that fails fails its case."""

    title: ClassVar[str] = "Turn failed"

    class Params(Frozen):
        code: str = Field(min_length=1, title="Code", description="Such as invalid_answer or missing_input")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = f"{seen.last.code}: {seen.last.error}" if seen.last.code else "the turn did not fail"
        return Verdict(passed=seen.last.code == params.code, expected=f"fails with {params.code}", got=got)


class CostBelow:
    """All turns together cost less than this, in micro-dollars. An unknown price is not below."""

    title: ClassVar[str] = "Cost below"

    class Params(Frozen):
        microusd: int = Field(gt=0, title="Micro-dollars")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        costs = [turn.cost_microusd for turn in seen.turns]
        known = [cost for cost in costs if cost is not None]
        total = sum(known) if len(known) == len(costs) else None
        got = "price unknown" if total is None else f"{total} micro-dollars"
        return Verdict(
            passed=total is not None and total < params.microusd, expected=f"below {params.microusd} micro-dollars", got=got
        )


class TokensBelow:
    """All turns together take fewer tokens than this, in and out."""

    title: ClassVar[str] = "Tokens below"

    class Params(Frozen):
        tokens: int = Field(gt=0, title="Tokens")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        total = sum(turn.tokens for turn in seen.turns)
        return Verdict(passed=total < params.tokens, expected=f"below {params.tokens} tokens", got=f"{total} tokens")
