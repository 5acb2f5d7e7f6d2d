"""``/runs/{id}``: its steps, a replay without a model, a comparison with another run, and all of it as evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Router

from agents.api.run_inspection_shapes import (
    ComparisonOut,
    ExportOut,
    ReplayOut,
    StepFilters,
    StepsOut,
    tell_account,
    tell_comparison,
    tell_replay,
    tell_step,
)
from agents.services.evidence import export_run
from agents.services.inspection import compare_runs, inspect_run
from agents.services.replay import replay_run
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers

router = Router(tags=["Runs"])


@router.get(
    "/{uuid:run_id}/steps",
    auth=KeyAuth(Permission.READ),
    response=answers({200: StepsOut}, 404, 422),
    operation_id="list_run_steps",
    summary="Read a run's steps",
    description="The journal folded into steps, with what each asked, got, cost and was allowed. With `at`: as it was then.",
)
def list_steps(request: ApiRequest, run_id: UUID, filters: Query[StepFilters]) -> StepsOut:
    seen = inspect_run(request.auth, run_id, filters.at)
    rows = seen.rows(filters.as_wanted())
    steps = [row.step for row in rows if row.step is not None]
    return StepsOut(
        at=seen.at,
        last_seq=len(seen.events),
        status=seen.status,
        account=tell_account(seen),
        total=len(steps),
        items=[tell_step(step, seen.run.forked_at_path) for step in steps[filters.offset : filters.offset + filters.limit]],
    )


@router.post(
    "/{uuid:run_id}/replay",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: ReplayOut}, 404, 409),
    operation_id="replay_run",
    summary="Replay a run",
    description="Executes the recorded run once more over its journal, with ports that refuse the world: no model is asked, no "
    "tool is called, nothing is written. Says whether it comes to the same, or where it diverges.",
)
def replay(request: ApiRequest, run_id: UUID) -> ReplayOut:
    return tell_replay(replay_run(principal=request.auth, run_id=run_id))


@router.get(
    "/{uuid:run_id}/compare/{uuid:other_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ComparisonOut}, 404),
    operation_id="compare_runs",
    summary="Compare two runs",
    description="Their steps aligned by path, the first at which they part, and what differs in input, outcome and cost.",
)
def compare(request: ApiRequest, run_id: UUID, other_id: UUID) -> ComparisonOut:
    left, right, found = compare_runs(request.auth, run_id, other_id)
    return tell_comparison(left.id, right.id, found)


@router.get(
    "/{uuid:run_id}/export",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ExportOut}, 404),
    operation_id="export_run",
    summary="Export a run",
    description="Everything that is known of the run in one document: the run, the spec that ran, all events and approvals.",
)
def export(request: ApiRequest, run_id: UUID) -> dict[str, Any]:
    return export_run(request.auth, run_id)
