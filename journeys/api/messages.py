"""``/sessions/{id}/messages``: what was said, in one order, and saying something."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.models import Message
from journeys.services.following import await_answer
from journeys.services.sessions import list_messages, post_message, retry_turn
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Sessions"])
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="Messages with a higher `seq` than this.")]
MessageLimit = Annotated[int, Query(ge=1, le=500, description="How many messages at most.")]
WaitSeconds = Annotated[float, Query(ge=0, le=120, description="Wait so long for the answer; 0: do not wait.")]
MESSAGE: dict[str, Any] = {
    "seq": 1,
    "role": "user",
    "client_id": "d6f0a1c2-1",
    "text": "My knee hurts.",
    "pathway": "intake",
    "turn": 1,
    "author": "",
    "note": "",
    "suggestions": [],
    "run_id": "0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10",
    "created_at": "2026-11-22T09:00:00Z",
}
ANSWER = MESSAGE | {"seq": 2, "role": "assistant", "client_id": "", "text": "Since when?"}
STATE: dict[str, Any] = {
    "status": "open",
    "ended_because": "",
    "handling": "agent",
    "operator": "",
    "pathway": "intake",
    "turn": "idle",
    "waiting_for": "",
    "run_id": None,
}


class MessageOut(Schema):
    """One message. `seq` orders the messages of a session; `run_id` is the turn that it started or came from."""

    model_config = example(**MESSAGE)

    seq: int
    role: str = Field(description="`user`, `assistant`, `human` (a person who took over), `system`, or `event`.")
    client_id: str = Field(description="The id that its sender gave it; empty for answers.")
    text: str
    pathway: str
    turn: int = Field(description="The turn it belongs to; 0: before the first.")
    author: str = Field(description="The name of the person who wrote it, for `human`.")
    note: str = Field(description="For `system`: what was done to the session, such as `taken_over`; else empty.")
    suggestions: list[str] = Field(description="What may be said next, for `assistant`.")
    run_id: UUID | None
    created_at: datetime


class MessageIn(Body):
    """Something to say."""

    model_config = example(client_id="d6f0a1c2-1", text="My knee hurts.")

    client_id: str = Field(
        min_length=1, max_length=100, description="Chosen by you. Sent again it is the same message, not another one."
    )
    text: str = Field(min_length=1, max_length=20_000)
    files: list[UUID] = Field(default=[], max_length=10, description="Ids of uploaded files that go with it.")
    play: dict[str, Any] = Field(
        default={},
        description="A tester's wishes for this turn: `simulate` (`tool_failure`, `timeout`), `tool`, `pins`, `breakpoints`, "
        "`step`, `until`, `overrides`.",
    )


class StateOut(Schema):
    """How a conversation stands."""

    model_config = example(**STATE)

    status: str
    ended_because: str
    handling: str
    operator: str
    pathway: str
    turn: str = Field(description="`idle`, `working`, or `waiting`: somebody has to decide `waiting_for`.")
    waiting_for: str
    run_id: UUID | None = Field(description="The run that is under way.")


class AnsweredOut(Schema):
    """A message and what was said after it."""

    model_config = example(message=MESSAGE, items=[ANSWER], last_seq=2, state=STATE)

    message: MessageOut
    items: list[MessageOut]
    last_seq: int
    state: StateOut


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
    response=answers({202: MessageOut, 200: AnsweredOut}, *BODY, 404, 409),
    operation_id="post_message",
    summary="Say something",
    description="202 means: stored, and it will be answered once, after everything that was said before it. `Location` is "
    "the run of the turn; there is none while a person answers. The answer comes as a message, in the session's stream, and "
    "live in the run's events. With `wait_s`: 200 with what was said after it, once the turn is over, waits for a decision, or "
    "the time is up; `state.turn` says which.",
)
async def post(
    request: ApiRequest, response: HttpResponse, session_id: UUID, data: MessageIn, wait_s: WaitSeconds = 0
) -> Status[Any]:
    message = await sync_to_async(post_message)(
        principal=request.auth,
        session_id=session_id,
        client_id=data.client_id,
        text=data.text,
        files=data.files,
        play=data.play,
    )
    if message.run_id:
        response["Location"] = request.path.removesuffix(f"sessions/{session_id}/messages") + f"runs/{message.run_id}"
    if not wait_s:
        return Status(202, tell_message(message))
    news = await await_answer(request.auth, message, wait_s)
    items = [tell_message(row) for row in news.messages]
    last = items[-1].seq if items else message.seq
    return Status(200, AnsweredOut(message=tell_message(message), items=items, last_seq=last, state=StateOut(**news.state)))


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
        turn=row.turn,
        author=row.author,
        note=str(row.payload.get("note", "")),
        suggestions=row.payload.get("suggestions") or [],
        run_id=row.run_id,
        created_at=row.created_at,
    )
