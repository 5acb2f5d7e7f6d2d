"""Make an API key and print it; nobody can read it again."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from trust.core.roles import Permission, Role
from trust.services.keys import create_key
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.BUILDER.value)
    parser.add_argument("--name", default="command line", help="What uses the key.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")
    parser.add_argument(
        "--scope", action="append", choices=[right.value for right in Permission], help="Narrows the role; repeatable."
    )
    parser.add_argument("--days", type=int, default=None, help="The key works this long; for ever when left out.")


def run(
    say: Callable[[str], None], *, role: str, name: str, organization: str, scope: list[str] | None, days: int | None
) -> None:
    _, secret = create_key(
        owner_principal(organization),
        name=name,
        role=Role(role),
        scopes=None if scope is None else [Permission(right) for right in scope],
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
    )
    say(secret)
