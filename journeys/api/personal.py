"""``/people``: everything of one person, exported and erased. For the right ``admin``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from journeys.services.personal import erase_person, export_person, list_erasures, list_people_of_sessions
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Personal data"])
AUTH = KeyAuth(Permission.ADMIN)
Who = Annotated[str, Query(max_length=200, description="`user:<id>`, `key:<id>`, `guest:<id>`, or an embedding site's id.")]
PERSON: dict[str, Any] = {"who": "customer-7", "label": "Ann", "sessions": 2, "last_activity_at": "2026-11-22T09:05:00Z"}
COUNTS = {"sessions": 2, "messages": 14, "runs": 7, "events": 80, "files": 1}


class PersonOut(Schema):
    """Somebody who has talked here."""

    model_config = example(**PERSON)

    who: str
    label: str
    sessions: int
    last_activity_at: datetime


class PeopleOut(Schema):
    """Who has sessions here, the latest first."""

    model_config = example(
        items=[{"who": "customer-7", "label": "Ann", "sessions": 2, "last_activity_at": "2026-11-22T09:05:00Z"}]
    )

    items: list[PersonOut]


class PersonExportOut(Schema):
    """Everything of one person."""

    model_config = example(
        format="kaizen.person/1",
        person="customer-7",
        exported_at="2026-11-22T09:05:00Z",
        exported_by="admin key",
        sessions=[],
        files=[],
    )

    format: str
    person: str
    exported_at: datetime
    exported_by: str
    sessions: list[dict[str, Any]]
    files: list[dict[str, Any]]


class EraseIn(Body):
    """Whose data is erased, and why."""

    model_config = example(who="customer-7", reason="asked for by the person on 22 November")

    who: str = Field(min_length=1, max_length=200)
    reason: str = Field(default="", max_length=500)


class ErasureOut(Schema):
    """The record of an erasure; the person is a hash only."""

    model_config = example(
        person_hash="9f2c", counts=COUNTS, reason="asked for by the person", by_label="Alice", at="2026-11-22T09:05:00Z"
    )

    person_hash: str
    counts: dict[str, int]
    reason: str
    by_label: str
    at: datetime


class ErasuresOut(Schema):
    """What was erased, the latest first."""

    model_config = example(
        items=[{"person_hash": "9f2c", "counts": COUNTS, "reason": "", "by_label": "Alice", "at": "2026-11-22T09:05:00Z"}]
    )

    items: list[ErasureOut]


@router.get(
    "",
    auth=AUTH,
    response=answers({200: PeopleOut}),
    operation_id="list_people_of_sessions",
    summary="Who has talked here",
    description="People, keys and visitors with sessions in the organization.",
)
def list_all(request: ApiRequest) -> dict[str, Any]:
    return {"items": list_people_of_sessions(request.auth)}


@router.get(
    "/export",
    auth=AUTH,
    response=answers({200: PersonExportOut}, 404, 422),
    operation_id="export_person",
    summary="Export everything of a person",
    description="Sessions, messages, context, variables, journals of their runs, and the list of files.",
)
def export(request: ApiRequest, who: Who) -> dict[str, Any]:
    return export_person(request.auth, who)


@router.post(
    "/erase",
    auth=AUTH,
    response=answers({200: ErasureOut}, *BODY, 404, 409),
    operation_id="erase_person",
    summary="Erase everything of a person",
    description="Texts, context, variables, files and journals; numbers and times stay. Recorded with who did it. 409 while "
    "a turn is still being stopped.",
)
def erase(request: ApiRequest, data: EraseIn) -> Any:
    return erase_person(principal=request.auth, who=data.who, reason=data.reason)


@router.get(
    "/erasures",
    auth=AUTH,
    response=answers({200: ErasuresOut}),
    operation_id="list_erasures",
    summary="What was erased",
    description="By whom, when, why, and how much it was.",
)
def erasures(request: ApiRequest) -> dict[str, Any]:
    return {"items": list_erasures(request.auth)}
