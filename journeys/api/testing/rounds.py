"""``/journeys/{slug}/test-rounds``, ``/coverage`` and ``/publish-gate``: running tests, and what they have shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.core.testing.coverage import KINDS
from journeys.models import TestResult
from journeys.services.testing.coverage import get_coverage
from journeys.services.testing.gate import GateState, look_at_gate, set_gate
from journeys.services.testing.rounds import RoundView, get_result, get_round, list_rounds, result_of, start_round
from journeys.services.testing.targets import find_target
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Tests"])
VersionQuery = Annotated[int | None, Query(ge=1, description="A version number; left out: the draft.")]
RESULT: dict[str, Any] = {
    "id": "0f9b2a52-3a5d-4d52-8b8c-1a77e3f5d2b4",
    "test": "b1a6b0f2-6f0e-4f3c-9d60-0f2d6a6f2c11",
    "name": "A question about the bill",
    "passed": False,
    "reasons": ["turn 1: pathway: expected in billing; got in start"],
    "cost_microusd": 0,
    "tokens": 412,
    "duration_s": 0.12,
}
ROUND: dict[str, Any] = {
    "id": "1f9b2a52-3a5d-4d52-8b8c-1a77e3f5d2b4",
    "what": "draft",
    "state": "failed",
    "cases": 1,
    "passed": 0,
    "failed": 1,
    "note": "",
    "spec_digest": "sha256:9d0f",
    "run": "3f9b2a52-3a5d-4d52-8b8c-1a77e3f5d2b4",
    "model": "Demo model",
    "created_by_label": "Alice",
    "created_at": "2026-11-22T09:00:00Z",
    "results": [RESULT],
}


class ResultOut(Schema):
    """How one case went."""

    model_config = example(**RESULT)

    id: UUID
    test: UUID
    name: str
    passed: bool
    reasons: list[str] = Field(description="Why it failed, a line for each reason.")
    cost_microusd: int | None = Field(description="Null: a price is unknown.")
    tokens: int
    duration_s: float


class WholeResultOut(ResultOut):
    """How one case went, with its transcript and every assertion."""

    model_config = example(**RESULT, turns=[], checks=[])

    turns: list[dict[str, Any]]
    checks: list[dict[str, Any]]


class RoundOut(Schema):
    """Cases run once against one spec."""

    model_config = example(**ROUND)

    id: UUID
    what: str = Field(description="`draft`, or a version such as `v3`.")
    state: str = Field(description="`running`, `passed`, `failed`, or `stopped` before its end.")
    cases: int
    passed: int
    failed: int
    note: str
    spec_digest: str
    run: UUID | None = Field(description="The run that does the work; null when it was deleted.")
    model: str
    created_by_label: str
    created_at: datetime
    results: list[ResultOut]


class RoundIn(Body):
    """What is tested, and by which cases."""

    model_config = example(version=None, tests=None)

    version: int | None = Field(default=None, ge=1, description="A version number; null: the draft.")
    tests: list[UUID] | None = Field(default=None, description="Null: all that are switched on.")


class CoverageOut(Schema):
    """What passing tests go through, and real sessions."""

    model_config = example(
        what="draft",
        spec_digest="sha256:9d0f",
        percent={"transition": 50},
        items=[{"kind": "transition", "id": "t1", "label": "start → billing", "state": "tested"}],
        nodes={"start": {"covered": True, "state": "tested"}},
        edges={"t1": {"covered": True, "state": "tested", "kind": "transition"}},
    )

    what: str
    spec_digest: str
    percent: dict[str, int] = Field(description="By kind: pathway, transition, intent, next, return, error.")
    items: list[dict[str, Any]] = Field(description="`state` is `tested`, `seen` (only in sessions) or `never`.")
    nodes: dict[str, dict[str, Any]] = Field(description="For a canvas: pathways by id.")
    edges: dict[str, dict[str, Any]] = Field(
        description="For a canvas: transitions by id, and `next:<pathway>`, `return:…`, `error:…`."
    )


class GateIn(Body):
    """What is demanded before a journey can be published."""

    model_config = example(require_tests=True, min_coverage=80)

    require_tests: bool
    min_coverage: int = Field(ge=0, le=100, description="Percent of the transitions that passing tests take.")


class GateOut(Schema):
    """The gate, and how it stands for the draft."""

    model_config = example(
        require_tests=True,
        min_coverage=80,
        is_open=False,
        problems=[{"where": "tests.A question about the bill", "message": "fails on this content"}],
        coverage=50,
    )

    require_tests: bool
    min_coverage: int
    is_open: bool = Field(description="Whether the draft as it is could pass.")
    problems: list[dict[str, str]]
    coverage: int = Field(description="Percent of the draft's transitions that passing tests take.")


@router.post(
    "/{slug:slug}/test-rounds",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RoundOut}, *BODY, 404),
    operation_id="start_test_round",
    summary="Run tests",
    description="In the background, as a run: follow the round, or its run. Tools that change something are never called.",
)
def start(request: ApiRequest, response: HttpResponse, slug: str, data: RoundIn) -> Status[RoundOut]:
    made = start_round(principal=request.auth, slug=slug, version=data.version, tests=data.tests)
    response["Location"] = f"{request.path}/{made.id}"
    return Status(202, tell_round(get_round(request.auth, slug, made.id)))


@router.get(
    "/{slug:slug}/test-rounds",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[RoundOut]}, 404, 422),
    operation_id="list_test_rounds",
    summary="List rounds of tests",
    description="The newest first, each with its results.",
)
def list_all(request: ApiRequest, slug: str, cursor: Cursor = "", limit: Limit = 20) -> dict[str, Any]:
    rows = [tell_round(view) for view in list_rounds(request.auth, slug)]
    return page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)


@router.get(
    "/{slug:slug}/test-rounds/{uuid:round_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: RoundOut}, 404),
    operation_id="get_test_round",
    summary="Read a round of tests",
    description="Its state and the results that are there so far.",
)
def get(request: ApiRequest, slug: str, round_id: UUID) -> RoundOut:
    return tell_round(get_round(request.auth, slug, round_id))


@router.get(
    "/{slug:slug}/test-results/{uuid:result_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: WholeResultOut}, 404),
    operation_id="get_test_result",
    summary="Read a test result",
    description="The transcript, and every assertion with what was expected and what came.",
)
def get_one(request: ApiRequest, slug: str, result_id: UUID) -> dict[str, Any]:
    row = get_result(request.auth, slug, result_id)
    return {**_tell_result(row), "turns": row.result["turns"], "checks": row.result["checks"]}


@router.get(
    "/{slug:slug}/coverage",
    auth=KeyAuth(Permission.READ),
    response=answers({200: CoverageOut}, 404, 422),
    operation_id="get_coverage",
    summary="Read the coverage of a journey",
    description="Pathways, transitions, intents, returns, next moves and error edges: tested, only seen in sessions, or never.",
)
def coverage(request: ApiRequest, slug: str, version: VersionQuery = None) -> dict[str, Any]:
    target, found = get_coverage(request.auth, slug, version)
    return {
        "what": target.what,
        "spec_digest": target.digest,
        "percent": {kind: found.percent(kind) for kind in KINDS},
        "items": [item.model_dump() for item in found.items],
        **found.paint(),
    }


@router.get(
    "/{slug:slug}/publish-gate",
    auth=KeyAuth(Permission.READ),
    response=answers({200: GateOut}, 404, 422),
    operation_id="get_publish_gate",
    summary="Read the publish gate",
    description="What is demanded before publishing, and whether the draft as it is could pass.",
)
def gate(request: ApiRequest, slug: str) -> GateOut:
    return _tell_gate(request.auth, slug)


@router.put(
    "/{slug:slug}/publish-gate",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: GateOut}, *BODY, 404),
    operation_id="set_publish_gate",
    summary="Set the publish gate",
    description="Publishing by page, API and command line is refused until the tests of exactly that content allow it.",
)
def put_gate(request: ApiRequest, slug: str, data: GateIn) -> GateOut:
    set_gate(principal=request.auth, slug=slug, require_tests=data.require_tests, min_coverage=data.min_coverage)
    return _tell_gate(request.auth, slug)


def _tell_gate(principal: Principal, slug: str) -> GateOut:
    target = find_target(principal, slug)
    state: GateState = look_at_gate(principal, slug, target.spec, target.digest)
    return GateOut(
        require_tests=state.gate.require_tests,
        min_coverage=state.gate.min_coverage,
        is_open=state.is_open,
        problems=[{"where": p["where"], "message": p["message"]} for p in state.problems],
        coverage=state.coverage,
    )


def tell_round(view: RoundView) -> RoundOut:
    made = view.round
    return RoundOut(
        id=made.id,
        what=made.what,
        state=view.state,
        cases=made.cases,
        passed=view.passed,
        failed=view.failed,
        note=view.note,
        spec_digest=made.spec_digest,
        run=made.run_id,
        model=made.model_label,
        created_by_label=made.created_by_label,
        created_at=made.created_at,
        results=[ResultOut(**_tell_result(row)) for row in view.results],
    )


def _tell_result(row: TestResult) -> dict[str, Any]:
    result = result_of(row)
    return {
        "id": row.id,
        "test": row.test_id,
        "name": row.name,
        "passed": row.passed,
        "reasons": result.reasons,
        "cost_microusd": result.cost_microusd,
        "tokens": result.tokens,
        "duration_s": result.duration_s,
    }
