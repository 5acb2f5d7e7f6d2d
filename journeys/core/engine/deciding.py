"""What a classification leads to: a transition, a pattern, a question back, or nothing; and why the others lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from journeys.core.engine.intents import NONE, OFF_TOPIC, Choices, Classification
from journeys.core.patterns.clarify import Option
from journeys.core.patterns.phrases import PatternIntent
from journeys.core.spec import ClarifyPattern, IntentTriggerSpec, TransitionSpec


@dataclass(frozen=True, slots=True)
class Candidate:
    """One intent that was looked at: where it would lead and why it won or lost. ``confidence`` is ``None`` where the model
    named none."""

    intent: str
    target: str
    transition: str
    threshold: float
    confidence: float | None
    taken: bool
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a classification led to: ``transition``, ``pattern``, the ``close`` options to ask about, or nothing of these.

    ``why`` is a sentence for people.
    """

    classification: Classification
    transition: TransitionSpec | None
    candidates: tuple[Candidate, ...]
    why: str
    pattern: str = ""
    close: tuple[Option, ...] = ()
    off_topic: bool = False
    from_cache: bool = False

    @property
    def chosen(self) -> str:
        """The intent that was acted upon; empty when none was."""
        return self.classification.intent if self.transition or self.pattern else ""

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self.classification),
            "candidates": list(dict.fromkeys(c.intent for c in self.candidates)),
            "considered": [asdict(candidate) for candidate in self.candidates],
            "taken": self.transition.to_pathway if self.transition else "",
            "transition": self.transition.id if self.transition else "",
            "pattern": self.pattern,
            "asked": [option.label for option in self.close],
            "from_cache": self.from_cache,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class _Way:
    """One place that an intent may lead to."""

    intent: str
    threshold: float
    transition: TransitionSpec | None = None
    pattern: PatternIntent | None = None

    @property
    def target(self) -> str:
        return self.transition.to_pathway if self.transition else ""

    def option(self, confidence: float) -> Option:
        label = self.pattern.name.replace("_", " ") if self.pattern else self.intent.replace("_", " ")
        if self.transition:
            label = self.transition.label or self.transition.trigger.description or label
            return Option(self.intent, label.rstrip("."), transition=self.transition.id, confidence=confidence)
        return Option(self.intent, label, pattern=self.intent, confidence=confidence)


def decide(choices: Choices, found: Classification, clarify: ClarifyPattern | None = None, *, cached: bool = False) -> Decision:
    """The first way (patterns, then transitions as they come by priority) that listens to the intent and whose threshold is
    reached; with ``clarify``, two ways that are too close are put to the person instead."""
    ways = _ways(choices)
    best = _first(ways, found.intent, found.confidence)
    close = _close(ways, found, clarify) if clarify and clarify.enabled else ()
    why = _why(ways, best, found, close)
    taken = None if close else best
    return Decision(
        found,
        taken.transition if taken else None,
        tuple(_candidate(way, found, taken, why) for way in ways),
        why,
        pattern=taken.pattern.name if taken and taken.pattern else "",
        close=close,
        off_topic=found.intent == OFF_TOPIC,
        from_cache=cached,
    )


def _ways(choices: Choices) -> list[_Way]:
    ways = [_Way(pattern.name, pattern.threshold, pattern=pattern) for pattern in choices.patterns]
    for transition in choices.transitions:
        trigger = transition.trigger
        if isinstance(trigger, IntentTriggerSpec):
            ways += [_Way(name, trigger.confidence_threshold, transition=transition) for name in trigger.intents]
    return ways


def _first(ways: Sequence[_Way], intent: str, confidence: float, slack: float = 0.0) -> _Way | None:
    return next((way for way in ways if way.intent == intent and confidence >= way.threshold - slack), None)


def _close(ways: Sequence[_Way], found: Classification, clarify: ClarifyPattern) -> tuple[Option, ...]:
    """Both may miss their threshold by the margin: what is not sure enough to be done is sure enough to be asked."""
    if found.confidence - found.runner_up_confidence >= clarify.margin:
        return ()
    pair = [
        (_first(ways, name, confidence, clarify.margin), confidence)
        for name, confidence in ((found.intent, found.confidence), (found.runner_up, found.runner_up_confidence))
    ]
    options = [way.option(confidence) for way, confidence in pair if way]
    targets = {(way.target, way.intent if way.pattern else "") for way, _ in pair if way}
    return tuple(options) if len(options) == len(targets) == 2 else ()


def _why(ways: Sequence[_Way], best: _Way | None, found: Classification, close: Sequence[Option]) -> str:
    if close:
        told = " and ".join(f"{option.intent!r} ({option.confidence:.2f})" for option in close)
        return f"{told} are too close to choose, so the person is asked"
    if best:
        return f"the message means {found.intent!r} (confidence {found.confidence:.2f})"
    if found.intent == NONE:
        return "the message goes on with the present stage"
    if found.intent == OFF_TOPIC:
        return "the message neither goes on with the present stage nor means an intent"
    asked = [way.threshold for way in ways if way.intent == found.intent]
    if not asked:
        return f"{found.intent!r} is none of the intents that apply here"
    return f"{found.intent!r} has confidence {found.confidence:.2f}, below the {min(asked):.2f} that it takes"


def _candidate(way: _Way, found: Classification, taken: _Way | None, why: str) -> Candidate:
    confidence = found.confidence if way.intent == found.intent else None
    if confidence is None and way.intent == found.runner_up:
        confidence = found.runner_up_confidence
    return Candidate(
        way.intent,
        way.target,
        way.transition.id if way.transition else "",
        way.threshold,
        confidence,
        way is taken,
        why if way is taken else _loss(way, found, taken, confidence),
    )


def _loss(way: _Way, found: Classification, taken: _Way | None, confidence: float | None) -> str:
    if way.intent == found.intent:
        if taken:
            return f"{taken.target or taken.intent!r} listens to the same intent and comes first"
        if found.confidence < way.threshold:
            return f"{found.confidence:.2f} is below the {way.threshold:.2f} that it takes"
        return "it is too close to another, so the person is asked"
    if confidence is not None:
        return f"{confidence:.2f} is the second best, after {found.intent!r} with {found.confidence:.2f}"
    return f"the message means {found.intent!r}"
