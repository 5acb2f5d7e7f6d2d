"""The autonomous loop: a plan, then cycles of work until it has converged or the cycles are used up."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.parts.cycles import Cycle, Cycles
from agents.core.strategies.parts.question import Given, Job, texts

PLAN = "Before any work: split the task into the few milestones that lead to its result, in order. Do not do them yet."
HOW = (
    "You work on your own until the task is done. In each cycle do the next useful thing and look at what came of it; keep to "
    "the plan where there is one, and leave it where what you found speaks against it. Finish only when the task is done."
)


class AutonomousParams(Frozen):
    max_cycles: int = Field(default=20, ge=1, le=500, description="After so many cycles it answers with what there is.")
    planning_enabled: bool = Field(default=True, description="Whether it makes a plan before the first cycle.")
    confidence_threshold: float = Field(
        default=0.9, ge=0, le=1, description="A cycle without a tool that is this sure ends the work, finished or not."
    )
    allow_clarify: bool = Field(default=True, description="Whether it may ask the person a question.")


class Autonomous:
    """Works in cycles until it finishes, calls no more tools, or is sure."""

    title = "Autonomous loop"
    Params = AutonomousParams
    provides: dict[str, str] = {
        "plan": "The milestones it set out with",
        "thought": "The last thought",
        "confidence": "How sure it is, from 0 to 1",
        "tool_calls": "Every tool call: name, arguments, result",
        "cycles_used": "How many cycles it took",
        "total_cycles": "How many cycles it could have taken",
        "converged": "Whether it came to an end by itself",
        "stopped_by": "What ended it: finish, no_tool_calls, confidence or max_cycles",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: AutonomousParams) -> dict[str, Any]:
        plan: list[str] = []
        if params.planning_enabled:
            plan = (await Job(ctx, spec, values).ask("plan", PLAN, [texts("plan", "The milestones in order")]))["plan"]
        actions = ["tool_use", "work", *(["clarify"] if params.allow_clarify else []), "finish"]
        given: Given = {"milestones": ("The plan", plan)} if plan else {}
        cycles = Cycles(ctx, spec, values, HOW, actions, provided=self.provides, given=given)
        stopped_by = "max_cycles"
        for n in range(params.max_cycles):
            doing = f": {cycles.taken[-1].thought}" if cycles.taken and cycles.taken[-1].thought else ""
            percentage = round(100 * n / params.max_cycles, 1)
            await ctx.report_progress(f"Cycle {n + 1} of at most {params.max_cycles}{doing[:200]}", percentage)
            if ended := converged(await cycles.take(), params.confidence_threshold):
                stopped_by = ended
                break
        made = _made(cycles, plan, stopped_by, params)
        return await cycles.answer(
            made, "" if made["converged"] else f"All {params.max_cycles} cycles are used up: say what is missing."
        )


def converged(cycle: Cycle, threshold: float) -> str:
    """Why the work is over after ``cycle``; empty when it is not."""
    if cycle.action == "finish":
        return "finish"
    if cycle.action == "tool_use":
        return "" if cycle.calls else "no_tool_calls"
    sure = cycle.action == "work" and cycle.confidence is not None and cycle.confidence >= threshold
    return "confidence" if sure else ""


def _made(cycles: Cycles, plan: list[str], stopped_by: str, params: AutonomousParams) -> dict[str, Any]:
    last = cycles.taken[-1]
    return {
        "plan": plan,
        "thought": last.thought,
        "confidence": last.confidence if last.confidence is not None else 0.0,
        "tool_calls": cycles.tool_calls,
        "cycles_used": len(cycles.taken),
        "total_cycles": params.max_cycles,
        "converged": stopped_by != "max_cycles",
        "stopped_by": stopped_by,
    }
