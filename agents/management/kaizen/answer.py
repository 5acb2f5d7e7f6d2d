"""Answer a run's question."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from uuid import UUID

from agents.services.approvals import decide_approval
from agents.services.waiting_requests import find_waiting
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", type=UUID, help="Of the question, or of the run that waits.")
    parser.add_argument("answer", nargs="+", help="One of the question's options where it has some.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    id: UUID,  # noqa: A002 - the option's own name
    answer: list[str],
    organization: str,
) -> None:
    principal = owner_principal(organization)
    question = find_waiting(principal, id)
    decide_approval(
        principal=principal,
        approval_id=question.id,
        decision="answer",
        seen_digest=question.digest,
        result=" ".join(answer),
    )
    say("Answered.")
