"""Intent detection: the question put to the model about a message. What its answer leads to is ``deciding``.

Owns no model call: ``detector`` is an agent like any other and ``turn`` runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.core.spec.agent import AgentSpec, DemoRule, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    AnyType,
    Constraints,
    EnumType,
    FieldSpec,
    ListType,
    ScalarType,
)
from journeys.core.engine.state import JourneyState
from journeys.core.patterns.phrases import PatternIntent
from journeys.core.spec import FallbackPattern, IntentTriggerSpec, JourneySpec, TransitionSpec

NONE = "none"  # the answer of a message that means none of the intents and goes on with the stage
OFF_TOPIC = "off_topic"  # the answer of a message that means none of them and does not fit the stage either
HISTORY_SEEN = 6  # messages of the conversation that the detector reads

_INSTRUCTIONS = (
    "You route the messages of a conversation. Say which one of the listed intents the newest message expresses, judged by "
    "its meaning in the conversation and not by single words. A message that answers what the assistant just asked, or that "
    f"simply goes on with the present stage, expresses none of them: answer {NONE!r}. Choose an intent only when the person "
    "clearly wants it now. Name the second most likely answer too, with how sure you would be of it."
)
_OFF_TOPIC = f" A message that neither goes on with the present stage nor expresses an intent is {OFF_TOPIC!r}."
_PLAIN_ANSWER = (  # what the demo model always takes for an answer to what was asked
    r"re:^\W*(?:yes|yeah|yep|yup|sure|ok|okay|fine|alright|no|nope|please|thanks|thank you|bye|goodbye)"
    r"(?:\W+(?:yes|please|sure|thanks|thank you|do|bye|goodbye|go ahead|that'?s fine))*\W*$"
)
_TEXT, _NUMBER = ScalarType(kind="str"), ScalarType(kind="float")


@dataclass(frozen=True, slots=True)
class Classification:
    """The detector's answer; confidences are between 0 and 1, ``evidence`` the words that decided."""

    intent: str
    confidence: float
    evidence: str = ""
    runner_up: str = NONE
    runner_up_confidence: float = 0.0

    @classmethod
    def from_outputs(cls, found: Mapping[str, Any]) -> Classification:
        """Reads the detector's outputs; a runner-up may be missing."""
        second = found.get("runner_up") or NONE
        sure = found.get("runner_up_confidence") or 0.0
        return cls(found["intent"], found["confidence"], found["evidence"], second, sure)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a message may mean: intents of ``transitions``, of ``patterns``, and ``off_topic`` where that makes a difference."""

    transitions: tuple[TransitionSpec, ...] = ()
    patterns: tuple[PatternIntent, ...] = ()
    off_topic: FallbackPattern | None = None

    def __bool__(self) -> bool:
        return bool(self.transitions or self.patterns or self.off_topic)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of all intents, each once, in order; those of patterns last."""
        return tuple(dict.fromkeys((*labels(self.transitions), *(pattern.name for pattern in self.patterns))))


def detector(spec: JourneySpec, choices: Choices) -> AgentSpec:
    """The agent that classifies a message over ``choices``."""
    names = (*choices.labels, NONE, *([OFF_TOPIC] if choices.off_topic else []))
    return AgentSpec(
        name="intent detector",
        description=f"Tells which intent of {spec.name} a message expresses.",
        signature=SignatureSpec(
            name="IntentDetection",
            instructions=_INSTRUCTIONS + (_OFF_TOPIC if choices.off_topic else ""),
            inputs=_inputs(),
            outputs=_outputs(names),
        ),
        model=ModelSpec.model_validate({"temperature": 0.0, **spec.intent_model}),
        demo=_demo_rules(choices),
    )


def question(
    spec: JourneySpec, state: JourneyState, choices: Choices, message: str, history: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """The detector's input values."""
    pathway = spec.pathway(state.pathway)
    purpose = pathway.signature.intent or pathway.signature.instructions if pathway.signature else pathway.description
    stage = pathway.title or pathway.id
    seen: dict[str, dict[str, Any]] = {}
    for trigger in _triggers(choices.transitions):
        for name in trigger.intents:
            entry = {"name": name, "meaning": trigger.description or name, "examples": list(trigger.examples)}
            seen.setdefault(name, entry)
    for pattern in choices.patterns:
        seen.setdefault(pattern.name, {"name": pattern.name, "meaning": pattern.meaning, "examples": list(pattern.examples)})
    return {
        "message": message,
        "stage": f"{stage}: {purpose}" if purpose else stage,
        "conversation": [dict(m) for m in history[-HISTORY_SEEN:]],
        "intents": list(seen.values()),
    }


def labels(transitions: Sequence[TransitionSpec]) -> tuple[str, ...]:
    """The names of all intents of ``transitions``, each once, in order."""
    return tuple(dict.fromkeys(name for trigger in _triggers(transitions) for name in trigger.intents))


def _inputs() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(name="message", type=_TEXT, description="The person's newest message"),
        FieldSpec(name="stage", type=_TEXT, description="The stage the conversation is in"),
        FieldSpec(
            name="conversation",
            type=ListType(of=AnyType()),
            description="The messages before it, oldest first",
            required=False,
            default=[],
        ),
        FieldSpec(
            name="intents",
            type=ListType(of=AnyType()),
            description="The intents to choose from: name, meaning, examples of messages that express it",
        ),
    )


def _outputs(names: tuple[str, ...]) -> tuple[FieldSpec, ...]:
    share = Constraints(ge=0, le=1)
    answers = EnumType(values=names)
    return (
        FieldSpec(name="intent", type=answers, description=f"The name of the intent, or {NONE!r}"),
        FieldSpec(name="confidence", type=_NUMBER, description="How sure you are, from 0 to 1", constraints=share),
        FieldSpec(
            name="evidence",
            type=_TEXT,
            description="The words of the message that decided, or why it is none of them; short",
        ),
        FieldSpec(name="runner_up", type=answers, description="The second most likely answer", required=False, default=NONE),
        FieldSpec(
            name="runner_up_confidence",
            type=_NUMBER,
            description="How sure you would be of the second, from 0 to 1",
            required=False,
            default=0.0,
            constraints=share,
        ),
    )


def _triggers(transitions: Sequence[TransitionSpec]) -> list[IntentTriggerSpec]:
    return [t.trigger for t in transitions if isinstance(t.trigger, IntentTriggerSpec)]


def _demo_rules(choices: Choices) -> tuple[DemoRule, ...]:
    phrases: list[tuple[str, tuple[str, ...]]] = [
        (trigger.intents[0], (*trigger.demo_patterns, *trigger.examples) or trigger.intents)
        for trigger in _triggers(choices.transitions)
    ]
    phrases = [(p.name, (*p.demo_patterns, *p.examples)) for p in choices.patterns] + phrases
    if choices.off_topic and (choices.off_topic.demo_patterns or choices.off_topic.examples):
        phrases.append((OFF_TOPIC, (*choices.off_topic.demo_patterns, *choices.off_topic.examples)))
    rules = [
        DemoRule(when=tuple(dict.fromkeys(when)), set={"intent": name, "confidence": 0.9, "evidence": "{message}"})
        for name, when in phrases
    ]
    plain = DemoRule(when=(_PLAIN_ANSWER,), set={"intent": NONE, "confidence": 0.9, "evidence": "{message}"})
    return (plain, *rules, DemoRule(set={"intent": NONE, "confidence": 0.9, "evidence": "no example of an intent is near"}))
