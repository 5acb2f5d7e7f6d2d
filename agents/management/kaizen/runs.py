"""List the latest runs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from agents.models.run import RunStatus
from agents.services.runs import list_runs
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--status", choices=RunStatus.values, default=None)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(say: Callable[[str], None], *, status: str | None, limit: int, organization: str) -> None:
    rows = list_runs(owner_principal(organization), status=status, limit=limit)
    for row in rows:
        waits = (row.waiting_on or {}).get("title", "")
        say(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.status:<9}  {row.title}" + (f": {waits}" if waits else ""))
    if not rows:
        say("No runs yet. Start one: manage.py kaizen run <agent> --input question=...")
