"""A strategy's own typed question about an agent's task: the agent's inputs, what is known besides, and the outputs wanted.

Names of the agent win: where a name of the strategy is taken, the model sees another one and the strategy never notices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import AnyType, Constraints, EnumType, FieldSpec, ListType, ModelType, OptionalType, ScalarType
from agents.core.strategies.asking import ask_model

Given = Mapping[str, tuple[str, Any]]  # name -> (description, JSON value)


@dataclass(frozen=True, slots=True)
class Question:
    """A signature with its values. ``names`` maps the model's names of outputs to the strategy's."""

    signature: SignatureSpec
    values: dict[str, Any]
    names: dict[str, str]

    def outputs(self, answered: Mapping[str, Any]) -> dict[str, Any]:
        return {self.names[name]: value for name, value in answered.items()}


def make_question(
    spec: AgentSpec, values: Mapping[str, Any], how: str, outputs: Sequence[FieldSpec], given: Given | None = None
) -> Question:
    """``how`` follows the agent's own instructions. ``outputs`` may be fields of the agent's signature."""
    sig = spec.signature
    taken = {field.name for field in sig.inputs}
    extra: dict[str, tuple[str, Any]] = {}
    for name, (description, value) in (given or {}).items():
        extra[_free(name, taken | {f.name for f in outputs})] = (description, value)
    taken |= set(extra)
    names = {_free(field.name, taken): field.name for field in outputs}
    told = tuple(FieldSpec(name=name, type=AnyType(), description=text) for name, (text, _) in extra.items())
    return Question(
        signature=SignatureSpec(
            name=sig.name,
            instructions="\n\n".join(part for part in (sig.instructions.strip(), how.strip()) if part),
            intent=sig.intent,
            guidelines=sig.guidelines,
            inputs=(*sig.inputs, *told),
            outputs=tuple(f.model_copy(update={"name": name}) for name, f in zip(names, outputs, strict=True)),
        ),
        values={**values, **{name: value for name, (_, value) in extra.items()}},
        names=names,
    )


async def ask_question(
    ctx: RunContext,
    spec: AgentSpec,
    question: Question,
    *,
    name: str,
    model: ModelSpec | None = None,
    rounds: int = 0,
    shown: bool = False,
) -> dict[str, Any]:
    """The validated outputs by the strategy's names. Raises ``InvalidAnswer``."""
    answered = await ask_model(
        ctx,
        for_question(spec, question),
        question.values,
        signature=question.signature,
        name=name,
        model=model,
        rounds=rounds if spec.tools else 0,
        shown=shown,
    )
    return question.outputs(answered)


@dataclass(frozen=True, slots=True)
class Job:
    """An agent's task within a scope of its run: whom a strategy asks its questions about what."""

    ctx: RunContext
    spec: AgentSpec
    values: dict[str, Any]

    def child(self, name: str) -> Job:
        """The same task in a scope of its own, for a branch that goes on beside others."""
        return Job(self.ctx.child(name), self.spec, self.values)

    async def ask(
        self,
        name: str,
        how: str,
        outputs: Sequence[FieldSpec],
        given: Given | None = None,
        *,
        model: ModelSpec | None = None,
        rounds: int = 0,
        shown: bool = False,
    ) -> dict[str, Any]:
        """The validated ``outputs``. ``name`` names the steps; for the rest see ``make_question`` and ``ask_model``.

        Raises ``InvalidAnswer``.
        """
        question = make_question(self.spec, self.values, how, outputs, given)
        return await ask_question(self.ctx, self.spec, question, name=name, model=model, rounds=rounds, shown=shown)


def for_question(spec: AgentSpec, question: Question) -> AgentSpec:
    """``spec`` with those of its demo rules that have something to say to ``question``."""
    wanted = {field.name for field in question.signature.outputs}
    rules = tuple(rule for rule in spec.demo if rule.call or wanted & set(rule.set))
    return spec if rules == spec.demo else spec.model_copy(update={"demo": rules})


def text(name: str, description: str, default: str | None = None) -> FieldSpec:
    """A text; with a ``default`` one that may be left out."""
    return FieldSpec(name=name, type=ScalarType(kind="str"), description=description, required=default is None, default=default)


def texts(name: str, description: str) -> FieldSpec:
    return FieldSpec(name=name, type=ListType(of=ScalarType(kind="str")), description=description)


def share(name: str, description: str) -> FieldSpec:
    """A number from 0 to 1."""
    return FieldSpec(name=name, type=ScalarType(kind="float"), description=description, constraints=Constraints(ge=0, le=1))


def flag(name: str, description: str) -> FieldSpec:
    return FieldSpec(name=name, type=ScalarType(kind="bool"), description=description)


def choice(name: str, description: str, values: Sequence[str]) -> FieldSpec:
    return FieldSpec(name=name, type=EnumType(values=tuple(values)), description=description)


def maybe(name: str, description: str) -> FieldSpec:
    """A text or null."""
    return FieldSpec(name=name, type=OptionalType(of=ScalarType(kind="str")), description=description, required=False)


def anything(name: str, description: str) -> FieldSpec:
    return FieldSpec(name=name, type=AnyType(), description=description, required=False)


def group(name: str, description: str, title: str, fields: Sequence[FieldSpec]) -> FieldSpec:
    """An object with ``fields``."""
    return FieldSpec(name=name, type=ModelType(name=title, fields=tuple(fields)), description=description)


def groups(name: str, description: str, title: str, fields: Sequence[FieldSpec]) -> FieldSpec:
    """A list of objects with ``fields``."""
    return FieldSpec(name=name, type=ListType(of=ModelType(name=title, fields=tuple(fields))), description=description)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}_now"
    return name
