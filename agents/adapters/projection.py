"""Rows that follow from events: an event that asks a person makes the approval that the inbox lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from agents.core.approvals import approval_digest
from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval

ASKS = (EventType.APPROVAL_REQUESTED, EventType.QUESTION_ASKED, EventType.OUTCOME_UNKNOWN, EventType.BUDGET_REACHED)


def project(organization_id: UUID, run_id: UUID, event: NewEvent, now: datetime) -> bool:
    """Writes what follows from ``event`` in the current transaction; True when the approvals have changed."""
    if event.type not in ASKS:
        return False
    card = event.payload
    Approval.objects.create(
        organization_id=organization_id,
        run_id=run_id,
        path=event.path,
        kind=card["kind"],
        title=card["title"],
        risk=card["risk"],
        editable=card["editable"],
        tool=card["tool"],
        arguments=card["arguments"],
        options=card["options"],
        digest=approval_digest(str(run_id), event.path, card["tool"], card["arguments"]),
        agent=card.get("agent", ""),
        policy=card.get("policy", {}),
        quorum=card.get("quorum", 1),
        other_person=card.get("other_person", False),
        created_at=now,
        expires_at=now + timedelta(seconds=card["expires_s"]) if card.get("expires_s") else None,
    )
    return True
