"""``/runs``: start, list, read, stop, resume and fork runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from agents.api.run_shapes import ForkIn, ResumeIn, RunFilters, RunIn, RunOut, StopIn, tell_run
from agents.models.run import Run
from agents.services.forks import fork_with_arguments, fork_with_inputs
from agents.services.run_search import Place, search_runs
from agents.services.runs import cancel_run, fork_run, get_run, resume_run
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

NOW = StopIn()
router = Router(tags=["Runs"])
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="The same key with the same request is the same run; with another request it is 409.",
    ),
]


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
    description="Newest first, or dearest first. Other people's private runs are not among them.",
)
def list_all(request: ApiRequest, filters: Query[RunFilters], cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = search_runs(request.auth, filters.as_filter(), limit=limit + 1, after=_after(cursor))
    more = len(rows) > limit
    last = [rows[limit - 1].created_at.isoformat(), rows[limit - 1].spent_microusd] if more else []
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
    response=answers({202: RunOut}, *BODY, 404),
    operation_id="cancel_run",
    summary="Stop a run",
    description="Within two seconds the run stops and its request to the model is closed; so do its child runs. A run that has"
    " ended stays as it is. The error of a stopped run names the checkpoint from which it can be resumed.",
)
def cancel(request: ApiRequest, run_id: UUID, data: StopIn = NOW) -> Status[RunOut]:
    return Status(202, tell_run(cancel_run(principal=request.auth, run_id=run_id, mode=data.mode, message=data.message)))


@router.post(
    "/{uuid:run_id}/resume",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RunOut}, *BODY, 404, 409),
    operation_id="resume_run",
    summary="Resume a stopped run",
    description="A new run in which every step that had finished stands; it goes on with the next one. 409 for a run that has"
    " succeeded or has not ended.",
)
def resume(request: ApiRequest, run_id: UUID, data: ResumeIn) -> Status[RunOut]:
    return Status(202, tell_run(resume_run(principal=request.auth, run_id=run_id, checkpoint=data.checkpoint)))


@router.post(
    "/{uuid:run_id}/fork",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RunOut}, *BODY, 404),
    operation_id="fork_run",
    summary="Fork a run",
    description="A new run that keeps the journal up to, not including, the step at `path`, and goes on from there without "
    "doing anything before it again. With `result` the step is not performed; with `arguments` a tool call is made with "
    "others; with `inputs`, and without a path, the run starts from the beginning with others.",
)
def fork(request: ApiRequest, response: HttpResponse, run_id: UUID, data: ForkIn) -> Status[RunOut]:
    run = _fork(request, run_id, data)
    response["Location"] = request.path.removesuffix(f"{run_id}/fork") + str(run.id)
    return Status(202, tell_run(run))


def _fork(request: ApiRequest, run_id: UUID, data: ForkIn) -> Run:
    given = data.model_fields_set & {"result", "arguments", "inputs"}
    if len(given) > 1:
        message = f"a fork takes one of result, arguments and inputs, not {' and '.join(sorted(given))}"
        raise Invalid(problems=[{"where": "body", "message": message}])
    if data.inputs is not None:
        return fork_with_inputs(principal=request.auth, run_id=run_id, inputs=data.inputs)
    if data.arguments is not None:
        return fork_with_arguments(principal=request.auth, run_id=run_id, path=data.path, arguments=data.arguments)
    return fork_run(principal=request.auth, run_id=run_id, path=data.path, result=data.result, use_result="result" in given)


def _after(cursor: str) -> Place | None:
    if not cursor:
        return None
    try:
        at, spent = read_cursor(cursor)
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            raise ValueError("without a time zone")
        return Place(moment.astimezone(UTC), int(spent))
    except (TypeError, ValueError, OverflowError):
        message = f"the cursor {cursor!r} is not one that this list gave out; start without a cursor"
        raise Invalid(problems=[{"where": "query.cursor", "message": message}]) from None
