"""Between the journal and a person: events as messages, open requests, and replies as the events that decide them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.core.approvals import approval_digest
from agents.core.control.messages import (
    ApprovalRequest,
    BudgetRequest,
    Decided,
    Ended,
    Message,
    OutcomeRequest,
    Progress,
    Question,
    Reply,
    Request,
)
from agents.core.runtime.events import Event, EventType, NewEvent

ALLOWED: dict[str, tuple[str, ...]] = {
    "question": ("answer", "reject"),
    "approval": ("approve", "edit", "reject", "ask_back"),
    "outcome": ("retry", "done", "stop"),
    "budget": ("raise", "stop"),
}
DECIDED = {
    "question": EventType.QUESTION_ANSWERED,
    "approval": EventType.APPROVAL_DECIDED,
    "outcome": EventType.OUTCOME_DECIDED,
    "budget": EventType.BUDGET_DECIDED,
}
_ENDS = {
    EventType.RUN_SUCCEEDED: "succeeded",
    EventType.RUN_FAILED: "failed",
    EventType.RUN_CANCELLED: "cancelled",
    EventType.RUN_EXPIRED: "expired",
}
_ASKS = (EventType.APPROVAL_REQUESTED, EventType.QUESTION_ASKED, EventType.OUTCOME_UNKNOWN, EventType.BUDGET_REACHED)


def message_of(event: Event | NewEvent, run_id: str) -> Message | None:
    """What people are told of ``event``; ``None`` for most."""
    payload = event.payload
    if event.type in _ASKS:
        return request_of(event, run_id)
    if event.type in DECIDED.values():
        by = payload.get("label") or payload.get("by", "")
        reason = payload.get("reason") or (payload["result"] if isinstance(payload.get("result"), str) else "")
        return Decided(id=event.path, decision=payload["decision"], by=by, reason=reason)
    if event.type is EventType.STEP_STARTED and payload.get("kind") == "progress":
        return Progress(**payload["request"])
    if event.type in _ENDS:
        return Ended(status=_ENDS[event.type], output=payload.get("output"), error=payload.get("error"))
    return None


def request_of(event: Event | NewEvent, run_id: str) -> Request:
    """The request that an asking event makes."""
    card = event.payload
    tool, arguments = card.get("tool", ""), card.get("arguments", {})
    common: dict[str, Any] = {
        "id": event.path,
        "title": card["title"],
        "digest": approval_digest(run_id, event.path, tool, arguments),
        "agent": card.get("agent", ""),
        "expires_s": card.get("expires_s"),
    }
    kind = card.get("kind", "approval")
    if kind == "question":
        return Question(**common, options=tuple(card.get("options", ())))
    if kind == "outcome":
        return OutcomeRequest(**common, tool=tool, arguments=arguments)
    if kind == "budget":
        wanted = ("account", "measure", "limit", "used", "needed")
        return BudgetRequest(**common, **{name: arguments[name] for name in wanted if name in arguments})
    return ApprovalRequest(
        **common,
        risk=card.get("risk") or "medium",
        tool=tool,
        arguments=arguments,
        editable=bool(card.get("editable")),
        quorum=card.get("quorum", 1),
        why=str((card.get("policy") or {}).get("reason", "")),
    )


def open_requests(events: Iterable[Event], run_id: str) -> list[Request]:
    """What waits for a person, in the order in which it was asked."""
    found: dict[str, Request] = {}
    for event in events:
        if event.type in _ASKS:
            found[event.path] = request_of(event, run_id)
        elif event.type in DECIDED.values() or event.type in (EventType.STEP_FINISHED, EventType.STEP_FAILED):
            found.pop(event.path, None)
    return list(found.values())


def check_reply(request: Request, reply: Reply) -> str:
    """What is wrong with ``reply``, in a sentence; empty: nothing."""
    allowed = allowed_replies(request)
    options = request.options if isinstance(request, Question) else ()
    is_answer, is_text = reply.decision == "answer", isinstance(reply.result, str) and bool(reply.result.strip())
    other = reply.seen_digest not in ("", request.digest)
    wordless = reply.decision in ("reject", "stop", "ask_back") and not reply.reason.strip()
    faults = (
        (reply.decision not in allowed, f"{reply.decision!r} is no decision on this; allowed are: {', '.join(allowed)}"),
        (other, f"what was shown ({reply.seen_digest}) is not what is asked now ({request.digest}); look again"),
        (wordless, f"{reply.decision} needs a reason in words"),
        (reply.decision == "edit" and reply.arguments is None, "edit needs the complete arguments as a JSON object"),
        (reply.decision == "raise" and (reply.raise_by or 0) <= 0, f"raise needs an amount above 0, got {reply.raise_by}"),
        (is_answer and bool(options) and reply.result not in options, f"the answer is one of: {', '.join(options)}"),
        (is_answer and not is_text, "an answer is a text that is not empty"),
    )
    return next((told for is_so, told in faults if is_so), "")


def allowed_replies(request: Request) -> tuple[str, ...]:
    without_edit = isinstance(request, ApprovalRequest) and not request.editable
    return tuple(name for name in ALLOWED[request.type] if not (name == "edit" and without_edit))


def decision_event(request: Request, reply: Reply) -> NewEvent:
    """The event by which the run goes on with ``reply``, which has been checked."""
    payload: dict[str, Any] = {"decision": reply.decision, "reason": reply.reason, "seen_digest": request.digest}
    payload |= {"by": reply.by or "person", "label": reply.by or "a person"}
    if reply.arguments is not None:
        payload["arguments"] = reply.arguments
    if reply.decision in ("answer", "done"):
        payload["result"] = reply.result
    if isinstance(request, BudgetRequest):
        payload |= {"account": request.account, "measure": request.measure, "raise_by": reply.raise_by or 0}
    return NewEvent(DECIDED[request.type], request.id, payload)


def overdue(request: Request) -> Reply:
    """What it comes to when nobody decides in time."""
    name = "stop" if "stop" in ALLOWED[request.type] else "reject"
    return Reply(id=request.id, decision=name, reason="nobody decided in time", by="the system")
