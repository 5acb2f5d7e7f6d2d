"""A run as evidence: everything that is known of it in one JSON document, the same for the same run each time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from agents.core.inspect.account import fold_account
from agents.core.spec.runnable import canonical
from agents.models.approval import Approval, ApprovalVote
from agents.models.run import Run
from agents.services.definitions import load_spec
from agents.services.inspection import read_journal
from agents.services.live import event_body
from agents.services.runs import get_run
from trust.core.canonical import digest
from trust.core.principal import Principal

FORMAT = "kaizen.run/1"
RUN_FIELDS = (
    "kind",
    "title",
    "spec_digest",
    "status",
    "waiting_on",
    "inputs",
    "output",
    "error",
    "created_by",
    "created_by_label",
    "attempt",
    "crashes",
    "last_seq",
    "stop",
    "parent_path",
    "budget_microusd",
    "budget_tokens",
    "budget_calls",
    "spent_microusd",
    "input_tokens",
    "output_tokens",
    "calls",
    "cost_unknown",
    "forked_at_path",
)
TIMES = ("created_at", "started_at", "finished_at", "deadline_at", "cancel_requested_at")
APPROVAL_FIELDS = (
    "path",
    "kind",
    "title",
    "risk",
    "tool",
    "arguments",
    "options",
    "digest",
    "agent",
    "policy",
    "quorum",
    "other_person",
    "status",
    "reason",
    "final_arguments",
    "decided_by",
    "decided_by_label",
)


def export_run(principal: Principal, run_id: UUID) -> dict[str, Any]:
    """``run``, the ``spec`` that ran, all ``events`` and ``approvals``, and ``digest`` over all of it (RFC 8785, SHA-256).

    Raises ``NotFound``. The account is folded from the events, so that a reader can check the row's numbers.
    """
    run = get_run(principal, run_id)
    document = {
        "format": FORMAT,
        "run": _run(run),
        "spec": canonical(load_spec(run.organization_id, run.spec_digest)),
        "events": [event_body(event) for event in run.events.order_by("seq")],
        "approvals": [_approval(found) for found in run.approvals.order_by("created_at", "id")],
        "account": _account(run),
    }
    return {**document, "digest": _digest(document)}


def _digest(document: dict[str, Any]) -> str | None:
    """``None`` where a tool's result holds a number that canonical JSON has no form for."""
    try:
        return digest(document)
    except ValueError:
        return None


def _run(run: Run) -> dict[str, Any]:
    version = run.version
    return {
        "id": str(run.id),
        **{name: getattr(run, name) for name in RUN_FIELDS},
        **{name: _time(getattr(run, name)) for name in TIMES},
        "definition": {"slug": version.definition.slug, "version": version.number} if version else None,
        "forked_from": str(run.forked_from_id) if run.forked_from_id else None,
        "parent": str(run.parent_id) if run.parent_id else None,
    }


def _approval(found: Approval) -> dict[str, Any]:
    votes = [_vote(vote) for vote in found.votes.all()]
    times = {name: _time(getattr(found, name)) for name in ("created_at", "decided_at", "expires_at")}
    return {"id": str(found.id), **{name: getattr(found, name) for name in APPROVAL_FIELDS}, **times, "votes": votes}


def _vote(vote: ApprovalVote) -> dict[str, Any]:
    return {
        "by": vote.by,
        "by_label": vote.by_label,
        "reason": vote.reason,
        "seen_digest": vote.seen_digest,
        "at": _time(vote.at),
    }


def _account(run: Run) -> dict[str, Any]:
    account = fold_account(read_journal(run))
    return {name: getattr(account, name) for name in account.__slots__}


def _time(value: Any) -> str | None:
    return value.isoformat() if value else None
