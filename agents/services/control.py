"""Control of runs that a worker drives, for every transport of the site: what a person is told, and what they reply.

The journal asks and remembers; this reads and decides. Owns no transport.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from agents.adapters.doorbell import Doorbell
from agents.adapters.journal import to_event
from agents.adapters.threads import in_thread
from agents.core.control.messages import Ended, Message, Reply, Text
from agents.core.control.reading import message_of
from agents.models.approval import Approval, ApprovalStatus
from agents.services.approvals import decide_approval
from agents.services.runs import get_run, list_events
from trust.core.errors import NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import still_allowed

POLL_S = 5.0  # how late a message may be when its bell is lost
RIGHTS_CHECK_S = 30.0
PAGE = 200
Told = tuple[int, Message]  # the event's number, 0 for live text, and the message


async def follow_control(
    principal: Principal, run_id: UUID, *, after: int = 0, poll_s: float = POLL_S
) -> AsyncIterator[list[Told]]:
    """Batches of messages of events with ``seq > after`` in order, and live text between them; an empty batch after
    ``poll_s`` of silence. Ends after ``Ended``, or when ``principal`` may not read any more."""
    checked_at = time.monotonic()
    async with Doorbell(f"run.{run_id}") as ear:
        while True:
            try:
                told, after, over = await in_thread(_read, principal, run_id, after)
            except NotFound:  # it was there when the caller asked: it was erased, or is private now
                return
            if told:
                yield told
            if over or any(isinstance(message, Ended) for _, message in told):
                return
            if time.monotonic() - checked_at > RIGHTS_CHECK_S:
                if not await in_thread(still_allowed, principal, Permission.READ):
                    return
                checked_at = time.monotonic()
            if not await ear.wait(poll_s):
                yield []
            if texts := ear.take_texts():
                yield [(0, Text(path=path, text=text)) for path, text in texts.items()]


def reply_to(*, principal: Principal, run_id: UUID, reply: Reply) -> Approval:
    """Decides what waits at the reply's step. ``seen_digest`` must be that of what was shown; see ``decide_approval``."""
    get_run(principal, run_id)
    rows = Approval.objects.filter(run_id=run_id, path=reply.id)
    waiting = rows.filter(status=ApprovalStatus.PENDING).first() or rows.order_by("-created_at").first()
    if waiting is None:
        raise NotFound(f"Nothing waits at step {reply.id!r} of run {run_id}.")
    return decide_approval(
        principal=principal,
        approval_id=waiting.id,
        decision=reply.decision,
        seen_digest=reply.seen_digest,
        reason=reply.reason,
        arguments=reply.arguments,
        result=reply.result,
        raise_by=reply.raise_by,
    )


def _read(principal: Principal, run_id: UUID, after: int) -> tuple[list[Told], int, bool]:
    """The next messages, where the journal was read to, and whether it has ended there. The run is read first."""
    run = get_run(principal, run_id)
    told: list[Told] = []
    while rows := list(list_events(principal, run_id, after=after, limit=PAGE)):
        after = rows[-1].seq
        told += [(row.seq, message) for row in rows if (message := message_of(to_event(row), str(run_id))) is not None]
    return told, after, run.ended and after >= run.last_seq


def as_json(told: Told) -> dict[str, Any]:
    """A message as every reader of a site gets it: ``seq`` is where to come back to."""
    seq, message = told
    return {"seq": seq, **message.model_dump(mode="json", exclude_none=True)}
