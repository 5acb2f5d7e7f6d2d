"""Which decisions an approval takes, from whom, and with what: the rules behind every inbox. Writes nothing."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agents.core.runtime.events import EventType
from agents.core.runtime.storable import is_storable
from agents.models.approval import Approval, ApprovalKind, ApprovalStatus
from agents.models.run import Run, RunStatus
from agents.services.tools import check_arguments
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.principals import person_behind

SHOWN_CHARACTERS = 100_000  # what a card shows; more than that is approved by nobody who only saw a part
REASON_CHARACTERS = 4000
YES = ("approve", "edit")
AGAIN = ("retry", "done")  # an effect whose outcome nobody knows happens once more, or counts as happened
GRANTABLE = ("safe", "low", "medium", "high")  # risks for which "all further calls" may be approved
BULK = ("safe", "low", "medium")  # risks that may be approved several at once
MEASURES = {"microusd": "micro-dollars", "tokens": "tokens", "calls": "model calls", "seconds": "seconds"}

DECISIONS: dict[str, dict[str, ApprovalStatus]] = {
    ApprovalKind.APPROVAL: {
        "approve": ApprovalStatus.APPROVED,
        "edit": ApprovalStatus.EDITED,
        "reject": ApprovalStatus.REJECTED,
        "ask_back": ApprovalStatus.ASKED_BACK,
    },
    ApprovalKind.QUESTION: {"answer": ApprovalStatus.ANSWERED, "reject": ApprovalStatus.REJECTED},
    ApprovalKind.OUTCOME: {
        "retry": ApprovalStatus.RETRY,
        "done": ApprovalStatus.DONE,
        "stop": ApprovalStatus.STOPPED,
    },
    ApprovalKind.BUDGET: {"raise": ApprovalStatus.RAISED, "stop": ApprovalStatus.STOPPED},
}
EVENTS = {
    ApprovalKind.APPROVAL: EventType.APPROVAL_DECIDED,
    ApprovalKind.QUESTION: EventType.QUESTION_ANSWERED,
    ApprovalKind.OUTCOME: EventType.OUTCOME_DECIDED,
    ApprovalKind.BUDGET: EventType.BUDGET_DECIDED,
}
ALL_DECISIONS = tuple(dict.fromkeys(name for names in DECISIONS.values() for name in names))
WORDED = {  # decisions that need words, and for whom
    "reject": "a reason is needed: the agent and the record get it",
    "stop": "a reason is needed: the record gets it",
    "ask_back": "a question is needed: the agent gets it, explains, and asks again",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided. ``arguments`` belong to edit, ``result`` to answer and done, ``raise_by`` to raise.

    ``further_calls``: all further calls of this tool in this session (or run) are approved as well.
    """

    decision: str
    reason: str = ""
    arguments: dict[str, Any] | None = None
    result: Any = None
    raise_by: int | None = None
    further_calls: bool = False


def check_verdict(approval: Approval, verdict: Verdict) -> None:
    """Raises ``Invalid`` with the place of what does not fit."""
    allowed = allowed_decisions(approval)
    if verdict.decision not in allowed:
        _refuse("decision", f"{verdict.decision!r} is no decision on this; allowed are: {', '.join(allowed)}")
    if verdict.decision in WORDED and not verdict.reason.strip():
        _refuse("reason", WORDED[verdict.decision])
    _check_arguments(approval, verdict)
    _check_result(approval, verdict)
    _check_raise(approval, verdict)
    if verdict.further_calls and not (verdict.decision == "approve" and may_grant(approval)):
        _refuse(
            "further_calls",
            "only the decision 'approve' on one tool call that one person decides can hold for all further calls, and never"
            f" one of risk {approval.risk!r}"
            if approval.risk not in GRANTABLE
            else "further calls are approved together with the decision 'approve' on a tool call that one person decides",
        )
    for name in ("reason", "arguments", "result"):
        if not is_storable(getattr(verdict, name)):
            _refuse(name, "holds what cannot be stored: a NUL character, half of a surrogate pair, or a number that is none")


def allowed_decisions(approval: Approval) -> dict[str, ApprovalStatus]:
    """Decision to resulting state. What several people approve is not edited: each of them would have seen something else."""
    allowed = dict(DECISIONS[approval.kind])
    if not approval.editable or approval.quorum > 1:
        allowed.pop("edit", None)
    return allowed


def check_open(approval: Approval, run: Run, seen_digest: str) -> None:
    """Raises ``Conflict`` when it is decided, when its run is over, or when something else was shown."""
    if approval.status != ApprovalStatus.PENDING:
        who = approval.decided_by_label or "the system"
        when = f" at {approval.decided_at:%Y-%m-%d %H:%M:%S} UTC" if approval.decided_at else ""
        status = approval.status.replace("_", " ")
        raise Conflict(f"This was already decided: {status} by {who}{when}.")
    if run.status not in (RunStatus.WAITING, RunStatus.RUNNING):
        raise Conflict(f"The run that asked has ended: it is {run.status}.")
    if seen_digest != approval.digest:
        raise Conflict(
            f"What you were shown ({seen_digest or 'no digest'}) is not what is asked now ({approval.digest}); look again."
        )


def why_not(principal: Principal, approval: Approval, decision: str = "") -> str:
    """Why ``principal`` may not decide this (or not so), in a sentence; empty: they may.

    The person counts, not the key: who started a run does not approve it with a key of theirs, and nobody votes twice.
    """
    if not principal.may(Permission.APPROVE):
        return f"{principal.label} may read only: deciding needs the right to approve."
    person = person_behind(principal.ref)
    if approval.delegated_to and approval.delegated_to != person:
        return f"It is delegated to {approval.delegated_to_label}: only they decide it."
    if decision and decision not in (*YES, *AGAIN):
        return ""  # everybody who may decide may say no
    if approval.other_person and person == person_behind(approval.run.created_by):
        return "It needs another person's approval: who started the run may reject or stop it, not approve it."
    if any(vote.by == person for vote in approval.votes.all()):
        return f"You have approved it already; {missing_votes(approval)} more of {approval.quorum} must."
    return ""


def missing_votes(approval: Approval) -> int:
    return max(0, approval.quorum - len(approval.votes.all()))


def may_grant(approval: Approval) -> bool:
    """Whether "approve all further calls of this tool" may be offered: one tool, one decider, no critical or unknown risk."""
    one = approval.quorum == 1 and not approval.other_person
    return approval.kind == ApprovalKind.APPROVAL and bool(approval.tool) and one and approval.risk in GRANTABLE


def may_bulk(approval: Approval) -> bool:
    """Whether it may be approved together with others: never what is high risk, or needs several people."""
    one = approval.kind == ApprovalKind.APPROVAL and approval.quorum == 1
    return one and approval.risk in BULK and is_shown_whole(approval)


def exact_text(value: Any) -> str:
    """JSON data as indented text in which nothing hides: characters that cannot be seen stand as their JSON escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in _UNSEEN else _escape(c) for c in text)


def is_shown_whole(approval: Approval) -> bool:
    return len(exact_text(approval.arguments)) <= SHOWN_CHARACTERS


def parse_ids(texts: list[str]) -> list[UUID]:
    """Raises ``Invalid`` for what is no id."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Invalid(problems=[{"where": "ids", "message": f"not ids of approvals: {', '.join(texts)[:200]}"}]) from None


_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


def _check_arguments(approval: Approval, verdict: Verdict) -> None:
    if verdict.decision == "edit":
        if not isinstance(verdict.arguments, dict):
            _refuse("arguments", "edit-and-approve needs the complete arguments as a JSON object")
        else:
            check_arguments(approval.tool, verdict.arguments, approval.organization_id)
    elif verdict.arguments is not None:
        _refuse("arguments", "only the decision 'edit' takes arguments")


def _check_result(approval: Approval, verdict: Verdict) -> None:
    if verdict.decision != "answer":
        return
    if approval.options and verdict.result not in approval.options:
        _refuse("result", f"{verdict.result!r} is not among the answers: {', '.join(map(str, approval.options))}")
    if not isinstance(verdict.result, str) or not verdict.result.strip():
        _refuse("result", "an answer is a text that is not empty")


def _check_raise(approval: Approval, verdict: Verdict) -> None:
    if verdict.decision != "raise":
        if verdict.raise_by is not None:
            _refuse("raise_by", "only the decision 'raise' takes an amount")
        return
    if verdict.raise_by is None or not 0 < verdict.raise_by < 2**53:
        unit = MEASURES.get(str(approval.arguments.get("measure")), "units")
        _refuse("raise_by", f"by how much to raise the limit: a whole number of {unit} above 0, got {verdict.raise_by}")


def _refuse(where: str, message: str) -> None:
    raise Invalid(problems=[{"where": where, "message": message}])
