"""Signatures and agents that the tests of the model port share."""

from __future__ import annotations

from typing import Any

from agents.core.spec.agent import AgentSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import EnumType, FieldSpec, ListType, OptionalType, ScalarType

TEXT = ScalarType(kind="str")
TRIAGE = SignatureSpec(
    name="Triage",
    instructions="Judge how urgent a message is.",
    intent="Send people to the right desk",
    guidelines=("Be calm.", "Never promise a date."),
    inputs=(
        FieldSpec(name="message", type=TEXT, description="What the person wrote"),
        FieldSpec(name="attempts", type=ScalarType(kind="int"), description="How often they wrote"),
        FieldSpec(name="known", type=ScalarType(kind="bool")),
        FieldSpec(name="note", type=OptionalType(of=TEXT)),
    ),
    outputs=(
        FieldSpec(name="urgency", type=EnumType(values=("low", "high")), description="How urgent it is"),
        FieldSpec(name="tags", type=ListType(of=TEXT)),
        FieldSpec(name="response", type=TEXT, description="What to say"),
    ),
)
INPUTS: dict[str, Any] = {"message": "", "attempts": 0, "known": False, "note": None}
GOOD: dict[str, Any] = {"urgency": "low", "tags": ["a"], "response": "All is well."}


def agent(**changes: Any) -> AgentSpec:
    return AgentSpec.model_validate({"name": "Desk", "signature": TRIAGE, **changes})
