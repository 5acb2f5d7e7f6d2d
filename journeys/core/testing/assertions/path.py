"""Assertions about the way of a conversation: pathways, transitions, intents."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.testing.assertions.seen import Seen, Verdict
from journeys.core.testing.coverage import transitions_taken


class PathwayReached:
    """The conversation stands in the pathway, or was in it (``anywhere``)."""

    title: ClassVar[str] = "Pathway reached"

    class Params(Frozen):
        pathway: str = Field(min_length=1, title="Pathway", description="The pathway's id, or end")
        anywhere: bool = Field(default=False, title="On the way is enough")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        if params.anywhere:
            been = list(dict.fromkeys(name for turn in seen.turns for name in turn.pathways))
            return Verdict(
                passed=params.pathway in been, expected=f"through {params.pathway}", got=" → ".join(been) or "nowhere"
            )
        here = "end" if seen.last.ended and params.pathway == "end" else seen.last.pathway
        return Verdict(passed=here == params.pathway, expected=f"in {params.pathway}", got=f"in {here or 'no pathway'}")


class TransitionTaken:
    """The transition with this id was taken."""

    title: ClassVar[str] = "Transition taken"

    class Params(Frozen):
        transition: str = Field(min_length=1, title="Transition", description="The transition's id")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        taken = [name for turn in seen.turns for name in transitions_taken(seen.spec, turn.summary)]
        return Verdict(passed=params.transition in taken, expected=params.transition, got=", ".join(taken) or "no transition")


class IntentFound:
    """The message was taken for this intent (``none``: for no intent)."""

    title: ClassVar[str] = "Intent detected"

    class Params(Frozen):
        intent: str = Field(min_length=1, title="Intent", description="An intent's name, or none")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        found = [turn.intent or "none" for turn in seen.turns]
        return Verdict(passed=params.intent in found, expected=params.intent, got=", ".join(found))
