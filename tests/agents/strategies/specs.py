"""Short ways to agents for the tests of strategies."""

from __future__ import annotations

from typing import Any

from agents.core.declare import BaseAgent, Signature
from agents.core.spec.agent import AgentSpec


def spec_of(agent: type[BaseAgent], config: dict[str, Any] | None = None, **options: Any) -> AgentSpec:
    """The spec of a ready-made agent on the scripted model."""
    return agent({"llm_provider": "scripted", **(config or {})}, **options).spec


def spec_for(signature: type[Signature], strategy: str, **params: Any) -> AgentSpec:
    """An agent of any signature under a strategy."""
    return AgentSpec.model_validate(
        {
            "name": "Tested",
            "signature": signature.spec,
            "strategy": strategy,
            "strategy_params": params,
            "model": {"provider": "scripted"},
        }
    )


def outputs_asked(request: Any) -> list[str]:
    """Names of the outputs that a request wants of the model."""
    return list(request.json_schema["properties"])
