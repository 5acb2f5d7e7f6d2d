"""Approve what a run asks for, after reading it in full."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from uuid import UUID

from agents.core.control.terminal import plain
from agents.services.approval_rules import exact_text
from agents.services.approvals import decide_approval
from agents.services.waiting_requests import find_waiting
from trust.core.errors import Invalid
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=UUID, help="Of the approval, or of the run that waits.")
    parser.add_argument("--yes", action="store_true", help="Do not ask again; for scripts.")
    parser.add_argument("--digest", default="", help="Approve only if this is the digest of what is asked.")
    parser.add_argument("--further-calls", action="store_true", help="Also all further calls of this tool in this session.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    id: UUID,  # noqa: A002 - the option's own name
    yes: bool,
    digest: str,
    further_calls: bool,
    organization: str,
) -> None:
    principal = owner_principal(organization)
    approval = find_waiting(principal, id)
    say(f"{plain(approval.title)}  [{approval.risk} risk]\n{approval.tool}\n{exact_text(approval.arguments)}")
    if not yes:
        if not sys.stdin.isatty():
            raise Invalid("Nobody is there to confirm it: add --yes.")
        if input("Approve exactly this? Type yes: ").strip().lower() not in ("y", "yes"):
            say("Nothing was decided.")
            return
    done = decide_approval(
        principal=principal,
        approval_id=approval.id,
        decision="approve",
        seen_digest=digest or approval.digest,
        further_calls=further_calls,
    )
    say("Approved." if done.status != "pending" else "Your approval counts; others must approve as well.")
