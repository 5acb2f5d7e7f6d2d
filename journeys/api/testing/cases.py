"""``/journeys/{slug}/tests``: test conversations of a journey. Cases are the JSON of ``TestCase``, or YAML as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from journeys.core.testing.assertions.catalog import describe_assertions
from journeys.models import JourneyTest
from journeys.services.testing.cases import (
    create_test,
    delete_test,
    enable_test,
    export_tests,
    get_test,
    import_tests,
    list_tests,
    parse_case,
    update_test,
)
from journeys.services.testing.making import make_test_from_session, suggest_test
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Tests"])
sessions_router = Router(tags=["Tests"])
catalog_router = Router(tags=["Tests"])
CASE: dict[str, Any] = {
    "name": "A question about the bill",
    "turns": [{"says": "My invoice is wrong", "expect": [{"check": "pathway", "params": {"pathway": "billing"}}]}],
}
TEST: dict[str, Any] = {
    "id": "b1a6b0f2-6f0e-4f3c-9d60-0f2d6a6f2c11",
    "name": "A question about the bill",
    "case": CASE,
    "enabled": True,
    "source": "hand",
    "digest": "sha256:9d0f",
    "changed_by_label": "Alice",
    "changed_at": "2026-11-22T09:00:00Z",
}


class JourneyTestOut(Schema):
    """A test case of a journey."""

    __test__ = False
    model_config = example(**TEST)

    id: UUID
    name: str
    case: dict[str, Any] = Field(description="The conversation and what is expected of it.")
    enabled: bool = Field(description="Whether it is run with the others and asked for by the publish gate.")
    source: str = Field(description="`hand`, `session`, `gallery` or `import`.")
    digest: str = Field(description="Names the content; results of another content do not count.")
    changed_by_label: str
    changed_at: datetime


class CaseIn(Body):
    """A test case."""

    model_config = example(case=CASE, enabled=True)

    case: dict[str, Any]
    enabled: bool = True


class YamlBody(Body):
    """Test cases as YAML."""

    model_config = example(yaml="tests:\n- name: Greeting\n  turns:\n  - says: Hello\n")

    yaml: str = Field(max_length=1_000_000)


class YamlOut(Schema):
    """Test cases as YAML."""

    model_config = example(yaml="tests:\n- name: Greeting\n  turns:\n  - says: Hello\n")

    yaml: str


class ImportOut(Schema):
    """What an import came to, by name."""

    model_config = example(created=["Greeting"], changed=[], same=[])

    created: list[str]
    changed: list[str]
    same: list[str]


class FromSessionIn(Body):
    """How the case is called, and up to which turn it goes."""

    model_config = example(name="Knee pain to booking", last_turn=None)

    name: str = Field(default="", max_length=120, description="Empty: the session's title.")
    last_turn: int | None = Field(default=None, ge=1, description="Null: all turns.")


class SuggestionOut(Schema):
    """A case that is not stored."""

    model_config = example(journey="desk", case=CASE)

    journey: str
    case: dict[str, Any]


class AssertionOut(Schema):
    """One kind of assertion: `params` is the JSON schema of its parameters."""

    model_config = example(name="ended", title="Conversation ended", description="It has ended.", params={"type": "object"})

    name: str
    title: str
    description: str
    params: dict[str, Any]


@catalog_router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[AssertionOut]}, 422),
    operation_id="list_assertions",
    summary="List the kinds of assertions",
    description="What a test can expect of a turn or of the whole conversation.",
)
def list_kinds(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    return page_of(describe_assertions(), key=lambda row: row["name"], cursor=cursor, limit=limit)


@router.get(
    "/{slug:slug}/tests",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[JourneyTestOut]}, 404, 422),
    operation_id="list_tests",
    summary="List the tests of a journey",
    description="The oldest first, also those that are switched off.",
)
def list_all(request: ApiRequest, slug: str, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = [tell_test(test) for test in list_tests(request.auth, slug)]
    return page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)


@router.post(
    "/{slug:slug}/tests",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: JourneyTestOut}, *BODY, 404, 409),
    operation_id="create_test",
    summary="Make a test",
    description="A name is used once in a journey.",
)
def create(request: ApiRequest, response: HttpResponse, slug: str, data: CaseIn) -> Status[JourneyTestOut]:
    test = create_test(principal=request.auth, slug=slug, case=parse_case(data.case))
    if not data.enabled:
        test = enable_test(principal=request.auth, slug=slug, test_id=test.id, enabled=False)
    response["Location"] = f"{request.path}/{test.id}"
    return Status(201, tell_test(test))


@router.get(
    "/{slug:slug}/tests/export",
    auth=KeyAuth(Permission.READ),
    response=answers({200: YamlOut}, 404),
    operation_id="export_tests",
    summary="Export the tests as YAML",
    description="What `import` reads again without loss.",
)
def export(request: ApiRequest, slug: str) -> YamlOut:
    return YamlOut(yaml=export_tests(request.auth, slug))


@router.post(
    "/{slug:slug}/tests/import",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: ImportOut}, *BODY, 404, 409),
    operation_id="import_tests",
    summary="Import tests from YAML",
    description="New names are made, known ones are replaced; all or nothing.",
)
def import_(request: ApiRequest, slug: str, data: YamlBody) -> ImportOut:
    done = import_tests(principal=request.auth, slug=slug, text=data.yaml)
    return ImportOut(created=list(done.created), changed=list(done.changed), same=list(done.same))


@router.get(
    "/{slug:slug}/tests/{uuid:test_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: JourneyTestOut}, 404),
    operation_id="get_test",
    summary="Read a test",
    description="One test case of the journey.",
)
def get(request: ApiRequest, slug: str, test_id: UUID) -> JourneyTestOut:
    return tell_test(get_test(request.auth, slug, test_id))


@router.put(
    "/{slug:slug}/tests/{uuid:test_id}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: JourneyTestOut}, *BODY, 404, 409),
    operation_id="update_test",
    summary="Change a test",
    description="Results of the case as it was no longer count for the publish gate.",
)
def update(request: ApiRequest, slug: str, test_id: UUID, data: CaseIn) -> JourneyTestOut:
    update_test(principal=request.auth, slug=slug, test_id=test_id, case=parse_case(data.case))
    return tell_test(enable_test(principal=request.auth, slug=slug, test_id=test_id, enabled=data.enabled))


@router.delete(
    "/{slug:slug}/tests/{uuid:test_id}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({204: None}, 404),
    operation_id="delete_test",
    summary="Delete a test",
    description="Its results go with it.",
)
def delete(request: ApiRequest, slug: str, test_id: UUID) -> Status[None]:
    delete_test(principal=request.auth, slug=slug, test_id=test_id)
    return Status(204, None)


@sessions_router.get(
    "/{uuid:session_id}/suggested-test",
    auth=KeyAuth(Permission.READ),
    response=answers({200: SuggestionOut}, 404, 422),
    operation_id="suggest_test",
    summary="Suggest a test from a session",
    description="Its turns, decisions and tool results, with assertions from the trace. Nothing is stored.",
)
def suggest(request: ApiRequest, session_id: UUID) -> SuggestionOut:
    slug, case = suggest_test(request.auth, session_id)
    return SuggestionOut(journey=slug, case=case.model_dump(mode="json", exclude_defaults=True))


@sessions_router.post(
    "/{uuid:session_id}/tests",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: JourneyTestOut}, *BODY, 404, 409),
    operation_id="make_test_from_session",
    summary="Make a test from a session",
    description="Stores the suggested test of the session's journey.",
)
def make(request: ApiRequest, session_id: UUID, data: FromSessionIn) -> Status[JourneyTestOut]:
    test = make_test_from_session(principal=request.auth, session_id=session_id, name=data.name, last_turn=data.last_turn)
    return Status(201, tell_test(test))


def tell_test(test: JourneyTest) -> JourneyTestOut:
    return JourneyTestOut(
        id=test.id,
        name=test.name,
        case=test.spec,
        enabled=test.enabled,
        source=test.source,
        digest=test.digest,
        changed_by_label=test.changed_by_label,
        changed_at=test.changed_at,
    )
