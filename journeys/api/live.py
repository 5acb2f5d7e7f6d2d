"""``/conversations``: what an operator may take over, and the hand-over to a person and back."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.api.messages import After, MessageIn, MessageLimit, MessageOut, MessagesOut, tell_message
from journeys.api.sessions import SessionOut, tell_session
from journeys.services.hand_over import (
    get_conversation,
    hand_back,
    list_conversation_messages,
    list_conversations,
    take_over,
    write_as_human,
)
from journeys.services.summary import draft_summary
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Live conversations"])
AUTH = KeyAuth(Permission.APPROVE)
HandlingFilter = Annotated[str, Query(max_length=20, description="`waiting`, `human` or `agent`; empty: all.")]
MOST = 1000


class SummaryIn(Body):
    """What the journey's agents have to know from now on."""

    model_config = example(summary="A refund of 20 euros was promised.")

    summary: str = Field(default="", max_length=4_000)


class SummaryOut(Schema):
    """A draft that nobody has confirmed."""

    model_config = example(summary="A refund of 20 euros was promised.")

    summary: str


@router.get(
    "",
    auth=AUTH,
    response=answers({200: Page[SessionOut]}, 422),
    operation_id="list_conversations",
    summary="List live conversations",
    description="Open conversations that came in by a public door or ask for a person: those that wait first, then those "
    "that a person has.",
)
def list_all(request: ApiRequest, handling: HandlingFilter = "", cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = list_conversations(request.auth, handling=handling, limit=MOST)
    page = page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)
    return {**page, "items": [tell_session(row) for row in page["items"]]}


@router.get(
    "/{uuid:session_id}",
    auth=AUTH,
    response=answers({200: SessionOut}, 404),
    operation_id="get_conversation",
    summary="Get a live conversation",
    description="Who answers in it, and where it stands.",
)
def get(request: ApiRequest, session_id: UUID) -> SessionOut:
    return tell_session(get_conversation(request.auth, session_id))


@router.get(
    "/{uuid:session_id}/messages",
    auth=AUTH,
    response=answers({200: MessagesOut}, 404, 422),
    operation_id="list_conversation_messages",
    summary="Read a live conversation",
    description="In the order in which it was said. Runs and journals stay private to the session's owner.",
)
def messages(request: ApiRequest, session_id: UUID, after: After = 0, limit: MessageLimit = 200) -> MessagesOut:
    rows = list_conversation_messages(request.auth, session_id, after=after, limit=limit)
    return MessagesOut(items=[tell_message(row) for row in rows], last_seq=rows[-1].seq if rows else after)


@router.post(
    "/{uuid:session_id}/take-over",
    auth=AUTH,
    response=answers({200: SessionOut}, 404, 409),
    operation_id="take_over_conversation",
    summary="Take a conversation over",
    description="The journey is silent and what it was answering is stopped. 409 names who was faster.",
)
def take(request: ApiRequest, session_id: UUID) -> SessionOut:
    return tell_session(take_over(principal=request.auth, session_id=session_id))


@router.post(
    "/{uuid:session_id}/messages",
    auth=AUTH,
    response=answers({201: MessageOut}, *BODY, 404, 409),
    operation_id="write_in_conversation",
    summary="Write as a person",
    description="Labelled human, with the name of the key or person. 409 for whoever has not taken the conversation over.",
)
def write(request: ApiRequest, session_id: UUID, data: MessageIn) -> Status[MessageOut]:
    row = write_as_human(principal=request.auth, session_id=session_id, client_id=data.client_id, text=data.text)
    return Status(201, tell_message(row))


@router.post(
    "/{uuid:session_id}/summary",
    auth=AUTH,
    response=answers({200: SummaryOut}, 404, 409),
    operation_id="draft_hand_back_summary",
    summary="Draft the summary",
    description="One call of the journey's model. Nothing is handed back by it.",
)
def draft(request: ApiRequest, session_id: UUID) -> SummaryOut:
    return SummaryOut(summary=draft_summary(principal=request.auth, session_id=session_id))


@router.post(
    "/{uuid:session_id}/hand-back",
    auth=AUTH,
    response=answers({200: SessionOut}, *BODY, 404, 409),
    operation_id="hand_back_conversation",
    summary="Hand a conversation back",
    description="The journey answers again; its agents read the summary with the conversation.",
)
def give_back(request: ApiRequest, session_id: UUID, data: SummaryIn) -> SessionOut:
    return tell_session(hand_back(principal=request.auth, session_id=session_id, summary=data.summary))
