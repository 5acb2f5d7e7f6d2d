"""``/runs/{id}/events``: the journal of a run, as a page of JSON or as a stream of server-sent events.

The stream subscribes, then reads the database, and reads again at every bell: it can be cut and taken up at any event.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from ninja import Header, Query, Router

from agents.api.run_shapes import EVENT, EventsOut, tell_event
from agents.services.live import event_body, follow_run
from agents.services.runs import get_run, list_events
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers

router = Router(tags=["Runs"])
STREAM = "text/event-stream"
MAX_SEQ = 2**31 - 1
After = Annotated[int, Query(ge=0, le=MAX_SEQ, description="Events with a higher `seq` than this.")]
EventLimit = Annotated[int, Query(ge=1, le=1000, description="How many events at most (JSON only).")]
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", description="As `after`, sent by event-stream clients when they come back.")
]
EXAMPLE_STREAM = f"id: 1\nevent: run.queued\ndata: {json.dumps(EVENT)}\n\n: keep-alive\n\n"


@router.get(
    "/{uuid:run_id}/events",
    auth=KeyAuth(Permission.READ),
    response=answers({200: EventsOut}, 404, 422),
    operation_id="list_run_events",
    summary="Read or follow a run's journal",
    description="JSON: the events after `after`. With `Accept: text/event-stream`: the same events and then every new one "
    "as it happens, each with its `seq` as `id`; the stream ends after the run's final event. Cut off? Come back with "
    "`Last-Event-ID`.",
    openapi_extra={"responses": {200: {"content": {STREAM: {"schema": {"type": "string"}, "example": EXAMPLE_STREAM}}}}},
)
async def list_all(
    request: ApiRequest, run_id: UUID, after: After = 0, limit: EventLimit = 500, last_event_id: LastEventId = None
) -> Any:
    principal = request.auth
    if request.get_preferred_type(["application/json", STREAM]) == STREAM:
        await sync_to_async(get_run)(principal, run_id)  # a stranger gets a 404 and no stream
        return StreamingHttpResponse(
            _stream(principal, run_id, position(after, last_event_id)),
            content_type=STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    return await sync_to_async(_page)(principal, run_id, after, limit)


def _page(principal: Principal, run_id: UUID, after: int, limit: int) -> EventsOut:
    run = get_run(principal, run_id)  # before the events: what ends in between is told by the next page
    rows = list_events(principal, run_id, after=after, limit=limit)
    last_seq = rows[-1].seq if rows else after
    return EventsOut(items=[tell_event(row) for row in rows], last_seq=last_seq, ended=run.ended and last_seq >= run.last_seq)


async def _stream(principal: Principal, run_id: UUID, after: int) -> AsyncIterator[str]:
    yield ": open\n\n"  # so that a client knows at once that it is heard
    async for events in follow_run(principal, run_id, after=after):
        if not events:
            yield ": keep-alive\n\n"
        for event in events:
            yield f"id: {event.seq}\nevent: {event.type}\ndata: {json.dumps(event_body(event))}\n\n"


def position(after: int, last_event_id: str | None) -> int:
    if not last_event_id:
        return after
    if not last_event_id.isdecimal() or int(last_event_id) > MAX_SEQ:
        message = f"{last_event_id!r} is no id of an event; an id is the event's `seq`"
        raise Invalid(problems=[{"where": "header.Last-Event-ID", "message": message}])
    return max(after, int(last_event_id))
