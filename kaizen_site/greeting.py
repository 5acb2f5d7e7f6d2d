"""What a person reads in the terminal when the site is there: its address and a link that signs the owner in once."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def greet(owner: Any) -> str:
    """A few lines of text. Makes a fresh one-time link."""
    from trust.services.links import create_sign_in_link

    address = settings.ENV.public_url
    link = create_sign_in_link(owner)
    return (
        f"\n  Kaizen is at     {address}/\n"
        f"  Sign in once by  {address}{link}\n"
        f"  as {owner.email}. Data is in {settings.DATA_DIR}. Ctrl+C stops.\n"
    )
