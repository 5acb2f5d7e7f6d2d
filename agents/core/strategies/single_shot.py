"""Single shot: ask once; answer tool calls for a bounded number of rounds; send invalid answers back to be repaired."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.asking import ask_model


class SingleShotParams(Frozen):
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often the model may call tools before it must answer.")


class SingleShot:
    """One question, one answer, with the tools it needs in between."""

    title = "Single shot"
    Params = SingleShotParams
    provides: dict[str, str] = {}

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: SingleShotParams) -> dict[str, Any]:
        return await ask_model(ctx, spec, values, rounds=params.max_rounds if spec.tools else 0)
