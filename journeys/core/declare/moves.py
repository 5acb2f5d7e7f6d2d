"""What a journey class says about moving on: transitions, their triggers, returns, and the journey's config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from journeys.core.names import ANYWHERE, END
from journeys.core.spec import IntentTriggerSpec, ReturnSpec, TransitionSpec


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
class Transition:
    """A move to ``to_pathway`` when ``trigger`` fires; ``None`` or ``"end"`` ends the journey.

    ``from_pathway`` is ``"*"`` (from anywhere), a pathway's id or a list of them. Higher ``priority`` is asked first.
    ``push`` remembers the pathway that was left, so that a return behaviour can come back to it.
    """

    trigger: IntentTrigger
    to_pathway: str | None = None
    from_pathway: str | Sequence[str] = ANYWHERE
    priority: int = 0
    push: bool = True

    def compile(self, threshold: float) -> TransitionSpec:
        if not isinstance(self.trigger, IntentTrigger):
            raise TypeError(f"a Transition's trigger must be an IntentTrigger, got {self.trigger!r}")
        sources = (self.from_pathway,) if isinstance(self.from_pathway, str) else self.from_pathway
        return TransitionSpec(
            trigger=self.trigger.compile(threshold),
            to_pathway=END if self.to_pathway is None else self.to_pathway,
            from_pathways=texts(sources, "Transition.from_pathway"),
            priority=self.priority,
            push=self.push,
        )


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
class JourneyConfig:
    """Settings of a journey. Without a model of its own, intent detection uses the organization's default model.

    ``intent_model_options`` are further fields of a model (temperature, max_tokens, timeout_s, max_retries).
    """

    intent_detection_model: str | None = None
    intent_detection_provider: str | None = None
    intent_confidence_threshold: float = 0.7
    max_pathway_depth: int = 10
    max_context_size_bytes: int = 1_048_576
    budget_microusd: int | None = None
    intent_model_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def intent_model(self) -> dict[str, Any]:
        """What is stated of the model that detects intents."""
        chosen = {"provider": self.intent_detection_provider, "model": self.intent_detection_model}
        return {**{name: value for name, value in chosen.items() if value is not None}, **self.intent_model_options}


def texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts as a tuple; a single text would be read letter by letter and is refused."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{where} must be a list of texts, got {value!r}")
    return tuple(value)


def told(error: ValidationError) -> str:
    """A validation error of a spec in one line."""
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) + ': ' if item['loc'] else ''}{item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_url=False)
    )
