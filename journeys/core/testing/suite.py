"""SuiteSpec: a journey with test cases, as a run. Each case is one step, then its result is recorded; a crash repeats one case.

Inputs: ``{"round": id}``; the output counts what passed and failed. Local work ``journeys.record_result`` stores each result.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from pydantic import Field

from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.parallel import run_parallel
from agents.core.runtime.ports import LocalWork
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec
from agents.core.spec.types import Frozen
from journeys.core.spec import JourneySpec
from journeys.core.testing.case import TestCase
from journeys.core.testing.running import CaseResult, run_case
from trust.core.canonical import digest

RECORD = "journeys.record_result"
AT_ONCE = 4


class SuiteCase(Frozen):
    """A case with the id that its result is stored under."""

    id: str
    case: TestCase


class SuiteSpec(Frozen):
    kind: Literal["journey_tests"] = "journey_tests"
    schema_version: Literal[1] = 1
    name: str = Field(min_length=1, max_length=200)
    journey: JourneySpec
    cases: tuple[SuiteCase, ...] = Field(min_length=1)

    @property
    def agents(self) -> Mapping[str, AgentSpec | PipelineSpec]:
        """What may be called within: the journey's own agents and pipelines."""
        return self.journey.agents


def case_digest(case: TestCase) -> str:
    """What names a case's content: results of another content do not count for it."""
    return digest(case.model_dump(mode="json"))


async def run_suite(ctx: RunContext, spec: SuiteSpec, inputs: dict[str, Any]) -> dict[str, Any]:
    """The runner of suites: a few cases at once, each in a scope of its own."""

    def branch(number: int, each: SuiteCase, scope: RunContext) -> Callable[[], Awaitable[bool]]:
        async def run() -> bool:
            passed = await _one(scope, spec, each, str(inputs["round"]))
            word = "passed" if passed else "failed"
            # By its place and not by the clock: a replay tells the same.
            await scope.report_progress(f"{each.case.name}: {word}", round(100 * number / len(spec.cases), 1))
            return passed

        return run

    branches = [branch(number, each, ctx.child("case")) for number, each in enumerate(spec.cases, 1)]
    results = await run_parallel(branches, at_most=AT_ONCE)
    return {"cases": len(results), "passed": sum(results), "failed": len(results) - sum(results)}


async def _one(scope: RunContext, spec: SuiteSpec, each: SuiteCase, round_id: str) -> bool:
    async def perform(call: StepCall) -> tuple[Any, dict[str, Any]]:
        ports = scope.ports
        result = await run_case(spec.journey, each.case, models=ports.models, tools=ports.tools, around=ports)
        usage = {"cost_microusd": result.cost_microusd, "input_tokens": result.tokens, "output_tokens": 0}
        return result.model_dump(mode="json"), usage

    limit = spec.journey.budget_microusd
    result = CaseResult.model_validate(
        await scope.step(
            "test",
            kind="test",
            effect=Effect.READ,
            request={"case": each.case.name, "digest": case_digest(each.case)},
            perform=perform,
            worst_case_microusd=(limit or 0) * len(each.case.turns),
        )
    )
    data = {
        "round": round_id,
        "test": each.id,
        "case": case_digest(each.case),
        "content": each.case.model_dump(mode="json"),
        "result": result.model_dump(mode="json"),
    }
    await scope.step("record", kind="state", effect=Effect.LOCAL, request=data, local=LocalWork(RECORD, data))
    return result.passed
