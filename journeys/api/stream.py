"""``/sessions/{id}/stream``: a conversation as it goes on, as server-sent events. Cut anywhere, taken up after any message."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from ninja import Header, Query, Router

from journeys.api.messages import MESSAGE, After, tell_message
from journeys.services.following import follow_session
from journeys.services.sessions import get_session
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers

router = Router(tags=["Sessions"])
STREAM = "text/event-stream"
MAX_SEQ = 2**31 - 1
EXAMPLE = (
    f"id: 1\nevent: message\ndata: {json.dumps(MESSAGE)}\n\n"
    'event: text\ndata: {"text": "Good d"}\n\n'
    'event: state\ndata: {"status": "open", "handling": "agent", "turn": "working"}\n\n'
)
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", description="As `after`, sent by clients that come back.")]
Seconds = Annotated[float | None, Query(gt=0, le=3600, description="How long at most; left out: until the session's end.")]


@router.get(
    "/{uuid:session_id}/stream",
    auth=KeyAuth(Permission.READ),
    response=answers({200: None}, 404, 422),
    operation_id="stream_session",
    summary="Follow a conversation",
    description="Server-sent events: `message` (its `seq` is the id), `text` (the whole text of the answer so far), and "
    "`state` (who answers, and whether a turn is idle, working or waiting for a decision) whenever it changes. Ends with the "
    "session.",
    openapi_extra={"responses": {200: {"content": {STREAM: {"schema": {"type": "string"}, "example": EXAMPLE}}}}},
)
async def stream(
    request: ApiRequest,
    session_id: UUID,
    after: After = 0,
    seconds: Seconds = None,
    last_event_id: LastEventId = None,
) -> Any:
    principal = request.auth
    await sync_to_async(get_session)(principal, session_id)  # a stranger gets a 404 and no stream
    return StreamingHttpResponse(
        _events(principal, session_id, _position(after, last_event_id), seconds),
        content_type=STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(principal: Principal, session_id: UUID, after: int, seconds: float | None) -> AsyncIterator[str]:
    yield ": open\n\n"
    async for item in follow_session(principal, session_id, after=after, seconds=seconds):
        kind = item.pop("type")
        if kind == "pulse":
            yield ": keep-alive\n\n"
        elif kind == "message":
            told = tell_message(item["message"]).model_dump(mode="json")
            yield f"id: {told['seq']}\nevent: message\ndata: {json.dumps(told)}\n\n"
        else:
            yield f"event: {kind}\ndata: {json.dumps(item)}\n\n"


def _position(after: int, last_event_id: str | None) -> int:
    if not last_event_id:
        return after
    if not (last_event_id.isascii() and last_event_id.isdecimal()) or int(last_event_id[:12]) > MAX_SEQ:
        message = f"{last_event_id[:40]!r} is no id of an event; an id is the message's `seq`"
        raise Invalid(problems=[{"where": "header.Last-Event-ID", "message": message}])
    return max(after, int(last_event_id))
