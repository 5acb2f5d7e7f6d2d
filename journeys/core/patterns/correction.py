"""Correction: "no, Tuesday". A detector reads which values of the context the message corrects; they are replaced where they
stand, whatever their merge rule says. Unsure, or nothing that differs: nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.core.spec.agent import AgentSpec, DemoRule, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import AnyType, Constraints, DictType, FieldSpec, ListType, OptionalType, ScalarType, TypeSpec
from journeys.core.engine.context import is_present, same
from journeys.core.engine.known import context_types
from journeys.core.engine.state import JourneyState
from journeys.core.spec import JourneySpec

NAME = "correction"
SURE = 0.6
CONFIDENCE, KNOWN, MESSAGE, CONVERSATION = "correction_confidence", "known_values", "message", "conversation"
_RESERVED = frozenset({CONFIDENCE, KNOWN, MESSAGE, CONVERSATION})
_INSTRUCTIONS = (
    "The person may correct something that was noted earlier in this conversation. For each field say its new value if the "
    "newest message corrects it, and null if it does not. Take the new value from the message and keep everything of the old "
    "value that was not corrected. Never invent a value. Say how sure you are that this is a correction."
)


def correctable(spec: JourneySpec, state: JourneyState) -> dict[str, TypeSpec]:
    """The context fields that have a value now and may be corrected, with their types."""
    rule = spec.patterns.correction
    accumulated = {name for pathway in spec.pathways for name in pathway.accumulate}
    allowed = set(rule.fields) or accumulated
    types = context_types(spec)
    return {
        name: types.get(name, AnyType())
        for name, value in state.context.items()
        if name in allowed and name not in _RESERVED and is_present(value)
    }


def detector(spec: JourneySpec, state: JourneyState) -> AgentSpec:
    """The agent that reads the correction; each field keeps its type, so a value that does not fit is asked for again."""
    fields = correctable(spec, state)
    return AgentSpec(
        name="correction detector",
        description=f"Reads what a message of {spec.name} corrects.",
        signature=SignatureSpec(
            name="Correction",
            instructions=_INSTRUCTIONS,
            inputs=(
                FieldSpec(name=MESSAGE, type=ScalarType(kind="str"), description="The person's newest message"),
                FieldSpec(name=KNOWN, type=DictType(of=AnyType()), description="What was noted so far, by field"),
                FieldSpec(
                    name=CONVERSATION,
                    type=ListType(of=AnyType()),
                    description="The messages before it, oldest first",
                    required=False,
                    default=[],
                ),
            ),
            outputs=(
                *(
                    FieldSpec(
                        name=name,
                        type=type_ if isinstance(type_, OptionalType | AnyType) else OptionalType(of=type_),
                        description=f"The corrected {name.replace('_', ' ')}, or null",
                        required=False,
                        default=None,
                    )
                    for name, type_ in fields.items()
                ),
                FieldSpec(
                    name=CONFIDENCE,
                    type=ScalarType(kind="float"),
                    description="How sure you are, from 0 to 1",
                    constraints=Constraints(ge=0, le=1),
                ),
            ),
        ),
        model=ModelSpec.model_validate({"temperature": 0.0, **spec.intent_model}),
        demo=_demo_rules(spec, fields),
    )


def question(
    spec: JourneySpec, state: JourneyState, message: str, history: Sequence[Mapping[str, str]], seen: int
) -> dict[str, Any]:
    """The detector's input values."""
    known = {name: state.context[name] for name in correctable(spec, state)}
    return {MESSAGE: message, KNOWN: known, CONVERSATION: [dict(m) for m in history[-seen:]]}


def corrections(spec: JourneySpec, state: JourneyState, found: Mapping[str, Any]) -> dict[str, Any]:
    """The new values, by field; empty when the detector was not sure or nothing differs."""
    if found.get(CONFIDENCE, 0) < SURE:
        return {}
    return {
        name: found[name]
        for name in correctable(spec, state)
        if found.get(name) is not None and not same(found[name], state.context[name])
    }


def reply(spec: JourneySpec, changed: Mapping[str, Any]) -> str:
    """What is said before the answer, with the changes in words."""
    told = ", ".join(f"{name.replace('_', ' ')} is now {_shown(value)}" for name, value in changed.items())
    return spec.patterns.correction.reply.replace("{changes}", told)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _demo_rules(spec: JourneySpec, fields: Mapping[str, TypeSpec]) -> tuple[DemoRule, ...]:
    """For the demo model, which is no AI: a named group of a demo pattern is the new value of the field of that name."""
    patterns = spec.patterns.correction.demo_patterns
    rules = []
    for pattern in patterns:
        for name, type_ in fields.items():
            if f"(?P<{name}>" in pattern:
                value = [f"{{{name}}}"] if isinstance(type_, ListType) else f"{{{name}}}"
                rules.append(DemoRule(when=(pattern,), set={name: value, CONFIDENCE: 0.9}, go_on=True))
    return (*rules, DemoRule(unless_known=(CONFIDENCE,), set={CONFIDENCE: 0.0}), DemoRule(set={}))
