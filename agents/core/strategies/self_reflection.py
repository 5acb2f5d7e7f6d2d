"""Self-reflection: an attempt, a critique by a judgement of its own with a score, and another attempt that knows the critique.

After Madaan et al., "Self-Refine: Iterative Refinement with Self-Feedback" (2023).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.question import Given, Job, share, text

AGAIN = "You are given your earlier attempt and what is wrong with it. Keep what is good, mend every point, and answer anew."
CRITIQUE = (
    "You judge somebody else's attempt at this task and did not write it. Say precisely what is wrong, missing or weak, and "
    "how to mend it; praise nothing. Then score the attempt: 1 is flawless, 0.8 is good enough to hand over, 0.5 half done."
)


class SelfReflectionParams(Frozen):
    max_cycles: int = Field(default=3, ge=1, le=20, description="How many attempts are made at most.")
    improvement_threshold: float = Field(default=0.8, ge=0, le=1, description="From here on it is good enough.")


class SelfReflection:
    """Attempt and critique in turn; the attempt with the highest score is the answer."""

    title = "Self-reflection"
    Params = SelfReflectionParams
    provides: dict[str, str] = {
        "critique": "What is wrong with the answer that was given",
        "quality_score": "Its quality from 0 to 1",
        "cycles": "How many attempts were made",
        "scores": "The quality of each attempt, in order",
    }

    async def run(
        self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: SelfReflectionParams
    ) -> dict[str, Any]:
        job = Job(ctx, spec, values)
        earlier: Given = {}
        judged: list[tuple[float, dict[str, Any], str]] = []
        for _ in range(params.max_cycles):
            attempt = await self._attempt(job, earlier)
            found = await self._judge(job, attempt)
            judged.append((found["quality_score"], attempt, found["critique"]))
            if found["quality_score"] >= params.improvement_threshold:
                break
            earlier = {
                "earlier_attempt": ("Your earlier attempt", attempt),
                "its_critique": ("What is wrong with it", found["critique"]),
            }
        score, attempt, critique = max(judged, key=lambda entry: entry[0])
        scores = [entry[0] for entry in judged]
        made = {"critique": critique, "quality_score": score, "cycles": len(judged), "scores": scores}
        return in_order(spec.signature, {**attempt, **fill_outputs(spec.signature, made)})

    async def _attempt(self, job: Job, earlier: Given) -> dict[str, Any]:
        blank = {"critique": "", "quality_score": 0.0, "cycles": 1, "scores": [0.0]}
        sig = job.spec.signature
        wanted = open_outputs(sig, fill_outputs(sig, blank)) or list(sig.outputs)
        return await job.ask("attempt", AGAIN if earlier else "", wanted, earlier, rounds=5, shown=True)

    async def _judge(self, job: Job, attempt: dict[str, Any]) -> dict[str, Any]:
        outputs = [text("critique", "What is wrong and how to mend it"), share("quality_score", "The quality from 0 to 1")]
        return await job.ask("critique", CRITIQUE, outputs, {"judged_attempt": ("The attempt to judge", attempt)})
