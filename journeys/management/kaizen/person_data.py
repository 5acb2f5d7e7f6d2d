"""Export everything of a person as JSON, or erase it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable

from journeys.services.personal import erase_person, export_person
from trust.services.setup import owner_principal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("who", help="user:<id>, key:<id>, guest:<id>, or the id that an embedding site gives the person.")
    parser.add_argument("--erase", action="store_true", help="Erase instead of export; there is no way back.")
    parser.add_argument("--reason", default="", help="Why, for the record of the erasure.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(say: Callable[[str], None], *, who: str, erase: bool, reason: str, organization: str) -> None:
    principal = owner_principal(organization)
    if erase:
        done = erase_person(principal=principal, who=who, reason=reason)
        say("erased: " + ", ".join(f"{count} {name}" for name, count in done.counts.items()))
        return
    say(json.dumps(export_person(principal, who), indent=1, ensure_ascii=False))
