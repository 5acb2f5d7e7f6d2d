"""Publish the gallery's journeys into an organization; safe to repeat."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from journeys.services.gallery import list_gallery, use_gallery_item
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(say: Callable[[str], None], *, organization: str) -> None:
    principal = owner_principal(organization)
    for item in list_gallery(principal):
        made = use_gallery_item(principal=principal, slug=item.slug)
        say(f"{made.slug} v{made.version}: {made.name}")
