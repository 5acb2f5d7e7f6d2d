"""Talk with a journey in the terminal; what it asks is asked here."""

from __future__ import annotations

import asyncio
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from io import StringIO
from json import loads
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections

from agents.services.definitions import get_version, version_spec
from agents.services.terminal_run import site_is_up
from journeys.models import Session
from journeys.services.sessions import get_session, open_session
from journeys.services.terminal_chat import TerminalChat
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.services.setup import owner_principal

PATIENCE_S = 5.0  # a running site's workers take a run within this


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("journey", help="Slug of the published journey.")
    parser.add_argument("--session", default="", help="Go on with this session (its id).")
    parser.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="A user variable of a new session; repeatable."
    )
    parser.add_argument("--version-number", type=int, default=None, help="Another version than the published one.")
    parser.add_argument("--json", action="store_true", help="JSON lines both ways.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    journey: str,
    session: str,
    var: list[str],
    version_number: int | None,
    json: bool,
    organization: str,
) -> None:
    """Ends with the input, or with the session. The session's id is told on the error stream."""
    logging.disable(logging.WARNING)  # the terminal is the person's
    principal = _acting(organization)
    found = _session(principal, journey, session, version_number, var)
    sys.stderr.write(f"Session {found.pk} (go on with: --session {found.pk})\n")
    patience = PATIENCE_S if site_is_up() else 0.0
    chat = TerminalChat(principal, found, sys.stdin, sys.stdout, as_json=json, patience_s=patience)
    try:
        asyncio.run(chat.talk())
    finally:
        close_old_connections()


def _session(principal: Principal, journey: str, session: str, version: int | None, given: list[str]) -> Session:
    if session:
        try:
            found = get_session(principal, UUID(session))
        except ValueError:
            raise Invalid(problems=[{"where": "--session", "message": f"{session!r} is no id of a session"}]) from None
        if found.slug != journey:
            raise Invalid(problems=[{"where": "--session", "message": f"it talks with {found.slug!r}, not with {journey!r}"}])
        return found
    types = {field.name: field.type.kind for field in _spec(principal, journey, version).variables}
    variables = _variables(given, types)
    return open_session(principal=principal, slug=journey, version=version, origin="cli", variables=variables)


def _spec(principal: Principal, journey: str, version: int | None) -> Any:
    return version_spec(get_version(principal, "journey", journey, version))


def _variables(given: list[str], types: dict[str, str]) -> dict[str, Any]:
    """Texts are taken as they are, the rest is read as JSON."""
    values: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise Invalid(problems=[{"where": "--var", "message": f"{text!r} is not NAME=VALUE"}])
        values[name] = value if types.get(name, "str") == "str" else _read(value)
    return values


def _read(text: str) -> Any:
    try:
        return loads(text)
    except ValueError:
        return text  # the journey's declaration says what is wrong with it


def _acting(organization: str) -> Principal:
    """Who the command line acts as. An embedded site that was never started is prepared first."""
    try:
        return owner_principal(organization)
    except (DatabaseError, Invalid):
        if not settings.EMBEDDED or organization:
            raise
        call_command("prepare", stdout=StringIO())
        return owner_principal(organization)
