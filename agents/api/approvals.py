"""``/approvals``: what runs ask of people, and the one decision that each question gets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from agents.models.approval import Approval
from agents.services.approvals import decide_approval, get_approval, list_approvals
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Approvals"])
MOST = 1000  # decided approvals in a list; older ones are in the journals of their runs
State = Literal["pending", "approved", "edited", "rejected", "answered", "retry", "done", "stopped", "expired", "withdrawn"]
StatusFilter = Annotated[State, Query(description="Only approvals in this state.")]
RunFilter = Annotated[UUID | None, Query(description="Only what this run asked.")]
CARD: dict[str, Any] = {
    "id": "7a4ad7a2-8d4a-4f0c-8f0a-1b5e0a1f2c3d",
    "run_id": "0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10",
    "path": "pathway/0/tool/0",
    "kind": "approval",
    "title": "Book Dr. Osei on 2026-12-01 at 09:00",
    "risk": "medium",
    "editable": True,
    "tool": "book_appointment",
    "arguments": {"doctor": "Dr. Osei", "slot": "2026-12-01T09:00"},
    "options": [],
    "digest": "sha256:1f2c1b7e5d3a4c6b8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f",
    "status": "pending",
    "reason": "",
    "final_arguments": None,
    "decided_by_label": "",
    "decided_at": None,
    "expires_at": None,
    "created_at": "2026-11-22T09:00:00Z",
}


class ApprovalOut(Schema):
    """A question to a person, with the exact arguments that a decision is about."""

    model_config = example(**CARD)

    id: UUID
    run_id: UUID
    path: str = Field(description="The step that waits.")
    kind: Literal["approval", "question", "outcome"]
    title: str
    risk: str
    editable: bool = Field(description="Whether `edit` is allowed.")
    tool: str
    arguments: Any
    options: list[Any] = Field(description="The answers to choose from; empty: free text.")
    digest: str = Field(description="Covers run, step, tool and arguments: send it back as `seen_digest`.")
    status: State
    reason: str
    final_arguments: dict[str, Any] | None = Field(description="What an `edit` turned the arguments into.")
    decided_by_label: str
    decided_at: datetime | None
    expires_at: datetime | None
    created_at: datetime


class DecisionIn(Body):
    """A decision on exactly what was shown."""

    model_config = example(decision="approve", seen_digest=CARD["digest"])

    decision: Literal["approve", "reject", "edit", "answer", "retry", "done", "stop"]
    seen_digest: str = Field(max_length=71, description="The `digest` of what you saw.")
    reason: str = Field(default="", max_length=4000, description="Needed for `reject` and `stop`.")
    arguments: dict[str, Any] | None = Field(default=None, description="The complete arguments, for `edit`.")
    result: Any = Field(default=None, description="The answer, for `answer`; what the step returned, for `done`.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[ApprovalOut]}, 422),
    operation_id="list_approvals",
    summary="List approvals",
    description="Pending ones oldest first; in other states the latest first.",
)
def list_all(
    request: ApiRequest, status: StatusFilter = "pending", run_id: RunFilter = None, cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    rows = list_approvals(request.auth, status=status, run_id=run_id, limit=MOST)
    page = page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)
    return {**page, "items": [tell_approval(row) for row in page["items"]]}


@router.get(
    "/{uuid:approval_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ApprovalOut}, 404),
    operation_id="get_approval",
    summary="Get an approval",
    description="The exact arguments, and who decided what.",
)
def get(request: ApiRequest, approval_id: UUID) -> ApprovalOut:
    return tell_approval(get_approval(request.auth, approval_id))


@router.post(
    "/{uuid:approval_id}/decision",
    auth=KeyAuth(Permission.APPROVE),
    response=answers({200: ApprovalOut}, *BODY, 404, 409),
    operation_id="decide_approval",
    summary="Decide",
    description="Once, by one: who comes second is told who was first (409). The run goes on by itself.",
)
def decide(request: ApiRequest, approval_id: UUID, data: DecisionIn) -> ApprovalOut:
    decided = decide_approval(
        principal=request.auth,
        approval_id=approval_id,
        decision=data.decision,
        seen_digest=data.seen_digest,
        reason=data.reason,
        arguments=data.arguments,
        result=data.result,
    )
    return tell_approval(decided)


def tell_approval(row: Approval) -> ApprovalOut:
    return ApprovalOut(**{name: getattr(row, name) for name in ApprovalOut.model_fields})
