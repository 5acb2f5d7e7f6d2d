"""Parallel: all members at the same time on the same inputs; their outputs become one by a declared rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from pydantic import Field

from agents.core.pipelines.team import Member, Team
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault, ends_the_run
from agents.core.runtime.parallel import run_parallel
from agents.core.spec.types import Frozen

Conflict = Literal["join", "first", "last", "list", "fail"]
FAILURES = "failures"


class OutputsConflict(RuntimeFault):
    """Two members bring different values for one field, and the pipeline says that this is a fault."""

    code = "outputs_conflict"


class NoMemberAnswered(RuntimeFault):
    """Every member failed; ``details`` hold each with its reason."""

    code = "no_member_answered"


class ParallelParams(Frozen):
    conflict: Conflict = Field(
        default="join",
        description="When several members bring a field: join texts and lists in the order of the members (of other values the "
        "first stands), take the first or the last, list them all, or fail.",
    )
    errors: Literal["fail", "collect"] = Field(
        default="fail",
        description="When a member fails: the whole fails, or the others' outputs stand and its failure is told in failures.",
    )
    max_concurrent: int = Field(default=10, ge=1, le=50, description="How many members are at work at once.")


class Parallel:
    """Each member in a scope of its own, so that a replay finds its steps whatever was ready first."""

    title = "All at once"
    Params = ParallelParams

    async def run(self, team: Team, params: ParallelParams) -> dict[str, Any]:
        branches: list[Callable[[], Awaitable[dict[str, Any] | RuntimeFault]]] = [
            partial(_answer, team, member, team.ctx.child(member.name), params.errors == "collect") for member in team.members
        ]
        ended = list(zip(team.members, await run_parallel(branches, at_most=params.max_concurrent), strict=True))
        answers = [(member.name, answer) for member, answer in ended if isinstance(answer, dict)]
        failures = [
            {"member": member.name, "code": fault.code, "message": str(fault)}
            for member, fault in ended
            if isinstance(fault, RuntimeFault)
        ]
        if not answers:
            told = "; ".join(f"{f['member']}: {f['message']}" for f in failures)
            raise NoMemberAnswered(f"{team.name}: no member answered: {told}"[:4000], failures=failures)
        merged = merge_outputs(team.name, answers, params.conflict)
        return {**merged, FAILURES: failures} if params.errors == "collect" else merged


def merge_outputs(name: str, answers: Sequence[tuple[str, Mapping[str, Any]]], rule: Conflict) -> dict[str, Any]:
    """The outputs of several members as one object, in the order of ``answers``. Raises ``OutputsConflict``."""
    brought: dict[str, list[tuple[str, Any]]] = {}
    for member, outputs in answers:
        for field, value in outputs.items():
            brought.setdefault(field, []).append((member, value))
    return {field: _settle(name, field, values, rule) for field, values in brought.items()}


def _settle(name: str, field: str, brought: Sequence[tuple[str, Any]], rule: Conflict) -> Any:
    values = [value for _, value in brought]
    if rule == "list" and len(values) > 1:
        return values
    said = [value for value in values if value is not None] or values[:1]
    if all(value == said[0] and type(value) is type(said[0]) for value in said):
        return said[0]
    if rule == "fail":
        who = ", ".join(member for member, value in brought if value is not None)
        raise OutputsConflict(
            f"{name}: the members {who} bring different values of {field!r}; choose another rule for conflicts, "
            "or give their outputs different names",
            field=field,
        )
    return _join(said) if rule == "join" else said[-1] if rule == "last" else said[0]


def _join(values: Sequence[Any]) -> Any:
    if all(isinstance(value, str) for value in values):
        return "\n\n".join(dict.fromkeys(value for value in values if value))
    if all(isinstance(value, list) for value in values):
        return [item for value in values for item in value]
    return values[0]


async def _answer(team: Team, member: Member, scope: RunContext, collect: bool) -> dict[str, Any] | RuntimeFault:
    try:
        return await team.ask(scope, member, {})
    except RuntimeFault as fault:
        if not collect or ends_the_run(fault):
            raise
        return fault
