"""Planning: a typed plan, checked before anything is done, done step by step for real, and made anew with the reasons
where it does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.parts.answer import answer_rest
from agents.core.strategies.parts.plan import PlanStep, next_number, plan_fields, plan_problems, read_plan
from agents.core.strategies.parts.plan_work import Work, do_plan
from agents.core.strategies.parts.question import Given, Job

PLAN = (
    "Make a plan for the task; do nothing of it yet. At most {most} steps, each of which can be done with what is given, with "
    "the results of the steps it depends on, or with one of the available tools."
)
REPLAN = (
    "Your earlier plan did not hold; you are told why. Make one without these problems. Finished steps stay finished: do not "
    "repeat them, depend on their numbers where you need their results, and number the new steps from {first} on."
)
ANSWER = (
    "A plan was made for the task and its steps were done. Answer from their results; say what is missing where one failed."
)


class PlanningParams(Frozen):
    max_plan_steps: int = Field(default=10, ge=1, le=50, description="How many steps a plan may have.")
    validation_mode: Literal["strict", "warn", "off"] = Field(
        default="strict", description="strict: an invalid plan is never done; warn: it is done and reported; off: not checked."
    )
    enable_replanning: bool = Field(
        default=True, description="Whether an invalid or failed plan is made anew with the reasons."
    )
    max_replans: int = Field(default=2, ge=0, le=10, description="How often at most.")
    plan_format: Literal["structured", "narrative"] = Field(
        default="structured", description="structured: steps with tools and dependencies; narrative: sentences, done in order."
    )
    max_parallel_steps: int = Field(default=4, ge=1, le=20, description="How many independent steps are done at once.")


class PlanRefused(RuntimeFault):
    """The plan is still invalid after every replanning; ``details``: the plan and its problems."""

    code = "validation_failed"


class PlanNotDone(RuntimeFault):
    """Steps failed and there is no replanning left; ``details``: the plan and what came of each step."""

    code = "execution_failed"


@dataclass(frozen=True, slots=True)
class _Checked:
    plan: tuple[PlanStep, ...]
    validation: dict[str, Any]


class Planning:
    """Plan, validate, execute; replan with the reasons."""

    title = "Planning"
    Params = PlanningParams
    provides: dict[str, str] = {
        "plan": "The steps: step, action, description, tool, arguments, dependencies",
        "validation_result": "What the check of the plan found: status and problems",
        "execution_results": "What came of each step: status, result or error",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: PlanningParams) -> dict[str, Any]:
        job, work = Job(ctx, spec, values), Work()
        checked = await self._plan(job, params, {})
        for replans_left in range(params.max_replans if params.enable_replanning else 0, -1, -1):
            reasons = checked.validation["problems"]
            if checked.validation["status"] != "invalid":
                steps = checked.plan[: params.max_plan_steps]
                work = await do_plan(job.child("work"), steps, work, params.max_parallel_steps)
                reasons = work.reasons
            if not reasons or not replans_left:
                break
            checked = await self._plan(job, params, _earlier(checked.plan, reasons, work))
        _refuse(checked, work, params)
        made = {
            "plan": [step.as_data() for step in checked.plan],
            "validation_result": checked.validation,
            "execution_results": work.told,
        }
        return await answer_rest(job, "answer", ANSWER, made, {"step_outcomes": ("What came of each step", work.told)})

    async def _plan(self, job: Job, params: PlanningParams, earlier: Given) -> _Checked:
        catalog = job.ctx.ports.tools
        names = [use.name for use in job.spec.tools]
        done = [entry["step"] for entry in earlier["finished_steps"][1]] if earlier else []
        how = PLAN.format(most=params.max_plan_steps) + (" " + REPLAN.format(first=next_number(done)) if earlier else "")
        tools = ("Tools with the schemas of their arguments", [catalog.get(name).schema.model_dump() for name in names])
        answered = await job.ask("plan", how, plan_fields(params.plan_format), {"available_tools": tools, **earlier})
        plan = read_plan(answered["plan"], done)
        if params.validation_mode == "off":
            cut = [f"only the first {params.max_plan_steps} of {len(plan)} steps are done"]
            return _Checked(plan, {"status": "skipped", "problems": cut if len(plan) > params.max_plan_steps else []})
        problems = plan_problems(plan, most=params.max_plan_steps, tools=names, catalog=catalog, done=done)
        bad = "invalid" if params.validation_mode == "strict" else "warnings"
        return _Checked(plan, {"status": bad if problems else "valid", "problems": problems})


def _earlier(plan: tuple[PlanStep, ...], reasons: list[str], work: Work) -> Given:
    """What a new plan is told of the one before."""
    return {
        "earlier_plan": ("The plan that did not hold", [step.as_data() for step in plan]),
        "plan_problems": ("Why it did not hold", reasons),
        "finished_steps": ("Steps that are done, with their results", work.finished()),
    }


def _refuse(checked: _Checked, work: Work, params: PlanningParams) -> None:
    """Raises where the plan was not or not wholly done and the mode is strict."""
    plan = [step.as_data() for step in checked.plan]
    problems = checked.validation["problems"]
    if checked.validation["status"] == "invalid":
        raise PlanRefused(
            "the plan is invalid: " + "; ".join(problems), plan=plan, problems=problems, execution_results=work.told
        )
    if params.validation_mode == "strict" and work.failed:
        raise PlanNotDone("the plan could not be done: " + "; ".join(work.reasons), plan=plan, execution_results=work.told)
