"""Doing a plan: each step for real, independent ones at the same time, and none after a step that it needs has failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from agents.core.llm.port import ToolCall
from agents.core.runtime.errors import InvalidAnswer
from agents.core.runtime.parallel import run_parallel
from agents.core.strategies.asking import to_json, try_tool
from agents.core.strategies.parts.plan import PlanStep
from agents.core.strategies.parts.question import Job, text

WORK = (
    "You do one step of a plan and nothing else of it. You are given the step and the results of the steps it depends on: work "
    "with these, invent nothing. If it cannot be done, say why in problem and leave result empty."
)


@dataclass(frozen=True, slots=True)
class Work:
    """What has come of the steps: ``results`` of those that are done, ``told`` of each that was tried, in plan order."""

    results: dict[int, Any] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [entry for entry in self.told if entry["status"] != "completed"]

    @property
    def reasons(self) -> list[str]:
        """Why steps are not done."""
        return [f"step {entry['step']} ({entry['action']}): {entry['error']}" for entry in self.failed]

    def finished(self) -> list[dict[str, Any]]:
        return [entry for entry in self.told if entry["status"] == "completed"]


async def do_plan(job: Job, plan: Sequence[PlanStep], work: Work, at_most: int = 0) -> Work:
    """``work`` with this plan's steps done as far as they can be. Unknown dependencies count as nothing to wait for; steps in
    a circle are done in their order. ``at_most`` steps run at once; 0: all that can."""
    left = dict(enumerate(plan))
    entries: dict[int, dict[str, Any]] = {}
    while left:
        waiting = {step.step for step in left.values()}
        free = [i for i, step in left.items() if not set(step.dependencies) & (waiting - {step.step})]
        ready = {i: left.pop(i) for i in free or [next(iter(left))]}
        lost = {plan[i].step for i, entry in entries.items() if entry["status"] != "completed"}
        doable = {i: step for i, step in ready.items() if not lost & set(step.dependencies)}
        entries |= {
            i: _entry(s, "skipped", error="a step that it needs has failed") for i, s in ready.items() if i not in doable
        }
        branches = [partial(_do, job.child(f"step_{s.step}"), s, dict(work.results)) for s in doable.values()]
        entries |= dict(zip(doable, await run_parallel(branches, at_most=at_most), strict=True))
        done = {plan[i].step: entries[i]["result"] for i in doable if entries[i]["status"] == "completed"}
        work = Work({**work.results, **done}, work.told)
    return Work(work.results, [*work.finished(), *(entries[i] for i in range(len(plan)))])


async def _do(job: Job, step: PlanStep, results: dict[int, Any]) -> dict[str, Any]:
    await job.ctx.report_progress(f"Step {step.step}: {step.action}"[:300])
    needed = {n: results[n] for n in step.dependencies if n in results}
    return await (_do_tool(job, step, needed) if step.tool else _do_words(job, step, needed))


async def _do_tool(job: Job, step: PlanStep, needed: dict[int, Any]) -> dict[str, Any]:
    arguments = step.arguments_from(needed)
    raw = None if isinstance(arguments, dict) else to_json(arguments)
    given = arguments if isinstance(arguments, dict) else {}
    result = await try_tool(job.ctx, job.spec, ToolCall(id="", name=step.tool, arguments=given, raw=raw))
    if is_error(result):
        return _entry(step, "failed", error=f"{result['error']['code']}: {result['error']['message']}")
    return _entry(step, "completed", result=result)


async def _do_words(job: Job, step: PlanStep, needed: dict[int, Any]) -> dict[str, Any]:
    given = {
        "plan_step": ("The step to do", {"step": step.step, "action": step.action, "description": step.description}),
        "step_results": ("Results of the steps it depends on, by number", {str(n): r for n, r in needed.items()}),
    }
    outputs = [text("result", "What the step results in"), text("problem", "Why it cannot be done; empty when it is done", "")]
    try:
        done = await job.ask("model", WORK, outputs, given, rounds=5)
    except InvalidAnswer as error:
        return _entry(step, "failed", error=str(error))
    if done["problem"].strip():
        return _entry(step, "failed", error=done["problem"])
    return _entry(step, "completed", result=done["result"])


def is_error(result: Any) -> bool:
    """Whether this is what a failed or refused tool call comes back as."""
    error = result.get("error") if isinstance(result, dict) and len(result) == 1 else None
    return isinstance(error, dict) and set(error) == {"code", "message"}


def _entry(step: PlanStep, status: str, **outcome: Any) -> dict[str, Any]:
    told = {"step": step.step, "action": step.action, "status": status, **outcome}
    return {**told, "tool": step.tool} if step.tool else told
