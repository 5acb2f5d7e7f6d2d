"""``/sessions``: conversations with a journey. A session belongs to whoever opened it; for others it does not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.models import Session
from journeys.services.sessions import delete_session, get_session, list_sessions, open_session, rename_session
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

start_router = Router(tags=["Sessions"])
router = Router(tags=["Sessions"])
JourneyFilter = Annotated[str | None, Query(max_length=100, description="Only sessions with this journey (its slug).")]
Everyone = Annotated[bool, Query(description="Also sessions of others, for auditors.")]
MOST = 1000  # sessions in a list
SESSION: dict[str, Any] = {
    "id": "c2f6a1de-52a4-4a43-a1b0-6a2fd4f5b601",
    "journey": "healthcare-referral",
    "version": 1,
    "title": "My knee hurts",
    "status": "open",
    "pathway": "booking",
    "stack": ["intake"],
    "context": {"symptoms": ["knee pain"]},
    "owner_label": "nightly import",
    "variables": {"first_name": "Ann"},
    "environment": "",
    "origin": "api",
    "handling": "agent",
    "operator_label": "",
    "ended_because": "",
    "created_at": "2026-11-22T09:00:00Z",
    "last_activity_at": "2026-11-22T09:05:00Z",
}


class SessionOut(Schema):
    """One conversation and where it stands."""

    model_config = example(**SESSION)

    id: UUID
    journey: str = Field(description="The slug of the journey.")
    version: int | None = Field(description="Its number; null: a draft as it was when the session was opened.")
    title: str
    status: str = Field(description="`open`, or `ended`.")
    pathway: str = Field(description="The current pathway.")
    stack: list[str] = Field(description="Pathways that a return goes back to, the last one first to be returned to.")
    context: dict[str, Any] = Field(description="What was accumulated so far.")
    owner_label: str
    variables: dict[str, Any] = Field(description="What is known of the person: `user.<name>` in expressions.")
    environment: str
    origin: str = Field(description="The door by which the person came in: `api`, `playground`, `widget`, `mcp`, `cli`.")
    handling: str = Field(description="Who answers: `agent`, `waiting` (a person was asked for), or `human`.")
    operator_label: str = Field(description="The person who answers, for `human`.")
    ended_because: str = Field(description="Why the session has ended; empty while it is open.")
    created_at: datetime
    last_activity_at: datetime


class SessionIn(Body):
    """A new conversation."""

    model_config = example(version=None, variables={"first_name": "Ann"}, context={}, environment="")

    version: int | None = Field(default=None, ge=1, description="A version number; null: the published version.")
    variables: dict[str, Any] = Field(default={}, description="User variables that the journey declares.")
    context: dict[str, Any] = Field(default={}, description="Fields of the context that are known beforehand.")
    environment: str = Field(default="", max_length=40, description="Empty: the published version answers.")


class TitleIn(Body):
    """What the session is called."""

    model_config = example(title="My knee hurts")

    title: str = Field(min_length=1, max_length=200)


@start_router.post(
    "/{slug:slug}/sessions",
    auth=KeyAuth(Permission.RUN),
    response=answers({201: SessionOut}, *BODY, 404),
    operation_id="open_session",
    summary="Open a session with a journey",
    description="The session keeps the version that it was opened with, and belongs to the key that opened it.",
)
def open_(request: ApiRequest, response: HttpResponse, slug: str, data: SessionIn) -> Status[SessionOut]:
    session = open_session(
        principal=request.auth,
        slug=slug,
        version=data.version,
        context=data.context,
        variables=data.variables,
        environment=data.environment,
        origin="api",
    )
    response["Location"] = request.path.removesuffix(f"journeys/{slug}/sessions") + f"sessions/{session.id}"
    return Status(201, tell_session(session))


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[SessionOut]}, 422),
    operation_id="list_sessions",
    summary="List sessions",
    description="The key's own sessions, the last used first. `everyone` is for the right `audit`: those of the whole "
    "organization; without it, it changes nothing.",
)
def list_all(
    request: ApiRequest, journey: JourneyFilter = None, everyone: Everyone = False, cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    rows = list_sessions(request.auth, journey, MOST, everyone=everyone)
    page = page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)
    return {**page, "items": [tell_session(row) for row in page["items"]]}


@router.get(
    "/{uuid:session_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: SessionOut}, 404),
    operation_id="get_session",
    summary="Get a session",
    description="Its pathway, stack and context now.",
)
def get(request: ApiRequest, session_id: UUID) -> SessionOut:
    return tell_session(get_session(request.auth, session_id))


@router.put(
    "/{uuid:session_id}",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404),
    operation_id="rename_session",
    summary="Rename a session",
    description="Changes the title only.",
)
def rename(request: ApiRequest, session_id: UUID, data: TitleIn) -> SessionOut:
    return tell_session(rename_session(principal=request.auth, session_id=session_id, title=data.title))


@router.delete(
    "/{uuid:session_id}",
    auth=KeyAuth(Permission.RUN),
    response=answers({204: None}, 404),
    operation_id="delete_session",
    summary="Delete a session",
    description="It leaves the lists and cannot be continued.",
)
def delete(request: ApiRequest, session_id: UUID) -> Status[None]:
    delete_session(principal=request.auth, session_id=session_id)
    return Status(204, None)


def tell_session(row: Session) -> SessionOut:
    state = row.state
    return SessionOut(
        id=row.id,
        journey=row.slug,
        version=row.version.number if row.version is not None else None,
        title=row.title,
        status=row.status,
        pathway=state.get("pathway", ""),
        stack=state.get("stack", []),
        context=state.get("context", {}),
        owner_label=row.owner_label,
        variables=row.variables,
        environment=row.environment,
        origin=row.origin,
        handling=row.handling,
        operator_label=row.operator_label,
        ended_because=row.ended_because,
        created_at=row.created_at,
        last_activity_at=row.last_activity_at,
    )
