"""``/sessions/{id}/messages``: what was said, in one order, and saying something."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.models import Message
from journeys.services.sessions import list_messages, post_message, retry_turn
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Sessions"])
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="Messages with a higher `seq` than this.")]
MessageLimit = Annotated[int, Query(ge=1, le=500, description="How many messages at most.")]
MESSAGE: dict[str, Any] = {
    "seq": 1,
    "role": "user",
    "client_id": "d6f0a1c2-1",
    "text": "My knee hurts.",
    "pathway": "intake",
    "run_id": "0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10",
    "created_at": "2026-11-22T09:00:00Z",
}


class MessageOut(Schema):
    """One message. `seq` orders the messages of a session; `run_id` is the turn that it started or came from."""

    model_config = example(**MESSAGE)

    seq: int
    role: str = Field(description="`user`, `assistant` or `system`.")
    client_id: str = Field(description="The id that its sender gave it; empty for answers.")
    text: str
    pathway: str
    run_id: UUID | None
    created_at: datetime


class MessageIn(Body):
    """Something to say."""

    model_config = example(client_id="d6f0a1c2-1", text="My knee hurts.")

    client_id: str = Field(
        min_length=1, max_length=100, description="Chosen by you. Sent again it is the same message, not another one."
    )
    text: str = Field(min_length=1, max_length=20_000)


class RetryIn(Body):
    """The run that left the last message unanswered."""

    model_config = example(run_id=MESSAGE["run_id"])

    run_id: UUID


class MessagesOut(Schema):
    """Messages after the one that was named, in order."""

    model_config = example(items=[MESSAGE], last_seq=1)

    items: list[MessageOut]
    last_seq: int = Field(description="Send it as `after` for what follows.")


@router.post(
    "/{uuid:session_id}/messages",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: MessageOut}, *BODY, 404, 409),
    operation_id="post_message",
    summary="Say something",
    description="202 means: stored, and it will be answered once, after everything that was said before it. `Location` is "
    "the run of the turn. The answer comes as a message, and live in the run's events.",
)
def post(request: ApiRequest, response: HttpResponse, session_id: UUID, data: MessageIn) -> Status[MessageOut]:
    message = post_message(principal=request.auth, session_id=session_id, client_id=data.client_id, text=data.text)
    response["Location"] = request.path.removesuffix(f"sessions/{session_id}/messages") + f"runs/{message.run_id}"
    return Status(202, tell_message(message))


@router.get(
    "/{uuid:session_id}/messages",
    auth=KeyAuth(Permission.READ),
    response=answers({200: MessagesOut}, 404, 422),
    operation_id="list_messages",
    summary="List messages",
    description="In the order in which they were said.",
)
def list_all(request: ApiRequest, session_id: UUID, after: After = 0, limit: MessageLimit = 200) -> MessagesOut:
    rows = list_messages(request.auth, session_id, after=after, limit=limit)
    return MessagesOut(items=[tell_message(row) for row in rows], last_seq=rows[-1].seq if rows else after)


@router.post(
    "/{uuid:session_id}/retry",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: MessageOut}, *BODY, 404, 409),
    operation_id="retry_turn",
    summary="Answer the last message again",
    description="After its run failed, was stopped or expired. `Location` is the new run. 409 when there is nothing to "
    "answer again.",
)
def retry(request: ApiRequest, response: HttpResponse, session_id: UUID, data: RetryIn) -> Status[MessageOut]:
    message = retry_turn(principal=request.auth, session_id=session_id, run_id=data.run_id)
    response["Location"] = request.path.removesuffix(f"sessions/{session_id}/retry") + f"runs/{message.run_id}"
    return Status(202, tell_message(message))


def tell_message(row: Message) -> MessageOut:
    return MessageOut(
        seq=row.seq,
        role=row.role,
        client_id=row.client_id or "",
        text=row.text,
        pathway=row.pathway,
        run_id=row.run_id,
        created_at=row.created_at,
    )
