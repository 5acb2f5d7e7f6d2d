"""The patterns that a message can mean, as intents beside those of the transitions. A new one is one entry of ``PATTERNS``."""

from __future__ import annotations

from dataclasses import dataclass

from journeys.core.spec import JourneySpec
from journeys.core.spec.patterns import Phrases

HAND_OVER, CANCEL, CORRECTION = "ask_for_a_person", "give_up", "correct_a_value"
THRESHOLD = 0.7
MEANINGS: dict[str, tuple[str, str]] = {  # name -> the field of the spec's patterns, and what it means
    HAND_OVER: ("hand_over", "The person wants to talk to a human being and not to an assistant"),
    CANCEL: ("cancel", "The person wants to give up and stop what is going on here"),
    CORRECTION: ("correction", "The person corrects something that they said, or that was noted, earlier"),
}
EXAMPLES: dict[str, tuple[str, ...]] = {
    HAND_OVER: ("I want to talk to a real person", "Can I speak to somebody?", "Put me through to a human"),
    CANCEL: ("Forget it", "Stop this, please", "Let us drop the whole thing"),
    CORRECTION: ("No, I meant Tuesday", "That is wrong, it is Anna with one n", "Sorry, make that three"),
}


@dataclass(frozen=True, slots=True)
class PatternIntent:
    """An intent that belongs to no transition; ``examples`` are the journey's own or, without any, the usual ones."""

    name: str
    meaning: str
    examples: tuple[str, ...]
    demo_patterns: tuple[str, ...] = ()
    threshold: float = THRESHOLD


def pattern_intents(spec: JourneySpec) -> tuple[PatternIntent, ...]:
    """The intents of the patterns that the journey has switched on."""
    found = []
    for name, (field, meaning) in MEANINGS.items():
        pattern: Phrases = getattr(spec.patterns, field)
        if pattern.enabled:
            examples = pattern.examples or EXAMPLES[name]
            found.append(PatternIntent(name, meaning, examples, pattern.demo_patterns))
    return tuple(found)
