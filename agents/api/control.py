"""``/runs/{id}/stream``: what a run tells and asks, as server-sent events. Replies are decisions (``/approvals``)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from ninja import Header, Query, Router, Schema
from pydantic import Field

from agents.api.events import position
from agents.core.control.messages import Reply
from agents.services.control import as_json, follow_control, reply_to
from agents.services.runs import get_run
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Runs"])
STREAM = "text/event-stream"
MAX_SEQ = 2**31 - 1
After = Annotated[int, Query(ge=0, le=MAX_SEQ, description="Messages of events with a higher `seq` than this.")]
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", description="As `after`, sent by event-stream clients when they come back.")
]
QUESTION = {"seq": 7, "type": "question", "id": "agent/0/question/0", "title": "Which colour?", "options": ["red", "blue"]}
EXAMPLE_STREAM = f": open\n\nid: 7\nevent: question\ndata: {json.dumps(QUESTION)}\n\n: keep-alive\n\n"


class ReplyIn(Body):
    """A reply to a message of the stream: its ``id``, and the digest that it came with."""

    model_config = example(id="agent/0/question/0", decision="answer", result="blue", seen_digest="sha256:1f2c...")

    id: str = Field(max_length=400, description="`id` of the message: the step that waits.")
    decision: str = Field(max_length=20, description="answer, approve, edit, reject, ask_back, retry, done, raise or stop.")
    seen_digest: str = Field(max_length=71, description="`digest` of the message.")
    reason: str = Field(default="", max_length=4000)
    arguments: dict[str, Any] | None = None
    result: Any = None
    raise_by: int | None = None


class RepliedOut(Schema):
    """What became of the request; it stays ``pending`` while more people must approve."""

    model_config = example(approval_id="7a4ad7a2-8d4a-4f0c-8f0a-1b5e0a1f2c3d", status="answered")

    approval_id: UUID
    status: str


@router.get(
    "/{uuid:run_id}/stream",
    auth=KeyAuth(Permission.READ),
    response=answers({200: None}, 404, 422),
    operation_id="stream_run",
    summary="Follow what a run tells and asks",
    description="Server-sent events: `question`, `approval`, `outcome`, `budget`, `progress`, `decided`, `text` (live, without "
    "an id) and, last, `ended`. Each `id` is the event's number in the journal: cut off, come back with `Last-Event-ID`.",
    openapi_extra={"responses": {200: {"content": {STREAM: {"schema": {"type": "string"}, "example": EXAMPLE_STREAM}}}}},
)
async def stream(request: ApiRequest, run_id: UUID, after: After = 0, last_event_id: LastEventId = None) -> Any:
    principal = request.auth
    await sync_to_async(get_run)(principal, run_id)  # a stranger gets a 404 and no stream
    return StreamingHttpResponse(
        _stream(principal, run_id, position(after, last_event_id)),
        content_type=STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.post(
    "/{uuid:run_id}/reply",
    auth=KeyAuth(Permission.APPROVE),
    response=answers({200: RepliedOut}, *BODY, 404, 409),
    operation_id="reply_to_run",
    summary="Reply to what a run asks",
    description="The same as deciding its approval, for clients that follow the stream. Once, by one, for what was shown.",
)
def reply(request: ApiRequest, run_id: UUID, data: ReplyIn) -> RepliedOut:
    approval = reply_to(principal=request.auth, run_id=run_id, reply=Reply.model_construct(**data.model_dump()))
    return RepliedOut(approval_id=approval.id, status=approval.status)


async def _stream(principal: Principal, run_id: UUID, after: int) -> AsyncIterator[str]:
    yield ": open\n\n"  # so that a client knows at once that it is heard
    async for batch in follow_control(principal, run_id, after=after):
        if not batch:
            yield ": keep-alive\n\n"
        for told in batch:
            seq, message = told
            where = f"id: {seq}\n" if seq else ""
            yield f"{where}event: {message.type}\ndata: {json.dumps(as_json(told))}\n\n"
