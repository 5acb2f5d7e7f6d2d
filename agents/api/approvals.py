"""``/approvals``: what runs ask of people, and the one decision that each question gets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from agents.models.approval import Approval
from agents.services.approval_card import Past, read_card
from agents.services.approval_rules import why_not
from agents.services.approvals import ApprovalFilter, approve_several, decide_approval, get_approval, list_approvals
from agents.services.delegation import delegate_approval
from trust.core.errors import KaizenError
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Approvals"])
MOST = 1000  # decided approvals in a list; older ones are in the journals of their runs
State = Literal[
    "pending",
    "approved",
    "edited",
    "rejected",
    "answered",
    "retry",
    "done",
    "stopped",
    "raised",
    "asked_back",
    "expired",
    "withdrawn",
]
Kind = Literal["approval", "question", "outcome", "budget"]
StatusFilter = Annotated[
    State | Literal["decided"], Query(description="Only approvals in this state; `decided`: all but pending.")
]


class Only(Schema):
    """Filters of the inbox."""

    whose: Literal["all", "role", "mine"] = Field(
        default="all", description="`role`: what this key may decide; `mine`: asked by its own runs, or delegated to its maker."
    )
    kind: Kind | None = Field(default=None, description="Only what asks for this.")
    risk: str = Field(default="", max_length=10, description="Only of this risk: safe, low, medium, high or critical.")
    agent: str = Field(default="", max_length=200, description="Only what this agent asks.")
    tool: str = Field(default="", max_length=200, description="Only calls of this tool.")
    text: str = Field(default="", max_length=200, description="Part of a title, tool, agent or person.")
    run_id: UUID | None = Field(default=None, description="Only what this run asked.")


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
    "agent": "Booking",
    "policy": {"decision": "ask", "reason": "its danger is medium", "trail": []},
    "quorum": 1,
    "votes": [],
    "other_person": False,
    "delegated_to": "",
    "delegated_to_label": "",
    "decided_by_label": "",
    "decided_at": None,
    "expires_at": None,
    "created_at": "2026-11-22T09:00:00Z",
}


class VoteOut(Schema):
    """One person's yes to an approval that needs several."""

    by: str
    by_label: str
    reason: str
    at: datetime


class ApprovalOut(Schema):
    """A question to a person, with the exact arguments that a decision is about."""

    model_config = example(**CARD)

    id: UUID
    run_id: UUID
    path: str = Field(description="The step that waits.")
    kind: Kind
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
    agent: str = Field(description="The agent that asks; empty: none.")
    policy: dict[str, Any] = Field(description="The permission decision that asked, with its trail; empty: none asked.")
    quorum: int = Field(description="How many people must approve.")
    votes: list[VoteOut]
    other_person: bool = Field(description="Whether who started the run may not approve.")
    delegated_to: str = Field(description="`user:<id>` of the one member who decides it; empty: everybody who may approve.")
    delegated_to_label: str
    decided_by_label: str
    decided_at: datetime | None
    expires_at: datetime | None
    created_at: datetime


class DecisionIn(Body):
    """A decision on exactly what was shown."""

    model_config = example(decision="approve", seen_digest=CARD["digest"])

    decision: Literal["approve", "edit", "reject", "ask_back", "answer", "retry", "done", "raise", "stop"]
    seen_digest: str = Field(max_length=71, description="The `digest` of what you saw.")
    reason: str = Field(default="", max_length=4000, description="Needed for `reject` and `stop`; the question of `ask_back`.")
    arguments: dict[str, Any] | None = Field(default=None, description="The complete arguments, for `edit`.")
    result: Any = Field(default=None, description="The answer, for `answer`; what the step returned, for `done`.")
    raise_by: int | None = Field(
        default=None, description="For `raise`: micro-dollars, tokens or calls, as the card's `arguments.measure` says."
    )
    further_calls: bool = Field(
        default=False,
        description="With `approve`: all further calls of this tool in this session, or run, are approved as well.",
    )


class DelegationIn(Body):
    """Who is to decide instead."""

    model_config = example(to="user:7", reason="She knows the customer.")

    to: str = Field(max_length=60, description="`user:<id>` of a member who may approve; empty: everybody again.")
    reason: str = Field(default="", max_length=4000)


class SeenIn(Body):
    """One approval as it was shown."""

    id: UUID
    seen_digest: str = Field(max_length=71)


class SeveralIn(Body):
    """Approvals that are approved together; none of them high risk."""

    model_config = example(seen=[{"id": CARD["id"], "seen_digest": CARD["digest"]}], reason="checked")

    seen: list[SeenIn] = Field(min_length=1, max_length=200)
    reason: str = Field(default="", max_length=4000)


class SeveralOut(Schema):
    """What became of one of them: ``refusal`` is empty when it was approved."""

    model_config = example(id=CARD["id"], refusal="")

    id: UUID
    refusal: str


class PastOut(Schema):
    """A decision on the same tool before."""

    id: UUID
    title: str
    status: State
    decided_by_label: str
    decided_at: datetime | None
    reason: str


class BackgroundOut(Schema):
    """What a careful person wants to know before they decide."""

    model_config = example(
        blocked="",
        inputs={"message": "Book it"},
        last_words="I shall book Dr. Osei.",
        counts={"approved": 3},
        past=[],
        expiry="",
    )

    blocked: str = Field(description="Why this key may not approve it; empty: it may.")
    inputs: dict[str, Any] = Field(description="The inputs of the run.")
    last_words: str = Field(description="What the model said last before it asked.")
    counts: dict[str, int] = Field(description="How earlier requests of the same tool were decided.")
    past: list[PastOut]
    expiry: str = Field(description="What happens when nobody decides in time; empty: it does not expire.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[ApprovalOut]}, 422),
    operation_id="list_approvals",
    summary="List approvals",
    description="Pending ones oldest first; in other states the latest first.",
)
def list_all(
    request: ApiRequest,
    only: Query[Only],
    status: StatusFilter = "pending",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    chosen = ApprovalFilter(**{**only.model_dump(exclude={"run_id"}), "kind": only.kind or ""})
    rows = list_approvals(request.auth, status=status, run_id=only.run_id, limit=MOST, only=chosen)
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
        raise_by=data.raise_by,
        further_calls=data.further_calls,
    )
    return tell_approval(decided)


@router.post(
    "/{uuid:approval_id}/delegation",
    auth=KeyAuth(Permission.APPROVE),
    response=answers({200: ApprovalOut}, *BODY, 404, 409),
    operation_id="delegate_approval",
    summary="Delegate",
    description="From now on only that member decides it. They, who handed it over, and owners may change that.",
)
def delegate(request: ApiRequest, approval_id: UUID, data: DelegationIn) -> ApprovalOut:
    return tell_approval(delegate_approval(principal=request.auth, approval_id=approval_id, to=data.to, reason=data.reason))


@router.get(
    "/{uuid:approval_id}/background",
    auth=KeyAuth(Permission.READ),
    response=answers({200: BackgroundOut}, 404),
    operation_id="get_approval_background",
    summary="Get what a decision rests on",
    description="What it was computed from, how earlier requests of the same tool were decided, and what expiry does.",
)
def background(request: ApiRequest, approval_id: UUID) -> BackgroundOut:
    approval = get_approval(request.auth, approval_id)
    card = read_card(request.auth, approval)
    blocked = why_not(request.auth, approval, "approve") if approval.status == "pending" else ""
    return BackgroundOut(
        blocked=blocked,
        inputs=card.inputs,
        last_words=card.thought,
        counts=dict(card.past.counts),
        past=_tell_past(card.past),
        expiry=card.expiry,
    )


@router.post(
    "/decisions",
    auth=KeyAuth(Permission.APPROVE),
    response=answers({200: list[SeveralOut]}, *BODY, 404),
    operation_id="approve_several",
    summary="Approve several",
    description="Each by itself, bound to its own digest; refused altogether when one of them is high risk or needs several "
    "people. What somebody else has decided meanwhile is told in `refusal`.",
)
def several(request: ApiRequest, data: SeveralIn) -> list[SeveralOut]:
    seen = [(item.id, item.seen_digest) for item in data.seen]
    results = approve_several(principal=request.auth, seen=seen, reason=data.reason)
    return [SeveralOut(id=i, refusal=done.message if isinstance(done, KaizenError) else "") for i, done in results]


def tell_approval(row: Approval) -> ApprovalOut:
    plain = {name: getattr(row, name) for name in ApprovalOut.model_fields if name != "votes"}
    votes = [VoteOut(by=v.by, by_label=v.by_label, reason=v.reason, at=v.at) for v in row.votes.all()]
    return ApprovalOut(**plain, votes=votes)


def _tell_past(past: Past) -> list[PastOut]:
    return [PastOut(**{name: getattr(row, name) for name in PastOut.model_fields}) for row in past.latest]
