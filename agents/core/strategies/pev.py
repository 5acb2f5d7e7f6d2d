"""PEV: plan, execute, verify by a judgement of its own, and refine with the feedback until it passes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import InvalidAnswer, StepFailed
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import FieldSpec, Frozen
from agents.core.strategies.asking import STOPPED
from agents.core.strategies.parts.answer import answer_rest
from agents.core.strategies.parts.question import Job, flag, share, text, texts

Try = tuple[dict[str, Any], dict[str, Any]]  # the outputs of an execution, none when it broke off, and what was said of them
PLAN = "Before any work: list the few steps that do the task well and what its result must fulfil. Do none of it yet."
EXECUTE = "Do the task by the plan, which is yours to leave where it does not help."
REFINE = (
    "Your earlier result was judged and did not pass; you are given the judgement. Make a better one: solve each issue, keep "
    "what was good."
)
RECOVER = "Your earlier attempt broke off with an error, which you are given. Do the task so that it does not happen again."
VERIFY = (
    "You judge the result of a task that somebody else did. Score it from 0 (useless) to 1 (nothing to improve), "
    "list every issue, and say in feedback what has to be done about each. {strictness}"
)
ANSWER = "The task has been done; you are given its result. Answer from it."
STRICTNESS: dict[str, tuple[float, str]] = {
    "low": (0.5, "It passes when it serves its purpose; leave small flaws be."),
    "medium": (0.7, "It passes when it is right and whole; flaws of style alone do not fail it."),
    "high": (0.9, "It passes only when it is right, whole, and without any issue: any single issue fails it."),
}


class PEVParams(Frozen):
    max_iterations: int = Field(default=5, ge=1, le=50, description="How often it executes and verifies at most.")
    verification_strictness: Literal["low", "medium", "high"] = Field(
        default="medium",
        description="What passes: low from a score of 0.5, medium from 0.7, high from 0.9 and without an issue.",
    )
    enable_error_recovery: bool = Field(default=True, description="Whether an execution that breaks off is tried again.")
    early_stop_threshold: float = Field(default=0.9, ge=0, le=1, description="A score from which on nothing more is refined.")
    max_tool_rounds: int = Field(default=5, ge=1, le=50, description="How often one execution may call tools.")


class PEV:
    """Plan, execute, verify, refine."""

    title = "Plan, execute, verify"
    Params = PEVParams
    provides: dict[str, str] = {
        "plan": "The steps it set out with",
        "execution_result": "What the best execution came to",
        "verification": "The judgement of it: passed, score, issues, feedback",
        "refinements": "Every judgement that was not passed, in order",
        "warning": "Says that the result never passed; empty when it did",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: PEVParams) -> dict[str, Any]:
        job = Job(ctx, spec, values)
        plan: list[str] = (await job.ask("plan", PLAN, [texts("plan", "The steps in order")]))["plan"]
        tries: list[Try] = []
        for n in range(params.max_iterations):
            percentage = round(100 * n / params.max_iterations, 1)
            await ctx.report_progress(f"Iteration {n + 1} of at most {params.max_iterations}", percentage)
            try:
                outputs = await self._execute(job, plan, tries, params)
            except (InvalidAnswer, StepFailed) as error:
                is_last = n + 1 == params.max_iterations and not _good(tries)
                if not params.enable_error_recovery or error.code == STOPPED or is_last:
                    raise
                tries.append(({}, _broken(error)))
                continue
            verification = await self._verify(job, outputs, params)
            tries.append((outputs, verification))
            if verification["passed"] or verification["score"] >= params.early_stop_threshold:
                break
        return await _answer(job, plan, tries)

    async def _execute(self, job: Job, plan: list[str], tries: list[Try], params: PEVParams) -> dict[str, Any]:
        how = EXECUTE
        given: dict[str, tuple[str, Any]] = {"steps": ("The plan", plan)}
        if tries:
            outputs, judged = tries[-1]
            how = f"{EXECUTE} {REFINE if outputs else RECOVER}"
            given |= {"earlier_result": ("Your earlier result", outputs), "judgement": ("What was said of it", judged)}
        return await job.ask("execute", how, _wanted(job.spec), given, rounds=params.max_tool_rounds, shown=True)

    async def _verify(self, job: Job, outputs: dict[str, Any], params: PEVParams) -> dict[str, Any]:
        least, strictness = STRICTNESS[params.verification_strictness]
        wanted = [
            texts("issues", "Everything that is wrong or missing; empty when nothing is"),
            text("feedback", "What has to be done about each issue"),
            share("score", "How good the result is, from 0 to 1"),
            flag("passed", "Whether it passes"),
        ]
        given = {"result_to_judge": ("The result", outputs)}
        judged = await job.ask("verify", VERIFY.format(strictness=strictness), wanted, given)
        faultless = params.verification_strictness != "high" or not judged["issues"]
        return {**judged, "passed": judged["passed"] and judged["score"] >= least and faultless}


async def _answer(job: Job, plan: list[str], tries: list[Try]) -> dict[str, Any]:
    """The best try: one that passed, else the highest score, the first of equals."""
    outputs, verification = max(_good(tries), key=lambda t: (t[1]["passed"], t[1]["score"]))
    made = {
        "plan": plan,
        "execution_result": outputs,
        "verification": verification,
        "refinements": [{"iteration": n, **judged} for n, (_, judged) in enumerate(tries, 1) if not judged["passed"]],
        "warning": "" if verification["passed"] else f"The result did not pass its verification in {len(tries)} iterations.",
    }
    return await answer_rest(job, "answer", ANSWER, {**made, **outputs}, {"best_result": ("The result", outputs)})


def _wanted(spec: AgentSpec) -> list[FieldSpec]:
    """The outputs that an execution gives; a signature of nothing but the strategy's own gets one text for the result."""
    wanted = [field for field in spec.signature.outputs if field.name not in PEV.provides]
    return wanted or [text("result", "The result of the task")]


def _good(tries: list[Try]) -> list[Try]:
    return [(outputs, judged) for outputs, judged in tries if outputs]


def _broken(error: InvalidAnswer | StepFailed) -> dict[str, Any]:
    told = f"{error.code}: {error}"
    return {"issues": [told], "feedback": "Avoid this error.", "score": 0.0, "passed": False}
