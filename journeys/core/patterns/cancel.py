"""Cancel: the person gives up what is going on. With a question first, the next message says whether it was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agents.core.spec.agent import AgentSpec, DemoRule, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import EnumType, FieldSpec, ScalarType
from journeys.core.engine.returns import Move, end, enter
from journeys.core.engine.state import JourneyState
from journeys.core.names import END
from journeys.core.spec import JourneySpec

CANCEL_QUESTION = "cancel"
NAME = "cancel"
YES, NO, OTHER = "yes", "no", "other"
ANSWER = "answer"
_TEXT = ScalarType(kind="str")
_INSTRUCTIONS = (
    f"The assistant asked the person a question that can be answered with yes or no. Say which answer the message gives: "
    f"{YES!r}, {NO!r}, or {OTHER!r} when it does not answer the question but says something else."
)
_YES = r"re:^\W*(?:yes|yeah|yep|yup|sure|ok|okay|please do|do (?:it|that|so)|go ahead|right|correct)\b[^?]{0,40}$"
_NO = r"re:^\W*(?:no|nope|nah|don'?t|do not|not now|wait|go on|keep going|continue|never ?mind)\b[^?]{0,40}$"


def pending_question(turn: int) -> dict[str, Any]:
    """The state's ``pending`` while the person is asked."""
    return {"kind": CANCEL_QUESTION, "turn": turn}


def detector(spec: JourneySpec) -> AgentSpec:
    """The agent that reads the answer to the question."""
    return AgentSpec(
        name="confirmation detector",
        description=f"Reads whether a message of {spec.name} says yes or no.",
        signature=SignatureSpec(
            name="Confirmation",
            instructions=_INSTRUCTIONS,
            inputs=(
                FieldSpec(name="message", type=_TEXT, description="The person's newest message"),
                FieldSpec(name="question", type=_TEXT, description="What the assistant asked"),
            ),
            outputs=(FieldSpec(name=ANSWER, type=EnumType(values=(YES, NO, OTHER)), description="What the message answers"),),
        ),
        model=ModelSpec.model_validate({"temperature": 0.0, **spec.intent_model}),
        demo=(
            DemoRule(when=(_YES,), set={ANSWER: YES}),
            DemoRule(when=(_NO,), set={ANSWER: NO}),
            DemoRule(set={ANSWER: OTHER}),
        ),
    )


def give_up(spec: JourneySpec, state: JourneyState) -> tuple[JourneyState, Move | None]:
    """Where the conversation goes: ``end``, the entry with nothing suspended, what was interrupted (without any: the entry), or
    a pathway. ``None``: it stands there already. What is known stays known."""
    to = spec.patterns.cancel.to
    why = "the person gave up what was going on"
    state = replace(state, pending={})
    if to == END:
        return end(state, why)
    if to == "previous" and state.stack:
        target = state.stack[-1]
        return enter(spec, state, target, kind="cancel", push=False, why=why)
    target = spec.entry if to in ("entry", "previous") else to
    fresh = replace(state, stack=(), kept={}) if to in ("entry", "previous") else state
    if target == state.pathway:
        return fresh, None
    return enter(spec, fresh, target, kind="cancel", push=False, why=why)
