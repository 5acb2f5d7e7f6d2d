"""Reasoning strategies: how an agent gets from its inputs to its outputs. Each is one file; the catalog names them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.errors import InvalidValues
from agents.core.spec.values import validate_inputs
from agents.core.strategies.catalog import get_strategy


class InvalidInputs(RuntimeFault):
    """The inputs do not fit the agent's signature, or the strategy's parameters do not fit the strategy."""

    code = "invalid_inputs"


async def run_agent(ctx: RunContext, spec: AgentSpec, values: dict[str, Any]) -> dict[str, Any]:
    """Runs ``spec`` once on ``values`` within the scope of ``ctx`` and returns its validated outputs."""
    strategy = get_strategy(spec.strategy)
    try:
        inputs = validate_inputs(spec.signature, values)
        params = strategy.Params.model_validate(spec.strategy_params)
    except InvalidValues as error:
        raise InvalidInputs(f"agent {spec.name}: {error}", problems=list(error.problems)) from error
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise InvalidInputs(f"agent {spec.name}, parameters of strategy {spec.strategy}: {told}") from error
    return await strategy.run(ctx.within(spec), spec, inputs, params)


async def run_agent_spec(ctx: RunContext, spec: AgentSpec, inputs: dict[str, Any]) -> dict[str, Any]:
    """The runner of agent runs."""
    return await run_agent(ctx.child("agent"), spec, inputs)
