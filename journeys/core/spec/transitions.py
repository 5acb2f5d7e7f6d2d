"""TransitionSpec: a move between pathways, what lets it happen and what it changes of the context."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.names import ANYWHERE
from journeys.core.spec.triggers import Expression, TriggerSpec

TransitionId = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=64)]


class ContextUpdateSpec(Frozen):
    """One change of the context when its transition is taken.

    ``set``: ``field`` becomes ``value``. ``copy``: it becomes what ``source`` names (a context field or an output of this
    turn). ``append``: ``value``, or what ``source`` names, joins its list. ``remove``: it is forgotten.
    """

    op: Literal["set", "copy", "append", "remove"]
    field: str = Field(min_length=1)
    value: Any = None
    source: str = ""


class TransitionSpec(Frozen):
    """A move to ``to_pathway`` (or ``end``) from one of ``from_pathways`` (``*``: from anywhere).

    ``id`` names the transition in coverage, tests, layouts and differences; one that is left out gets a name when the
    journey is made. ``guard`` must be true besides the trigger. ``push`` keeps the pathway that was left on the stack, so
    that a return behaviour can come back to it. Higher ``priority`` is asked first; equal priorities in declared order.
    """

    id: TransitionId = ""
    label: str = ""
    trigger: TriggerSpec
    to_pathway: str
    from_pathways: tuple[str, ...] = (ANYWHERE,)
    priority: int = 0
    push: bool = True
    guard: Expression = ""
    context_update: tuple[ContextUpdateSpec, ...] = ()
