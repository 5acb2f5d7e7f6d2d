"""What a journey class says about moving on: transitions and returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from journeys.core.declare.triggers import (
    AlwaysTrigger,
    ConditionTrigger,
    EventTrigger,
    IntentTrigger,
    Trigger,
    expression,
    texts,
)
from journeys.core.declare.updates import compile_updates
from journeys.core.names import ANYWHERE, END
from journeys.core.spec import ReturnSpec, TransitionSpec

__all__ = [
    "IntentTrigger",
    "ReturnToEntry",
    "ReturnToPrevious",
    "ReturnToSpecific",
    "Transition",
    "compile_return",
    "texts",
    "told",
]


@dataclass(frozen=True)
class Transition:
    """A move to ``to_pathway`` when ``trigger`` fires; ``None`` or ``"end"`` ends the journey.

    ``from_pathway`` is ``"*"`` (from anywhere), a pathway's id or a list of them; ``from_pathways`` is another word for it.
    Higher ``priority`` is asked first. ``push`` remembers the pathway that was left, so that a return behaviour can come
    back to it. ``guard`` is an expression that must be true besides. ``context_update`` lists ``Set``, ``Copy``, ``Append``
    and ``Remove``, or is a dict: ``{"reason": "copy:message", "open": "remove:"}``. ``id`` names the transition in tests and
    differences; without one it is ``t1``, ``t2``, ... by its place.
    """

    trigger: Trigger
    to_pathway: str | None = None
    from_pathway: str | Sequence[str] | None = None
    priority: int = 0
    push: bool = True
    id: str = ""
    label: str = ""
    guard: str = ""
    context_update: Sequence[Any] | Mapping[str, Any] = ()
    from_pathways: str | Sequence[str] | None = None

    def compile(self, threshold: float) -> TransitionSpec:
        if not isinstance(self.trigger, IntentTrigger | ConditionTrigger | AlwaysTrigger | EventTrigger):
            raise TypeError(
                f"a Transition's trigger must be an IntentTrigger, ConditionTrigger, AlwaysTrigger or EventTrigger, "
                f"got {self.trigger!r}"
            )
        return TransitionSpec(
            id=self.id,
            label=self.label,
            trigger=self.trigger.compile(threshold),
            to_pathway=END if self.to_pathway is None else self.to_pathway,
            from_pathways=self._sources(),
            priority=self.priority,
            push=self.push,
            guard=expression(self.guard, "Transition.guard"),
            context_update=compile_updates(self.context_update),
        )

    def _sources(self) -> tuple[str, ...]:
        if self.from_pathway is not None and self.from_pathways is not None:
            raise TypeError("from_pathway and from_pathways are two words for one thing; state one of them")
        given = self.from_pathway if self.from_pathways is None else self.from_pathways
        if given is None:
            return (ANYWHERE,)
        return texts((given,) if isinstance(given, str) else given, "Transition.from_pathway")


@dataclass(frozen=True)
class ReturnToPrevious:
    """A finished pathway goes back to the one it interrupted; ``preserve_context=False`` drops what it added."""

    preserve_context: bool = True
    max_depth: int = 5

    def compile(self) -> ReturnSpec:
        return ReturnSpec(kind="previous", preserve_context=self.preserve_context, max_depth=self.max_depth)


@dataclass(frozen=True)
class ReturnToSpecific:
    """A finished pathway goes to ``target_pathway``."""

    target_pathway: str
    preserve_context: bool = True
    max_depth: int = 5

    def compile(self) -> ReturnSpec:
        return ReturnSpec(
            kind="specific",
            target=self.target_pathway,
            preserve_context=self.preserve_context,
            max_depth=self.max_depth,
        )


@dataclass(frozen=True)
class ReturnToEntry:
    """A finished pathway goes to the journey's entry."""

    preserve_context: bool = True
    max_depth: int = 5

    def compile(self) -> ReturnSpec:
        return ReturnSpec(kind="entry", preserve_context=self.preserve_context, max_depth=self.max_depth)


Return = ReturnToPrevious | ReturnToSpecific | ReturnToEntry | ReturnSpec


def compile_return(behaviour: Any, where: str) -> ReturnSpec | None:
    """The spec of a return behaviour. Raises ``TypeError`` for anything else."""
    if behaviour is None or isinstance(behaviour, ReturnSpec):
        return behaviour
    if not isinstance(behaviour, ReturnToPrevious | ReturnToSpecific | ReturnToEntry):
        raise TypeError(f"{where} must be ReturnToPrevious() or ReturnToSpecific(...) or ReturnToEntry(), got {behaviour!r}")
    return behaviour.compile()


def told(error: ValidationError) -> str:
    """A validation error of a spec in one line."""
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) + ': ' if item['loc'] else ''}{item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_url=False)
    )
