"""The triggers of a transition as words of Python: an intent, a condition, an event, or always."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from journeys.core.spec import AlwaysTriggerSpec, ConditionTriggerSpec, EventTriggerSpec, IntentTriggerSpec
from journeys.core.spec.triggers import Moment

Compiled = IntentTriggerSpec | ConditionTriggerSpec | AlwaysTriggerSpec | EventTriggerSpec


@dataclass(frozen=True)
class IntentTrigger:
    """Fires when the model finds one of ``intents`` in a message. ``examples`` are messages that express it.

    Without ``confidence_threshold`` that of the journey's config holds. ``demo_patterns`` are for the demo model only.
    """

    intents: Sequence[str]
    description: str = ""
    examples: Sequence[str] = ()
    confidence_threshold: float | None = None
    demo_patterns: Sequence[str] = ()

    def compile(self, threshold: float) -> IntentTriggerSpec:
        return IntentTriggerSpec(
            intents=texts(self.intents, "IntentTrigger.intents"),
            description=self.description,
            examples=texts(self.examples, "IntentTrigger.examples"),
            demo_patterns=texts(self.demo_patterns, "IntentTrigger.demo_patterns"),
            confidence_threshold=threshold if self.confidence_threshold is None else self.confidence_threshold,
        )


@dataclass(frozen=True)
class ConditionTrigger:
    """Fires when ``expression`` is true, a text of the expression language: ``"size(symptoms) > 0"``.

    ``on`` says when it is asked: at the ``message``, or after the ``answer``. A function is refused: a journey is stored,
    shown and run elsewhere, where no function of this process is.
    """

    expression: str
    description: str = ""
    on: Moment = "answer"

    def compile(self, _threshold: float) -> ConditionTriggerSpec:
        return ConditionTriggerSpec(
            expression=expression(self.expression, "ConditionTrigger.expression"), description=self.description, on=self.on
        )


@dataclass(frozen=True)
class AlwaysTrigger:
    """Fires whenever it is asked and the transition's guard lets it."""

    description: str = ""
    on: Moment = "answer"

    def compile(self, _threshold: float) -> AlwaysTriggerSpec:
        return AlwaysTriggerSpec(description=self.description, on=self.on)


@dataclass(frozen=True)
class EventTrigger:
    """Fires at an event: ``timeout``, ``inactivity`` (after ``after_s`` seconds), ``tool_result`` (of ``tool``), ``error``
    (with ``code``)."""

    event: Literal["timeout", "inactivity", "tool_result", "error"]
    tool: str = ""
    code: str = ""
    after_s: float | None = None
    description: str = ""

    def compile(self, _threshold: float) -> EventTriggerSpec:
        return EventTriggerSpec(
            event=self.event, tool=self.tool, code=self.code, after_s=self.after_s, description=self.description
        )


Trigger = IntentTrigger | ConditionTrigger | AlwaysTrigger | EventTrigger


def expression(value: Any, where: str) -> str:
    """A text of the expression language. Raises ``TypeError`` that says why a function is none."""
    if callable(value):
        raise TypeError(
            f"{where} is a function, which cannot be kept: a journey is stored, shown in the builder and run on other "
            f'machines. Write the condition as text, such as "size(symptoms) > 0"'
        )
    if not isinstance(value, str):
        raise TypeError(f"{where} must be the text of an expression, got {value!r}")
    return value


def texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts as a tuple; a single text would be read letter by letter and is refused."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{where} must be a list of texts, got {value!r}")
    return tuple(value)
