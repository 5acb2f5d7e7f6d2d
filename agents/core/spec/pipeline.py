"""PipelineSpec: agents, and pipelines of them, put together by a pattern of the pipeline catalog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from agents.core.spec.agent import AgentSpec
from agents.core.spec.signature import Name, SignatureSpec
from agents.core.spec.types import FieldSpec, Frozen

IN_ORDER = "sequential"  # the pattern whose members read what earlier ones brought


def _by_kind(value: Any, _: ValidatorFunctionWrapHandler) -> AgentSpec | PipelineSpec:
    """By its ``kind``, an agent where none is told: so a problem lies where it is and not in both."""
    if isinstance(value, AgentSpec | PipelineSpec):
        return value
    kind = value.get("kind", "agent") if isinstance(value, dict) else "agent"
    if kind not in ("agent", "pipeline"):
        raise ValueError(f"is a {kind!r}; what can answer here is an 'agent' or a 'pipeline'")
    return PipelineSpec.model_validate(value) if kind == "pipeline" else AgentSpec.model_validate(value)


class MemberSpec(Frozen):
    """One member under its ``name``. Its inputs come by name from the pipeline's inputs and from what earlier members
    brought, or by ``bindings``: input field -> source name."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=64)
    spec: Runnable
    bindings: dict[str, str] = {}

    @model_validator(mode="after")
    def _binds_inputs(self) -> Self:
        inputs = [field.name for field in signature_of(self.spec).inputs]
        unknown = [name for name in self.bindings if name not in inputs]
        if unknown:
            known = ", ".join(inputs) or "none"
            raise ValueError(f"member {self.name!r} binds {unknown[0]!r}, which is no input of it; its inputs are: {known}")
        return self


class PipelineSpec(Frozen):
    """Members under one ``pattern`` with its ``params``. What a pattern does with an order, it does with that of ``members``.

    ``signature`` declares the pipeline's own inputs and outputs; without one they follow from the members.
    """

    kind: Literal["pipeline"] = "pipeline"
    schema_version: Literal[1] = 1
    name: str = Name
    description: str = ""
    pattern: str = IN_ORDER
    params: dict[str, Any] = {}
    members: tuple[MemberSpec, ...] = Field(min_length=1, max_length=50)
    signature: SignatureSpec | None = None

    @model_validator(mode="after")
    def _members_are_unique(self) -> Self:
        names = [member.name for member in self.members]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"pipeline {self.name!r} has these members twice: {', '.join(twice)}")
        return self


Runnable = Annotated[AgentSpec | PipelineSpec, WrapValidator(_by_kind)]


def signature_of(spec: AgentSpec | PipelineSpec) -> SignatureSpec:
    """What goes in and what comes out. Of a pipeline without a signature: every input that no earlier member brings, and
    every output of a member; required is what must be there whichever member answers."""
    if spec.signature is not None:
        return spec.signature
    inputs: dict[str, FieldSpec] = {}
    outputs: dict[str, FieldSpec] = {}
    for member in spec.members:
        signature = signature_of(member.spec)
        for field in signature.inputs:
            source = member.bindings.get(field.name, field.name)
            if not (spec.pattern == IN_ORDER and source in outputs):
                known = inputs.get(source)
                if known is None or (field.required and not known.required):
                    inputs[source] = field.model_copy(update={"name": source})
        for field in signature.outputs:
            wanted = {} if spec.pattern == IN_ORDER else {"required": False}
            outputs.setdefault(field.name, field.model_copy(update=wanted))
    bare = tuple(field for name, field in outputs.items() if name not in inputs)
    return SignatureSpec(name=spec.name, instructions=spec.description, inputs=tuple(inputs.values()), outputs=bare)


def agents_in(spec: Any, where: str = "") -> Iterator[tuple[str, AgentSpec]]:
    """Every agent within an agent, a pipeline, or whatever holds such under ``agents``, each with the beginning of its path."""
    if isinstance(spec, AgentSpec):
        yield where, spec
    elif isinstance(spec, PipelineSpec):
        for n, member in enumerate(spec.members):
            yield from agents_in(member.spec, f"{where}members[{n}].spec.")
    else:
        for name, inner in getattr(spec, "agents", {}).items():
            yield from agents_in(inner, f"{where}agents.{name}.")


def pipelines_in(spec: Any, where: str = "") -> Iterator[tuple[str, PipelineSpec]]:
    """Every pipeline within ``spec``, itself included, each with the beginning of its path."""
    if isinstance(spec, PipelineSpec):
        yield where, spec
        for n, member in enumerate(spec.members):
            yield from pipelines_in(member.spec, f"{where}members[{n}].spec.")
    elif not isinstance(spec, AgentSpec):
        for name, inner in getattr(spec, "agents", {}).items():
            yield from pipelines_in(inner, f"{where}agents.{name}.")
