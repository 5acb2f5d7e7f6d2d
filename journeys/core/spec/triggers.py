"""What makes a transition fire: an intent, a condition over what is known, an event, or nothing at all."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agents.core.spec.types import Frozen

Expression = Annotated[str, Field(max_length=2000)]  # text of the expression language; empty: none
Moment = Literal["message", "answer"]


class IntentTriggerSpec(Frozen):
    """Fires when the model says that the message means one of ``intents`` with at least ``confidence_threshold``.

    ``demo_patterns`` (``re:`` and a pattern) are read by the demo model only, which is no AI; no other model sees them.
    """

    kind: Literal["intent"] = "intent"
    intents: tuple[str, ...] = Field(min_length=1)
    description: str = ""
    examples: tuple[str, ...] = ()
    demo_patterns: tuple[str, ...] = ()
    confidence_threshold: float = Field(default=0.7, ge=0, le=1)


class ConditionTriggerSpec(Frozen):
    """Fires when ``expression`` is true: at the ``message``, before anything answers, or after the pathway's ``answer``,
    when its outputs have entered the context."""

    kind: Literal["condition"] = "condition"
    expression: Expression = Field(min_length=1)
    description: str = ""
    on: Moment = "answer"


class AlwaysTriggerSpec(Frozen):
    """Fires whenever it is asked and its transition's guard lets it."""

    kind: Literal["always"] = "always"
    description: str = ""
    on: Moment = "answer"


class EventTriggerSpec(Frozen):
    """Fires when something happens: ``timeout`` (the pathway took longer than its ``timeout_s``), ``inactivity`` (nobody
    wrote for ``after_s`` seconds), ``tool_result`` (``tool`` has answered in this turn; empty: any tool), ``error`` (the
    pathway failed with ``code``; empty: with any)."""

    kind: Literal["event"] = "event"
    event: Literal["timeout", "inactivity", "tool_result", "error"]
    tool: str = ""
    code: str = ""
    after_s: float | None = Field(default=None, gt=0)
    description: str = ""


def intents_of(trigger: object) -> tuple[str, ...]:
    """The intents that a trigger listens to; none for a trigger of another kind."""
    return trigger.intents if isinstance(trigger, IntentTriggerSpec) else ()


TriggerSpec = Annotated[
    IntentTriggerSpec | ConditionTriggerSpec | AlwaysTriggerSpec | EventTriggerSpec, Field(discriminator="kind")
]
