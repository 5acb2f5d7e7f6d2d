"""Pipelines: agents put together by a pattern. Each pattern is one file; the catalog names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from agents.core.pipelines.catalog import get_pattern
from agents.core.pipelines.team import Ask, Member, Team
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.errors import InvalidValues
from agents.core.spec.pipeline import MemberSpec, PipelineSpec, signature_of
from agents.core.spec.values import validate_inputs, validate_outputs
from agents.core.strategies import InvalidInputs, run_agent

__all__ = ["Member", "PipelineOutputs", "Team", "run_any", "run_pattern", "run_pipeline_spec"]


class PipelineOutputs(RuntimeFault):
    """What the members brought does not fit the signature that the pipeline declares."""

    code = "invalid_outputs"


async def run_any(ctx: RunContext, spec: AgentSpec | PipelineSpec, values: dict[str, Any]) -> dict[str, Any]:
    """Runs an agent or a pipeline once on ``values`` within the scope of ``ctx`` and returns its outputs."""
    if isinstance(spec, AgentSpec):
        return await run_agent(ctx, spec, values)
    return await _run_pipeline(ctx, spec, values)


async def run_pipeline_spec(ctx: RunContext, spec: PipelineSpec, inputs: dict[str, Any]) -> dict[str, Any]:
    """The runner of pipeline runs."""
    return await run_any(ctx.child("pipeline"), spec, inputs)


async def run_pattern(
    ctx: RunContext,
    *,
    name: str,
    pattern: str,
    params: Mapping[str, Any],
    members: tuple[Member, ...],
    values: Mapping[str, Any],
    ask: Ask,
) -> dict[str, Any]:
    """What ``members`` bring together under ``pattern``; see ``Team``. Raises ``InvalidInputs`` for wrong parameters."""
    found = get_pattern(pattern)
    try:
        checked = found.Params.model_validate(dict(params))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise InvalidInputs(f"{name}, parameters of the pattern {pattern}: {told}") from error
    return await found.run(Team(name, ctx, members, values, ask), checked)


async def _run_pipeline(ctx: RunContext, spec: PipelineSpec, values: dict[str, Any]) -> dict[str, Any]:
    try:
        inputs = validate_inputs(signature_of(spec), values)
    except InvalidValues as error:
        raise InvalidInputs(f"pipeline {spec.name}: {error}", problems=list(error.problems)) from error
    by_name = {member.name: member for member in spec.members}

    async def ask(scope: RunContext, member: Member, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return await run_any(scope, member.spec, _inputs_of(by_name[member.name], {**inputs, **outputs}))

    outputs = await run_pattern(
        ctx,
        name=f"pipeline {spec.name}",
        pattern=spec.pattern,
        params=spec.params,
        members=tuple(Member(member.name, member.spec) for member in spec.members),
        values=inputs,
        ask=ask,
    )
    return _fitting(spec, outputs)


def _inputs_of(member: MemberSpec, known: Mapping[str, Any]) -> dict[str, Any]:
    """The member's inputs by their sources; one that is missing is told by the member's own signature."""
    sources = {field.name: member.bindings.get(field.name, field.name) for field in signature_of(member.spec).inputs}
    return {name: known[source] for name, source in sources.items() if source in known}


def _fitting(spec: PipelineSpec, outputs: dict[str, Any]) -> dict[str, Any]:
    if spec.signature is None:
        return outputs
    given = {field.name: outputs[field.name] for field in spec.signature.outputs if field.name in outputs}
    try:
        return validate_outputs(spec.signature, given)
    except InvalidValues as error:
        raise PipelineOutputs(f"pipeline {spec.name}: {error.message}", problems=list(error.problems)) from error
