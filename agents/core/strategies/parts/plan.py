"""A plan: numbered steps with what each depends on, how a model is asked for one, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agents.core.llm.demo_text import fill
from agents.core.runtime.calls import InvalidArguments, check_arguments
from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.ports import Tools
from agents.core.spec.types import FieldSpec, ListType, OptionalType, ScalarType
from agents.core.strategies.parts.question import anything, groups, maybe, text, texts

_PLACE = re.compile(r"\{step(\d+)(?:\.[A-Za-z0-9_.]+)?\}")


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step. With a ``tool`` it is a call with ``arguments``, else work in words. ``{step1}`` or ``{step1.key.0}`` in the
    arguments is the result of that step."""

    step: int
    action: str
    description: str = ""
    tool: str = ""
    arguments: Any = None
    dependencies: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "dependencies": list(self.dependencies)}

    def arguments_from(self, results: Mapping[int, Any]) -> Any:
        """The arguments with the results of other steps filled in."""
        return fill(self.arguments or {}, [{f"step{n}": result for n, result in results.items()}])


def plan_fields(plan_format: str) -> list[FieldSpec]:
    """The outputs by which a model gives a plan."""
    if plan_format == "narrative":
        return [texts("plan", "The plan as a story: one or two sentences a step, in the order in which they are done")]
    number = ScalarType(kind="int")
    return [
        groups(
            "plan",
            "The steps",
            "PlanStep",
            [
                FieldSpec(name="step", type=number, description="Its number"),
                text("action", "What is done, in a few words"),
                text("description", "What exactly is to be done and what it must result in"),
                maybe("tool", "The tool that does it, or null when it is work in words"),
                anything("arguments", "The tool's arguments as an object; {step1} stands for the result of step 1"),
                FieldSpec(
                    name="dependencies",
                    type=OptionalType(of=ListType(of=number)),
                    description="Numbers of the steps whose results it needs",
                    required=False,
                ),
            ],
        )
    ]


def read_plan(given: Sequence[Any], done: Sequence[int] = ()) -> tuple[PlanStep, ...]:
    """The plan out of a model's answer. Told as a story, each step needs all before it and the ``done`` of earlier plans."""
    if all(isinstance(step, str) for step in given):
        first = next_number(done)
        return tuple(
            PlanStep(step=n, action=told, description=told, dependencies=(*done, *range(first, n)))
            for n, told in enumerate(given, first)
        )
    return tuple(
        PlanStep(**{**step, "tool": step["tool"] or "", "dependencies": tuple(step["dependencies"] or ())}) for step in given
    )


def next_number(done: Sequence[int]) -> int:
    """The number of the first new step when those in ``done`` are finished."""
    return max(done, default=0) + 1


def plan_problems(
    plan: Sequence[PlanStep], *, most: int, tools: Mapping[str, Any] | Iterable[str], catalog: Tools, done: Iterable[int] = ()
) -> list[str]:
    """All that speaks against doing ``plan``; empty when nothing does. ``done`` are finished steps of earlier plans."""
    if not plan:
        return ["the plan is empty; it needs at least one step"]
    problems = [f"the plan has {len(plan)} steps; at most {most} are allowed"] if len(plan) > most else []
    finished = set(done)
    numbers = [step.step for step in plan]
    twice = sorted({n for n in numbers if numbers.count(n) > 1} | (finished & set(numbers)))
    problems += [f"step {n} is there twice or already done: give every step a number of its own" for n in twice]
    known = set(numbers) | finished
    for step in plan:
        problems += _step_problems(step, known, list(tools), catalog)
    circle = find_circle(plan)
    if circle:
        problems.append(f"steps {', '.join(map(str, circle))} wait for each other in a circle")
    return problems


def find_circle(plan: Sequence[PlanStep]) -> list[int]:
    """Numbers of the steps that can never begin because they wait for each other; empty without a circle."""
    waits = {step.step: set(step.dependencies) for step in plan}
    while True:
        free = [n for n, needs in waits.items() if not needs & set(waits)]
        if not free:
            return sorted(waits)
        for n in free:
            del waits[n]


def _step_problems(step: PlanStep, known: set[int], tools: list[str], catalog: Tools) -> list[str]:
    problems = [] if step.action.strip() else [f"step {step.step} does not say what is done"]
    problems += [f"step {step.step} depends on itself" for n in step.dependencies if n == step.step]
    missing = [n for n in step.dependencies if n not in known]
    problems += [f"step {step.step} depends on step {n}, which does not exist" for n in missing]
    named = {int(n) for n in _PLACE.findall(str(step.arguments))} - set(step.dependencies)
    problems += [f"step {step.step} uses the result of step {n} and does not depend on it" for n in sorted(named)]
    return problems + (_tool_problems(step, tools, catalog) if step.tool else [])


def _tool_problems(step: PlanStep, tools: list[str], catalog: Tools) -> list[str]:
    if step.tool not in tools:
        return [f"step {step.step} uses the tool {step.tool!r}; the tools are: {', '.join(tools) or 'none'}"]
    if step.arguments is not None and not isinstance(step.arguments, dict):
        return [f"step {step.step}: the arguments of {step.tool} must be an object"]
    if _PLACE.search(str(step.arguments)):
        return []  # what stands in the place is known only when the step begins
    try:
        check_arguments(catalog.get(step.tool), step.arguments or {})
    except (InvalidArguments, UnknownTool) as error:
        return [f"step {step.step}: {error}"]
    return []
