"""Reject what a run asks for, with a reason that the agent is told."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from uuid import UUID

from agents.services.approvals import decide_approval
from agents.services.waiting_requests import find_waiting
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=UUID, help="Of the approval, or of the run that waits.")
    parser.add_argument("reason", nargs="+", help="Why, in words.")
    parser.add_argument("--ask-back", action="store_true", help="It is a question: the agent explains and may ask again.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    id: UUID,  # noqa: A002 - the option's own name
    reason: list[str],
    ask_back: bool,
    organization: str,
) -> None:
    principal = owner_principal(organization)
    approval = find_waiting(principal, id)
    stops = approval.kind in ("outcome", "budget")
    decide_approval(
        principal=principal,
        approval_id=approval.id,
        decision="ask_back" if ask_back else "stop" if stops else "reject",
        seen_digest=approval.digest,
        reason=" ".join(reason),
    )
    say("Asked back." if ask_back else "Stopped." if stops else "Rejected.")
