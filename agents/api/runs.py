"""``/runs``: start, list, read, cancel and fork runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from agents.api.run_shapes import ForkIn, RunIn, RunOut, RunState, tell_run
from agents.services.runs import cancel_run, fork_run, get_run, list_runs
from agents.services.targets import start_published
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import (
    BODY,
    ApiRequest,
    Cursor,
    Limit,
    Page,
    answers,
    read_cursor,
    write_cursor,
)

router = Router(tags=["Runs"])
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="The same key with the same request is the same run; with another request it is 409.",
    ),
]
StatusFilter = Annotated[RunState | None, Query(description="Only runs in this state.")]
KindFilter = Annotated[str | None, Query(max_length=20, description="Only runs of this kind: `agent`, `journey`.")]


@router.post(
    "",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RunOut}, *BODY, 404, 409),
    operation_id="start_run",
    summary="Start a run",
    description="Runs the published version of an agent, or another version by number. A journey answers its first "
    "message in a new session. 202 means: accepted, and it will not be lost. `Location` is the run.",
)
def start(request: ApiRequest, response: HttpResponse, data: RunIn, idempotency_key: IdempotencyKey = "") -> Status[RunOut]:
    run = start_published(
        principal=request.auth,
        kind=data.kind,
        slug=data.slug,
        version=data.version,
        inputs=data.inputs,
        budget_microusd=data.budget_microusd,
        idempotency_key=idempotency_key,
    )
    response["Location"] = f"{request.path}/{run.id}"
    return Status(202, tell_run(run))


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[RunOut]}, 422),
    operation_id="list_runs",
    summary="List runs",
    description="Newest first. Other people's private runs are not among them.",
)
def list_all(
    request: ApiRequest, status: StatusFilter = None, kind: KindFilter = None, cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    rows = list_runs(request.auth, status=status, kind=kind, limit=limit + 1, before=_before(cursor))
    more = len(rows) > limit
    last = rows[limit - 1].created_at.isoformat() if more else ""
    return {"items": [tell_run(row) for row in rows[:limit]], "next": write_cursor(last) if more else None}


@router.get(
    "/{uuid:run_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: RunOut}, 404),
    operation_id="get_run",
    summary="Get a run",
    description="Its state, result, cost and error now.",
)
def get(request: ApiRequest, run_id: UUID) -> RunOut:
    return tell_run(get_run(request.auth, run_id))


@router.post(
    "/{uuid:run_id}/cancel",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RunOut}, 404),
    operation_id="cancel_run",
    summary="Cancel a run",
    description="Within two seconds the run stops and its request to the model is closed. A run that has ended stays as it is.",
)
def cancel(request: ApiRequest, run_id: UUID) -> Status[RunOut]:
    return Status(202, tell_run(cancel_run(principal=request.auth, run_id=run_id)))


@router.post(
    "/{uuid:run_id}/fork",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RunOut}, *BODY, 404),
    operation_id="fork_run",
    summary="Fork a run at a step",
    description="A new run that keeps the journal up to, not including, the step, and goes on from there without doing "
    "anything before it again.",
)
def fork(request: ApiRequest, response: HttpResponse, run_id: UUID, data: ForkIn) -> Status[RunOut]:
    run = fork_run(
        principal=request.auth,
        run_id=run_id,
        path=data.path,
        result=data.result,
        use_result="result" in data.model_fields_set,
    )
    response["Location"] = request.path.removesuffix(f"{run_id}/fork") + str(run.id)
    return Status(202, tell_run(run))


def _before(cursor: str) -> datetime | None:
    if not cursor:
        return None
    try:
        before = datetime.fromisoformat(str(read_cursor(cursor)))
        if before.tzinfo is None:
            raise ValueError("without a time zone")
        before = before.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"the cursor {cursor!r} is not one that this list gave out; start without a cursor"
        raise Invalid(problems=[{"where": "query.cursor", "message": message}]) from None
    return before
