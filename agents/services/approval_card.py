"""What stands on an approval's card beside the request: why it was asked, from what, who decided what before, who looks on."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from agents.core.autonomy.budgets import in_words
from agents.core.runtime.events import EventType
from agents.models.approval import Approval, ApprovalKind, ApprovalStatus, ApprovalVote
from agents.models.run import RunEvent
from agents.services.approval_rules import (
    SHOWN_CHARACTERS,
    allowed_decisions,
    exact_text,
    is_shown_whole,
    may_bulk,
    may_grant,
    missing_votes,
    why_not,
)
from agents.services.delegation import list_delegates, may_delegate
from trust.core.principal import Principal
from trust.core.roles import Permission

HISTORY = 5
LOOK_BACK = 40  # events before the question among which the model's last message is looked for
LOOKING_S = 20.0  # how long somebody counts as looking on after they last said so


@dataclass(frozen=True, slots=True)
class Past:
    """Decisions on the same tool before: how many came to what, and the latest."""

    counts: tuple[tuple[str, int], ...]
    latest: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """All that a card tells one person. ``blocked``: why they may decide nothing; ``blocked_yes``: why not approve."""

    shown: str
    whole: bool
    size: int
    blocked: str
    blocked_yes: str
    allowed: tuple[str, ...]
    further_calls: bool
    bulk: bool
    votes: tuple[ApprovalVote, ...]
    missing: int
    why: dict[str, Any]
    inputs: Any
    thought: str
    past: Past
    diff: tuple[tuple[str, str], ...]
    delegates: tuple[Principal, ...]
    may_delegate: bool
    expiry: str
    seconds: int
    span: int
    budget: dict[str, Any]


def read_card(principal: Principal | None, approval: Approval) -> ApprovalCard:
    """The card of an approval that the caller has looked up for ``principal``."""
    pending = approval.status == ApprovalStatus.PENDING
    text = exact_text(approval.arguments)
    whole = is_shown_whole(approval)
    handing_over = bool(pending and principal and may_delegate(principal, approval))
    left = (approval.expires_at - timezone.now()).total_seconds() if approval.expires_at else 0.0
    return ApprovalCard(
        shown=text[:SHOWN_CHARACTERS],
        whole=whole,
        size=len(text),
        blocked=why_not(principal, approval, "reject") if principal else "Sign in to decide.",
        blocked_yes=_blocked_yes(principal, approval, whole),
        allowed=tuple(allowed_decisions(approval)),
        further_calls=may_grant(approval),
        bulk=may_bulk(approval),
        votes=tuple(approval.votes.all()),
        missing=missing_votes(approval),
        why=approval.policy or {},
        inputs={k: v for k, v in approval.run.inputs.items() if k != "session"} if approval.run.inputs else {},
        thought=_last_words(approval),
        past=_past(principal, approval),
        diff=_diff(approval),
        delegates=tuple(list_delegates(principal, approval)) if handing_over and principal else (),
        may_delegate=handing_over,
        expiry=_expiry(approval),
        seconds=max(0, round(left)),
        span=round((approval.expires_at - approval.created_at).total_seconds()) if approval.expires_at else 0,
        budget=_budget(approval),
    )


def note_looking(principal: Principal, approval: Approval) -> list[str]:
    """Notes that ``principal`` has the card before them; the labels of the others who have. A hint, kept in the cache only."""
    key, now = f"approval:looking:{approval.id}", timezone.now().timestamp()
    known: dict[str, tuple[str, float]] = cache.get(key) or {}
    here = {ref: seen for ref, seen in known.items() if now - seen[1] < LOOKING_S}
    here[principal.ref] = (principal.label, now)
    cache.set(key, here, LOOKING_S * 2)
    return sorted(label for ref, (label, _) in here.items() if ref != principal.ref)


def _blocked_yes(principal: Principal | None, approval: Approval, whole: bool) -> str:
    if not whole:
        return (
            f"The arguments have {len(exact_text(approval.arguments)):,} characters, more than a page can show whole"
            f" ({SHOWN_CHARACTERS:,}). What is not shown whole cannot be approved here: download it, then approve it over the"
            " API or the command line, which get all of it."
        )
    return why_not(principal, approval, "approve") if principal else ""


def _last_words(approval: Approval) -> str:
    """What the model said last before it asked: the newest model answer above the question in the journal."""
    asks = (EventType.APPROVAL_REQUESTED, EventType.QUESTION_ASKED, EventType.BUDGET_REACHED, EventType.OUTCOME_UNKNOWN)
    events = RunEvent.objects.filter(run_id=approval.run_id)
    asked = events.filter(path=approval.path, type__in=asks).order_by("seq").values_list("seq", flat=True).first()
    if asked is None:
        return ""
    before = events.filter(seq__lt=asked, type=EventType.STEP_FINISHED).order_by("-seq").values_list("payload", flat=True)
    for payload in before[:LOOK_BACK]:
        result = payload.get("result")
        if isinstance(result, dict) and isinstance(result.get("content"), str) and result["content"].strip():
            return str(result["content"])
    return ""


def _past(principal: Principal | None, approval: Approval) -> Past:
    if principal is None or not approval.tool or approval.kind != ApprovalKind.APPROVAL:
        return Past((), ())
    rows = Approval.objects.filter(organization_id=approval.organization_id, kind=ApprovalKind.APPROVAL, tool=approval.tool)
    rows = rows.exclude(status__in=[ApprovalStatus.PENDING, ApprovalStatus.WITHDRAWN]).exclude(pk=approval.pk)
    if not (principal.may(Permission.APPROVE) or principal.may(Permission.AUDIT)):
        rows = rows.filter(run__private_to="")
    recent = list(rows.order_by("-decided_at")[:100])
    counts = Counter(row.status for row in recent)
    return Past(tuple(counts.most_common()), tuple(recent[:HISTORY]))


def _diff(approval: Approval) -> tuple[tuple[str, str], ...]:
    """Line by line what a person changed: ``+``, ``-`` or a blank, and the line."""
    sent = approval.final_arguments
    if approval.kind == ApprovalKind.OUTCOME:  # what was sent may have been edited when it was approved
        rows = Approval.objects.filter(run_id=approval.run_id, path=approval.path, kind=ApprovalKind.APPROVAL)
        edited = rows.filter(status=ApprovalStatus.EDITED).order_by("-decided_at").first()
        sent = edited.final_arguments if edited else None
    if sent is None or sent == approval.arguments:
        return ()
    lines = difflib.ndiff(exact_text(approval.arguments).splitlines(), exact_text(sent).splitlines())
    return tuple((line[0], line[2:]) for line in lines if line[0] in "+- ")


def _expiry(approval: Approval) -> str:
    """What happens when nobody decides in time."""
    if not approval.expires_at:
        return ""
    if approval.kind == ApprovalKind.QUESTION:
        return "Then it counts as declined: the agent is told that nobody answered in time, and goes on."
    if approval.kind == ApprovalKind.APPROVAL:
        return "Then it counts as rejected: the call is not made, the agent is told so, and goes on."
    return "Then the step is stopped."


def _budget(approval: Approval) -> dict[str, Any]:
    """The account of a budget card in words, and a sensible amount to raise it by."""
    if approval.kind != ApprovalKind.BUDGET:
        return {}
    facts = approval.arguments
    measure = str(facts.get("measure", ""))
    limit, used = float(facts.get("limit") or 0), float(facts.get("used") or 0)
    reserved, needed = float(facts.get("reserved") or 0), float(facts.get("needed") or 0)
    suggested = int(max(needed * 2, limit * 0.5, used + reserved + needed - limit, 1))
    return {
        "title": facts.get("title") or facts.get("account"),
        "account": facts.get("account", ""),
        "measure": measure,
        "limit": in_words(measure, limit),
        "used": in_words(measure, used),
        "reserved": in_words(measure, reserved) if reserved else "",
        "needed": in_words(measure, needed),
        "percent": min(100, round(100 * used / limit)) if limit else 100,
        "suggested": suggested,
        "suggested_text": f"{suggested / 1_000_000:.6f}".rstrip("0").rstrip(".") if measure == "microusd" else str(suggested),
        "unit": "USD" if measure == "microusd" else measure,
    }
