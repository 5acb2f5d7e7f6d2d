"""Tree of thoughts: distinct paths at once, each judged by named criteria, and the best one carried out.

After Yao et al., "Tree of Thoughts: Deliberate Problem Solving with Large Language Models" (2023), at a depth of one.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import InvalidAnswer, StepFailed
from agents.core.runtime.parallel import run_parallel
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.asking import STOPPED
from agents.core.strategies.parts.angles import ANGLES
from agents.core.strategies.parts.answer import answer_rest
from agents.core.strategies.parts.question import Job, group, share, text, texts

PATH = (
    "Several people think about this task apart from each other; you are number {number} of {count}. Sketch one way to solve "
    "it, as unlike the others' as you can. Take the angle that you are given, which nobody else has. Do not carry it out yet."
)
JUDGE = (
    "You judge one way to solve a task; others are judged apart from you. Score it from 0 to 1 by each criterion: {criteria}."
)
CARRY_OUT = "Several ways to solve the task were judged. You are given the best one: carry it out."


class ToTParams(Frozen):
    num_paths: int = Field(default=5, ge=1, description="How many different ways are thought of.")
    max_paths: int = Field(default=20, ge=1, le=len(ANGLES), description="How many there may be at most.")
    temperature: float | None = Field(default=0.9, ge=0, le=2, description="Of the paths; high for variety.")
    evaluation_criteria: tuple[str, ...] = Field(
        default=("quality",), min_length=1, max_length=10, description="What each way is judged by."
    )
    parallel_execution: bool = Field(
        default=True, description="Think of all ways at once; otherwise each is told of those before it."
    )

    @field_validator("evaluation_criteria", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        """A text may name several: "cost, speed"."""
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.num_paths > self.max_paths:
            raise ValueError(f"num_paths is {self.num_paths}; at most max_paths = {self.max_paths} are allowed")
        return self


class TreeOfThoughts:
    """Paths, judgements, the best path carried out."""

    title = "Tree of thoughts"
    Params = ToTParams
    provides: dict[str, str] = {
        "paths": "Every way that was thought of: path, approach, steps, reasoning",
        "evaluations": "The judgement of each: path, score, scores by criterion, reasons",
        "best_path": "The way with the highest score, the first of equals",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: ToTParams) -> dict[str, Any]:
        job = Job(ctx, spec, values)
        tried: list[dict[str, Any]] = []
        if params.parallel_execution:
            scopes = [job.child("path") for _ in range(params.num_paths)]
            tried = await run_parallel([partial(self._try, scope, params, n, []) for n, scope in enumerate(scopes, 1)])
        else:
            for n in range(1, params.num_paths + 1):
                earlier = [t["path"]["approach"] for t in tried if "path" in t]
                tried.append(await self._try(job.child("path"), params, n, earlier))
        thought = [t for t in tried if "path" in t]
        if not thought:
            raise InvalidAnswer(f"none of {params.num_paths} paths could be thought of: {tried[0]['evaluation']['reasons']}")
        best = max(thought, key=lambda t: (t["evaluation"]["score"], -t["path"]["path"]))
        made = {
            "paths": [t["path"] for t in thought],
            "evaluations": [t["evaluation"] for t in tried],
            "best_path": {**best["path"], "score": best["evaluation"]["score"]},
        }
        given = {"way_to_go": ("The way to carry out", best["path"])}
        return await answer_rest(job, "execute", CARRY_OUT, made, given, rounds=5)

    async def _try(self, job: Job, params: ToTParams, number: int, earlier: list[str]) -> dict[str, Any]:
        """``path`` and ``evaluation``; where one breaks off, the evaluation says why and scores nothing."""
        tried: dict[str, Any] = {}
        try:
            tried["path"] = await self._think(job, params, number, earlier)
            tried["evaluation"] = await self._judge(job, params, tried["path"])
        except (InvalidAnswer, StepFailed) as error:
            if error.code == STOPPED:
                raise
            tried["evaluation"] = {"path": number, "score": 0.0, "scores": {}, "reasons": f"{error.code}: {error}"}
        return tried

    async def _think(self, job: Job, params: ToTParams, number: int, earlier: list[str]) -> dict[str, Any]:
        how = PATH.format(number=number, count=params.num_paths)
        outputs = [
            text("approach", "The way in one sentence"),
            texts("steps", "Its steps in order"),
            text("reasoning", "Why it may be the best"),
        ]
        given: dict[str, tuple[str, Any]] = {"your_angle": ("What to think from", ANGLES[number - 1])}
        if earlier:
            given["taken_ways"] = ("Ways that others have taken: yours must differ from each", earlier)
        warm = {} if params.temperature is None else {"temperature": params.temperature}
        path = await job.ask("think", how, outputs, given, model=job.spec.model.model_copy(update=warm))
        return {"path": number, **path}

    async def _judge(self, job: Job, params: ToTParams, path: dict[str, Any]) -> dict[str, Any]:
        names = _field_names(params.evaluation_criteria)
        scores = [share(name, criterion) for name, criterion in names.items()]
        outputs = [text("reasons", "What speaks for it and against it"), group("scores", "By criterion", "Scores", scores)]
        how = JUDGE.format(criteria="; ".join(params.evaluation_criteria))
        cool = {} if job.spec.model.temperature is None else {"temperature": 0.0}
        model = job.spec.model.model_copy(update=cool)
        judged = await job.ask("judge", how, outputs, {"way": ("The way to judge", path)}, model=model)
        by_criterion = {names[name]: score for name, score in judged["scores"].items()}
        score = round(sum(by_criterion.values()) / len(by_criterion), 4)
        return {"path": path["path"], "score": score, "scores": by_criterion, "reasons": judged["reasons"]}


def _field_names(criteria: tuple[str, ...]) -> dict[str, str]:
    """A field name for each criterion, such as ``time_to_market`` for "time to market"."""
    names: dict[str, str] = {}
    for n, criterion in enumerate(criteria, 1):
        name = re.sub(r"\W+", "_", criterion.lower(), flags=re.ASCII).strip("_")[:40]
        names[f"score_{n}_{name}" if not name[:1].isalpha() or name in names else name] = criterion
    return names
