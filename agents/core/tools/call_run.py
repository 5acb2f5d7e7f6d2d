"""The run function of one tool call: through the same door, with the same permissions, as any agent's call."""

from __future__ import annotations

from typing import Any, cast

from agents.core.runtime.calls import call_tool
from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.tool_call import ToolCallSpec


async def run_tool_call(ctx: RunContext, spec: ToolCallSpec, inputs: dict[str, Any]) -> dict[str, Any]:
    within = ctx.within(cast("AgentSpec", spec))  # it has all that a scope reads of an agent
    return {"result": await call_tool(within, spec.tool, inputs)}
