"""Intent detection: which transitions apply from here, the question put to the model, and what its answer means.

Owns no model call: ``detector`` is an agent like any other and ``turn`` runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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
from journeys.core.names import ANYWHERE
from journeys.core.spec import IntentTriggerSpec, JourneySpec, TransitionSpec

NONE = "none"  # the answer of a message that means none of the intents
HISTORY_SEEN = 6  # messages of the conversation that the detector reads

_INSTRUCTIONS = (
    "You route the messages of a conversation. Say which one of the listed intents the newest message expresses, judged by "
    "its meaning in the conversation and not by single words. A message that answers what the assistant just asked, or that "
    f"simply goes on with the present stage, expresses none of them: answer {NONE!r}. Choose an intent only when the person "
    "clearly wants it now."
)
_PLAIN_ANSWER = (  # what the demo model always takes for an answer to what was asked
    r"re:^\W*(?:yes|yeah|yep|yup|sure|ok|okay|fine|alright|no|nope|please|thanks|thank you|bye|goodbye)"
    r"(?:\W+(?:yes|please|sure|thanks|thank you|do|bye|goodbye|go ahead|that'?s fine))*\W*$"
)


@dataclass(frozen=True, slots=True)
class Classification:
    """The detector's answer; ``confidence`` is between 0 and 1, ``evidence`` the words that decided."""

    intent: str
    confidence: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a classification led to: the transition taken or ``None``, and ``why`` as a sentence for people."""

    classification: Classification
    transition: TransitionSpec | None
    candidates: tuple[str, ...]
    why: str

    @property
    def chosen(self) -> str:
        """The intent that was acted upon; empty when none was."""
        return self.classification.intent if self.transition else ""

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self.classification),
            "candidates": list(self.candidates),
            "taken": self.transition.to_pathway if self.transition else "",
            "why": self.why,
        }


def applicable(spec: JourneySpec, state: JourneyState) -> tuple[TransitionSpec, ...]:
    """The transitions that may fire from the current pathway, the highest priority first, equal ones as declared."""
    here = state.pathway
    asked = [t for t in spec.transitions if isinstance(t.trigger, IntentTriggerSpec)]
    fitting = [t for t in asked if t.to_pathway != here and (ANYWHERE in t.from_pathways or here in t.from_pathways)]
    return tuple(sorted(fitting, key=lambda t: -t.priority))


def detector(spec: JourneySpec, transitions: Sequence[TransitionSpec]) -> AgentSpec:
    """The agent that classifies a message over the intents of ``transitions``."""
    return AgentSpec(
        name="intent detector",
        description=f"Tells which intent of {spec.name} a message expresses.",
        signature=SignatureSpec(
            name="IntentDetection",
            instructions=_INSTRUCTIONS,
            inputs=(
                FieldSpec(name="message", type=ScalarType(kind="str"), description="The person's newest message"),
                FieldSpec(name="stage", type=ScalarType(kind="str"), description="The stage the conversation is in"),
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
            ),
            outputs=(
                FieldSpec(
                    name="intent",
                    type=EnumType(values=(*labels(transitions), NONE)),
                    description=f"The name of the intent, or {NONE!r}",
                ),
                FieldSpec(
                    name="confidence",
                    type=ScalarType(kind="float"),
                    description="How sure you are, from 0 to 1",
                    constraints=Constraints(ge=0, le=1),
                ),
                FieldSpec(
                    name="evidence",
                    type=ScalarType(kind="str"),
                    description="The words of the message that decided, or why it is none of them; short",
                ),
            ),
        ),
        model=ModelSpec.model_validate({"temperature": 0.0, **spec.intent_model}),
        demo=_demo_rules(transitions),
    )


def question(
    spec: JourneySpec,
    state: JourneyState,
    transitions: Sequence[TransitionSpec],
    message: str,
    history: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """The detector's input values."""
    pathway = spec.pathway(state.pathway)
    purpose = pathway.signature.intent or pathway.signature.instructions if pathway.signature else ""
    stage = pathway.title or pathway.id
    seen: dict[str, dict[str, Any]] = {}
    for trigger in _triggers(transitions):
        for name in trigger.intents:
            entry = {"name": name, "meaning": trigger.description or name, "examples": list(trigger.examples)}
            seen.setdefault(name, entry)
    return {
        "message": message,
        "stage": f"{stage}: {purpose}" if purpose else stage,
        "conversation": [dict(m) for m in history[-HISTORY_SEEN:]],
        "intents": list(seen.values()),
    }


def decide(transitions: Sequence[TransitionSpec], found: Classification) -> Decision:
    """The first of ``transitions`` (they come by priority) that listens to the intent and whose threshold is reached."""
    names = labels(transitions)
    if found.intent == NONE:
        return Decision(found, None, names, "the message goes on with the present stage")
    if found.intent not in names:
        return Decision(found, None, names, f"{found.intent!r} is none of the intents that apply here")
    asked = [
        (t, t.trigger) for t in transitions if isinstance(t.trigger, IntentTriggerSpec) and found.intent in t.trigger.intents
    ]
    for transition, trigger in asked:
        if found.confidence >= trigger.confidence_threshold:
            why = f"the message means {found.intent!r} (confidence {found.confidence:.2f})"
            return Decision(found, transition, names, why)
    lowest = min(trigger.confidence_threshold for _, trigger in asked)
    why = f"{found.intent!r} has confidence {found.confidence:.2f}, below the {lowest:.2f} that it takes"
    return Decision(found, None, names, why)


def labels(transitions: Sequence[TransitionSpec]) -> tuple[str, ...]:
    """The names of all intents of ``transitions``, each once, in order."""
    return tuple(dict.fromkeys(name for trigger in _triggers(transitions) for name in trigger.intents))


def _triggers(transitions: Sequence[TransitionSpec]) -> list[IntentTriggerSpec]:
    return [t.trigger for t in transitions if isinstance(t.trigger, IntentTriggerSpec)]


def _demo_rules(transitions: Sequence[TransitionSpec]) -> tuple[DemoRule, ...]:
    rules = [
        DemoRule(
            when=tuple(dict.fromkeys((*trigger.demo_patterns, *trigger.examples))) or trigger.intents,
            set={"intent": trigger.intents[0], "confidence": 0.9, "evidence": "{message}"},
        )
        for trigger in _triggers(transitions)
    ]
    plain = DemoRule(when=(_PLAIN_ANSWER,), set={"intent": NONE, "confidence": 0.9, "evidence": "{message}"})
    return (plain, *rules, DemoRule(set={"intent": NONE, "confidence": 0.9, "evidence": "no example of an intent is near"}))
