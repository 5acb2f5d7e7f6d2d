"""Stop a run: after its step, or at once; a second time is at once."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from uuid import UUID

from agents.services.runs import cancel_run
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run_id", type=UUID)
    parser.add_argument("--now", action="store_true", help="Cancel what is under way instead of finishing the step.")
    parser.add_argument("--reason", default="", help="For the record.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(say: Callable[[str], None], *, run_id: UUID, now: bool, reason: str, organization: str) -> None:
    mode = "immediate" if now else "graceful"
    stopped = cancel_run(principal=owner_principal(organization), run_id=run_id, mode=mode, message=reason)
    say(f"Run {stopped.id} is {stopped.status}." if stopped.ended else f"Run {stopped.id} is asked to stop ({mode}).")
