"""Print a link that signs a person in once."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings

from trust.services.links import create_sign_in_link, create_sign_in_link_for
from trust.services.setup import ensure_owner


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", nargs="?", default="", help="Whose; the first owner's when left out.")
    parser.add_argument("--minutes", type=int, default=60, help="How long the link works.")


def run(say: Callable[[str], None], *, email: str, minutes: int) -> None:
    valid_for = timedelta(minutes=minutes)
    if email:
        path = create_sign_in_link_for(email, valid_for=valid_for)
    else:
        path = create_sign_in_link(ensure_owner()[0], valid_for=valid_for)
    say(f"{settings.ENV.public_url}{path}")
