"""What an assertion sees and says: the turns in its scope, the judge it may ask, its verdict. Owns no assertion."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from journeys.core.spec import JourneySpec
from journeys.core.testing.trace import TurnTrace

Ask = Callable[[AgentSpec, dict[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Seen:
    """``turns`` are the turns in scope: one for an assertion of a turn, all for a final one. ``before`` are all up to the last
    of them. ``ask`` asks a model a typed question."""

    spec: JourneySpec
    turns: Sequence[TurnTrace]
    before: Sequence[TurnTrace]
    ask: Ask

    @property
    def last(self) -> TurnTrace:
        return self.turns[-1]


class Verdict(Frozen):
    """Whether it held; ``expected`` and ``got`` are short texts for people."""

    passed: bool
    expected: str
    got: str


class Assertion(Protocol):
    """``title`` names it in forms; ``Params`` draws its form and validates it."""

    title: ClassVar[str]
    Params: type[Frozen]

    async def judge(self, params: Any, seen: Seen) -> Verdict: ...
