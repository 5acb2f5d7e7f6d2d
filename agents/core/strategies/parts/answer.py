"""The end of a strategy: what it made itself fills the agent's outputs of that name, a model answers the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.spec.errors import InvalidValues
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.core.spec.values import validate_outputs
from agents.core.strategies.asking import to_json
from agents.core.strategies.parts.question import Given, Job


async def answer_rest(
    job: Job, name: str, how: str, made: Mapping[str, Any], given: Given, *, rounds: int = 0
) -> dict[str, Any]:
    """All outputs of the agent. No model is asked when ``made`` has them all; ``how`` says how to answer the others."""
    filled = fill_outputs(job.spec.signature, made)
    wanted = open_outputs(job.spec.signature, filled)
    answered = await job.ask(name, how, wanted, given, rounds=rounds, shown=True) if wanted else {}
    return in_order(job.spec.signature, {**answered, **filled})


def fill_outputs(sig: SignatureSpec, made: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``made`` that are outputs of ``sig`` and fit: a text output takes other values as JSON."""
    filled: dict[str, Any] = {}
    for field in sig.outputs:
        if field.name in made:
            for value in (made[field.name], *_as_text(field, made[field.name])):
                try:
                    filled |= validate_outputs(_alone(field), {field.name: value})
                    break
                except InvalidValues:
                    continue
    return filled


def open_outputs(sig: SignatureSpec, filled: Mapping[str, Any]) -> list[FieldSpec]:
    """The outputs that a model must still answer."""
    return [field for field in sig.outputs if field.name not in filled]


def in_order(sig: SignatureSpec, outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: outputs[field.name] for field in sig.outputs}


def _as_text(field: FieldSpec, value: Any) -> tuple[str, ...]:
    is_text = isinstance(field.type, ScalarType) and field.type.kind == "str"
    return (to_json(value),) if is_text and not isinstance(value, str) else ()


def _alone(field: FieldSpec) -> SignatureSpec:
    return SignatureSpec(name="Output", outputs=(field,))
