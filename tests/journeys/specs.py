"""Small journeys and pieces of them for the core tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.core.spec.agent import AgentSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import AnyType, FieldSpec, ListType, ScalarType
from journeys.core.engine.intents import Classification
from journeys.core.engine.machine import AgentAnswered, CommitTurn, IntentDetected, MessageReceived, RunAgent, Turn, step
from journeys.core.engine.state import JourneyState
from journeys.core.spec import IntentTriggerSpec, JourneySpec, PathwaySpec, ReturnSpec, TransitionSpec

TEXT = ScalarType(kind="str")


def text(name: str, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type=TEXT, **more)


def some(name: str, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type=ListType(of=AnyType()), **more)


def signature(*outputs: FieldSpec, inputs: Sequence[FieldSpec] = (text("message"),)) -> SignatureSpec:
    return SignatureSpec(name="Test", inputs=tuple(inputs), outputs=outputs or (text("response"),))


def agent(name: str, *outputs: FieldSpec, inputs: Sequence[FieldSpec] = (text("message"),)) -> AgentSpec:
    return AgentSpec(name=name, signature=signature(*outputs, inputs=inputs))


def transition(to: str, intent: str, *, threshold: float = 0.7, **more: Any) -> TransitionSpec:
    trigger = IntentTriggerSpec(intents=(intent,), confidence_threshold=threshold)
    return TransitionSpec(trigger=trigger, to_pathway=to, **more)


def clinic(**more: Any) -> JourneySpec:
    """Intake until symptoms are known, then booking; faq from anywhere and back; cancel ends."""
    return JourneySpec.model_validate(
        {
            "name": "Clinic",
            "entry": "intake",
            "pathways": (
                PathwaySpec(
                    id="intake",
                    signature=signature(text("response"), some("symptoms")),
                    accumulate=("symptoms",),
                    merge={"symptoms": "union"},
                    next="booking",
                ),
                PathwaySpec(id="booking", signature=signature(text("response"), text("slot")), accumulate=("slot",)),
                PathwaySpec(id="faq", return_behavior=ReturnSpec(kind="previous")),
                PathwaySpec(id="billing", return_behavior=ReturnSpec(kind="previous")),
            ),
            "transitions": (
                transition("faq", "question", priority=10),
                transition("billing", "price", priority=5),
                transition("end", "cancel", priority=20),
            ),
            **more,
        }
    )


def turn(state: JourneyState, message: str = "hello", number: int = 1) -> Turn:
    return Turn(number=number, message=message, history=(), state=state)


def play(
    spec: JourneySpec, state: JourneyState, intent: str = "none", confidence: float = 1.0, number: int = 1, **outputs: Any
) -> CommitTurn:
    """One whole turn: the detector says ``intent`` and every agent answers ``outputs``."""
    current, (effect,) = step(spec, turn(state, number=number), MessageReceived())
    while not isinstance(effect, CommitTurn):
        if isinstance(effect, RunAgent):
            current, (effect,) = step(spec, current, AgentAnswered({"response": "ok", **outputs}))
        else:
            current, (effect,) = step(spec, current, IntentDetected(Classification(intent, confidence)))
    return effect
