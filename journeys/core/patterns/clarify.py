"""Disambiguation: two intents that are too close are put to the person, and the next message says which was meant.

The question waits in the session's state as ``pending`` with the original message, which is answered once it is clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journeys.core.spec import JourneySpec

CLARIFY = "clarify"
_ORDINALS = (
    r"(?:1|1st|one|first|former|upper)",
    r"(?:2|2nd|two|second|latter|lower)",
    r"(?:3|3rd|three|third)",
    r"(?:4|4th|four|fourth)",
)
_FRAME = r"^\W*(?:(?:i mean|i meant|it'?s|its|the|number|option|no|nr|please)\W+)*{}(?:\W*(?:one|option|please|thanks))*\W*$"
_NEITHER = re.compile(r"^\W*(?:neither|none|no|nope|nothing|something else|other)\b[^?]*$", re.IGNORECASE)
_LAST = re.compile(_FRAME.format("(?:last)"), re.IGNORECASE)
_LONGEST = 200  # characters of a message that is nothing but the answer to the question
_WORD = re.compile(r"\w+")
_IDLE = frozenset(
    _WORD.findall("a an the to of for my your i me it is about on in and or with this that please mean meant want")
)


@dataclass(frozen=True, slots=True)
class Option:
    """What the person may have meant: the transition (its id) or pattern that ``intent`` leads to, and its words."""

    intent: str
    label: str
    transition: str = ""
    pattern: str = ""
    confidence: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "intent": self.intent,
            "label": self.label,
            "transition": self.transition,
            "pattern": self.pattern,
            "confidence": self.confidence,
        }


def pending_question(message: str, options: Sequence[Option], turn: int) -> dict[str, Any]:
    """The state's ``pending`` for the message that was not clear."""
    return {"kind": CLARIFY, "message": message, "turn": turn, "options": [option.to_json() for option in options]}


def ask(spec: JourneySpec, options: Sequence[Option]) -> str:
    """The question with its options: "A or B"."""
    labels = [option.label for option in options]
    told = " or ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)
    return spec.patterns.clarify.question.replace("{options}", told)


def choose(pending: Mapping[str, Any], answer: str) -> Option | None:
    """Which option ``answer`` names: by number, by place, by its own words. ``None``: none of them for certain."""
    options = [Option(**option) for option in pending["options"]]
    if len(answer) > _LONGEST:
        return None
    for n, option in enumerate(options):
        if n < len(_ORDINALS) and re.match(_FRAME.format(_ORDINALS[n]), answer, re.IGNORECASE):
            return option
    if _LAST.match(answer):
        return options[-1]
    said = " ".join(_WORD.findall(answer.lower()))
    whole = [o for o in options if said and said in (_plain(o.label), _plain(o.intent))]
    if whole:
        return whole[0]
    scores = [_shared(answer, f"{option.label} {option.intent}") for option in options]
    best = max(scores)
    return options[scores.index(best)] if best and scores.count(best) == 1 else None


def rejects(answer: str) -> bool:
    """Whether ``answer`` says that none of the options was meant, and nothing more than that."""
    return bool(_NEITHER.match(answer)) and len(_WORD.findall(answer)) <= 4


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.replace("_", " ").lower()))


def _shared(answer: str, words: str) -> int:
    """Words that only mean something: how many of ``words`` are said, when little else is."""
    said = set(_plain(answer).split()) - _IDLE
    known = set(_plain(words).split()) - _IDLE
    return len(said & known) if len(said) <= 2 * len(said & known) + 1 else 0
