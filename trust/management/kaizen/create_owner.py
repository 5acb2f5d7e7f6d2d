"""Make an organization with its owner and print a link that signs the owner in once."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings

from trust.services.links import create_sign_in_link
from trust.services.setup import FIRST_ORGANIZATION, create_owner


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--email", required=True, help="The owner's login; an account is made when there is none.")
    parser.add_argument("--organization", default=FIRST_ORGANIZATION, help="Name of the new organization.")
    parser.add_argument("--admin", action="store_true", help="Also let this person into the admin of the whole site.")


def run(say: Callable[[str], None], *, email: str, organization: str, admin: bool) -> None:
    user, made = create_owner(email=email, organization=organization, is_operator=admin)
    say(f"{user.email} owns {made.name} ({made.slug}).")
    say(f"{settings.ENV.public_url}{create_sign_in_link(user)}")
