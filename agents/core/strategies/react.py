"""ReAct: cycles of thought and action, each observation read before the next, until the model finishes.

After Yao et al., "ReAct: Synergizing Reasoning and Acting in Language Models" (2022).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.parts.cycles import Cycles

HOW = (
    "Solve the task in cycles. In each, think about what is known and what is missing, then take one action. What comes of it "
    "is told to you before the next cycle. Never invent what a tool could tell you; when one fails, say why and try otherwise."
)


class ReActParams(Frozen):
    max_cycles: int = Field(default=10, ge=1, le=100, description="After so many cycles it answers with what there is.")
    confidence_threshold: float = Field(
        default=0.7, ge=0, le=1, description="An answer that is less sure than this carries a warning."
    )
    enable_parallel_tools: bool = Field(default=False, description="Do several tool calls of one cycle at the same time.")
    allow_clarify: bool = Field(default=True, description="Whether it may ask the person a question.")


class ReAct:
    """Thought, action, observation, again."""

    title = "ReAct"
    Params = ReActParams
    provides: dict[str, str] = {
        "thought": "The last thought",
        "action": "The last action: tool_use, clarify or finish",
        "action_input": "What the last action was given",
        "confidence": "How sure it is, from 0 to 1",
        "need_tool": "Whether the last action was a tool",
        "tool_calls": "Every tool call: name, arguments, result",
        "cycles_used": "How many cycles it took",
        "total_cycles": "How many cycles it could have taken",
        "converged": "Whether it finished by itself",
        "warning": "What is wrong with the answer: no end within the cycles, or little confidence; empty otherwise",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: ReActParams) -> dict[str, Any]:
        actions = ["tool_use", *(["clarify"] if params.allow_clarify else []), "finish"]
        cycles = Cycles(ctx, spec, values, HOW, actions, provided=self.provides, parallel=params.enable_parallel_tools)
        for n in range(params.max_cycles):
            await ctx.report_progress(f"Cycle {n + 1} of at most {params.max_cycles}", round(100 * n / params.max_cycles, 1))
            if (await cycles.take()).action == "finish":
                break
        made = _made(cycles, params)
        return await cycles.answer(made, made["warning"])


def _made(cycles: Cycles, params: ReActParams) -> dict[str, Any]:
    last = cycles.taken[-1]
    finished = last.action == "finish"
    confidence = last.confidence if last.confidence is not None else 0.0
    warning = ""
    if not finished:
        warning = f"The task was not finished within {params.max_cycles} cycles: the answer is only what was found so far."
    elif confidence < params.confidence_threshold:
        warning = f"The confidence {confidence:g} is below {params.confidence_threshold:g}."
    return {
        "thought": last.thought,
        "action": last.action,
        "action_input": last.action_input,
        "confidence": confidence,
        "need_tool": last.action == "tool_use",
        "tool_calls": cycles.tool_calls,
        "cycles_used": len(cycles.taken),
        "total_cycles": params.max_cycles,
        "converged": finished,
        "warning": warning,
    }
