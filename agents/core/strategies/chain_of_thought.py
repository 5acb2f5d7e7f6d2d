"""Chain of thought: the steps are written before the answer; a separate check may send both back to be revised.

After Wei et al., "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models" (2022).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import FieldSpec, Frozen
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.question import Given, Job, flag, share, text, texts

THINK = (
    "Think step by step before you answer: fill step1 to step{n} in order. Each step builds on those before it and states "
    "what it concludes; the answer follows from the last one. State how confident you are honestly, from 0 to 1."
)
CHECK = (
    "You check somebody else's work on this task and did not write it. Go through the steps one by one: is each true, does it "
    "follow from those before it, and does the answer follow from the last one? List every mistake with its place; an empty "
    "list means that there is none."
)
REVISE = "An earlier attempt had mistakes, which you are given. Do not repeat them."


class ChainOfThoughtParams(Frozen):
    reasoning_steps: int = Field(default=5, ge=1, le=20, description="How many steps are written before the answer.")
    enable_verification: bool = Field(default=True, description="Whether a second request checks the steps and the answer.")
    confidence_threshold: float = Field(
        default=0.7, ge=0, le=1, description="The least confidence at which a checked answer counts as verified."
    )
    max_revisions: int = Field(default=1, ge=0, le=5, description="How often mistakes that the check finds are sent back.")


class ChainOfThought:
    """Steps, then the answer, then a check by a question of its own."""

    title = "Chain of thought"
    Params = ChainOfThoughtParams
    provides: dict[str, str] = {
        **{f"step{n}": f"What step {n} of the reasoning concludes" for n in range(1, 6)},
        "verified": "Whether the check found no mistake and the confidence is high enough",
        "problems": "What the check found",
    }

    async def run(
        self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: ChainOfThoughtParams
    ) -> dict[str, Any]:
        job = Job(ctx, spec, values)
        thought = await self._think(job, params, {})
        problems = await self._check(job, params, thought)
        for _ in range(params.max_revisions):
            if not problems:
                break
            earlier = {"earlier_attempt": ("Your earlier attempt", thought), "mistakes": ("Its mistakes", problems)}
            thought = await self._think(job, params, earlier)
            problems = await self._check(job, params, thought)
        sure = thought["confidence"] >= params.confidence_threshold
        made = {"verified": params.enable_verification and sure and not problems, "problems": problems}
        return in_order(spec.signature, {**thought, **fill_outputs(spec.signature, made)})

    async def _think(self, job: Job, params: ChainOfThoughtParams, earlier: Given) -> dict[str, Any]:
        how = THINK.format(n=params.reasoning_steps) + (f"\n{REVISE}" if earlier else "")
        return await job.ask("think", how, _fields(job.spec, params.reasoning_steps), earlier, rounds=5, shown=True)

    async def _check(self, job: Job, params: ChainOfThoughtParams, thought: dict[str, Any]) -> list[str]:
        if not params.enable_verification:
            return []
        outputs = [texts("problems", "Every mistake with its place; empty when all is right"), flag("verified", "Is it right?")]
        found = await job.ask("check", CHECK, outputs, {"work": ("The work to check", thought)})
        return found["problems"] or (
            [] if found["verified"] else ["The check does not hold it to be right and names no reason."]
        )


def _fields(spec: AgentSpec, steps: int) -> list[FieldSpec]:
    """The steps first, so that they are written first; the agent's own fields where it has them."""
    own = {field.name: field for field in spec.signature.outputs}
    made = {"verified": False, "problems": []}
    first = [own.get(f"step{n}") or text(f"step{n}", f"Step {n} and what it concludes") for n in range(1, steps + 1)]
    rest = [f for f in open_outputs(spec.signature, fill_outputs(spec.signature, made)) if f not in first]
    sure = [] if "confidence" in own else [share("confidence", "How sure the answer is, from 0 to 1")]
    return [*first, *rest, *sure]
