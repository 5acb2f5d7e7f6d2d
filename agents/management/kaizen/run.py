"""Run an agent or a journey, watch it, and answer what it asks."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections

from agents.core.control import CLITransport, ControlClosed, ControlTransport, LinesTransport
from agents.core.control.quiet import OnlyTheEnd
from agents.core.spec.agent import AgentSpec
from agents.models.run import Run
from agents.services.definitions import get_version, load_spec
from agents.services.targets import start_published
from agents.services.terminal_run import TerminalRun, site_is_up
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal
from trust.services.setup import owner_principal

KINDS = ("agent", "journey")
PATIENCE_S = 5.0  # a running site's workers take a run within this
FAILED, WAITING, STOPPED = 1, 3, 130


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="Slug of the published agent or journey.")
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="JSON | NAME=VALUE | @FILE",
        help="The inputs: one JSON object, NAME=VALUE (repeatable), or @FILE with JSON.",
    )
    parser.add_argument("--follow", action="store_true", help="Show progress and text as they come, and ask you what it asks.")
    parser.add_argument("--detach", action="store_true", help="Start it, print its id, and leave it to the site's workers.")
    parser.add_argument("--json", action="store_true", help="Messages as JSON lines; without --follow only the last one.")
    parser.add_argument("--stdio", action="store_true", help="JSON lines both ways: replies are read from standard input.")
    parser.add_argument("--kind", choices=KINDS, default="", help="Where an agent and a journey have the same slug.")
    parser.add_argument("--version-number", type=int, default=None, help="Another version than the published one.")
    parser.add_argument("--budget", type=float, default=None, metavar="USD", help="What the run may cost, in dollars.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    name: str,
    input: list[str],  # noqa: A002 - the option's own name
    follow: bool,
    detach: bool,
    json: bool,
    stdio: bool,
    kind: str,
    version_number: int | None,
    budget: float | None,
    organization: str,
) -> None:
    """Ends the process with 0 (succeeded), 1 (failed), 3 (waits for a person) or 130 (stopped)."""
    logging.disable(logging.WARNING)  # the terminal is the person's; the engine's log is not wanted in it
    principal = acting(organization)
    kind, types = _find(principal, name, kind, version_number)
    started = start_published(
        principal=principal,
        kind=kind,
        slug=name,
        version=version_number,
        inputs=read_inputs(input, types),
        budget_microusd=None if budget is None else round(budget * 1_000_000),
    )
    if detach:
        say(str(started.id))
        return
    transport = _transport(follow=follow, as_json=json, stdio=stdio)
    sys.exit(follow_to_end(say, principal, started, transport, asks=follow or stdio, tells=not (json or stdio)))


def acting(organization: str) -> Principal:
    """Who the command line acts as. An embedded site that was never started is prepared first."""
    try:
        return owner_principal(organization)
    except (DatabaseError, Invalid):
        if not settings.EMBEDDED or organization:
            raise
        call_command("prepare", stdout=StringIO())
        return owner_principal(organization)


def follow_to_end(
    say: Callable[[str], None],
    principal: Principal,
    started: Run,
    transport: ControlTransport,
    *,
    asks: bool,
    tells: bool = True,
) -> int:
    """The exit code. Works on the run in this process where no site does."""
    followed = TerminalRun(principal, started, transport, asks=asks, patience_s=PATIENCE_S if site_is_up() else 0.0)
    try:
        asyncio.run(followed.follow())
    except ControlClosed as closed:
        sys.stderr.write(f"{closed}\n")
    finally:
        close_old_connections()
    if followed.ended is None:
        what = "; ".join(followed.waits_for) or "a person"
        command = f"manage.py kaizen approve|reject|answer {started.id}"
        sys.stderr.write(f"Run {started.id} waits: {what}. Decide it in the inbox, or: {command}\n")
        return WAITING
    status = followed.ended.status
    if tells and status != "succeeded":
        say(f"{settings.ENV.public_url}/runs/{started.id}/")
    return {"succeeded": 0, "cancelled": STOPPED}.get(status, FAILED)


def read_inputs(given: list[str], types: dict[str, str]) -> dict[str, Any]:
    """The inputs of the command line. ``types`` is the kind of each declared input: texts are taken as they are, the rest is
    read as JSON. Raises ``Invalid`` with the place of the fault."""
    inputs: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if text.startswith("@"):
            inputs |= _object(_file(text[1:]), text)
        elif text.lstrip().startswith("{"):
            inputs |= _object(text, "--input")
        elif sign and name:
            inputs[name] = value if types.get(name, "str") == "str" else _value(name, value)
        else:
            message = f"{text!r} is neither a JSON object nor NAME=VALUE nor @FILE"
            raise Invalid(problems=[{"where": "--input", "message": message}])
    return inputs


def _find(principal: Principal, name: str, kind: str, version: int | None) -> tuple[str, dict[str, str]]:
    """The kind of what is published under ``name``, and the kinds of its inputs."""
    found = []
    for each in [kind] if kind else KINDS:
        try:
            found.append((each, get_version(principal, each, name, version)))
        except NotFound:
            continue
    if not found:
        raise NotFound(f"No published {kind or ' and no '.join(KINDS)} has the slug '{name}'.")
    if len(found) > 1:
        raise Invalid(problems=[{"where": "--kind", "message": f"'{name}' is an agent and a journey: say which by --kind"}])
    spec = load_spec(principal.organization_id, found[0][1].digest)
    fields = spec.signature.inputs if isinstance(spec, AgentSpec) else ()
    return found[0][0], {field.name: field.type.kind for field in fields}


def _transport(*, follow: bool, as_json: bool, stdio: bool) -> ControlTransport:
    if stdio:
        return LinesTransport(sys.stdin, sys.stdout)
    shown: ControlTransport = LinesTransport(sys.stdin, sys.stdout) if as_json else CLITransport(sys.stdin, sys.stdout)
    return shown if follow else OnlyTheEnd(shown)


def _file(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text()
    except OSError as error:
        raise Invalid(problems=[{"where": "--input", "message": f"{path} cannot be read: {error.strerror}"}]) from None


def _object(text: str, where: str) -> dict[str, Any]:
    value = _parse(where, text)
    if not isinstance(value, dict):
        raise Invalid(problems=[{"where": where, "message": f"the inputs are a JSON object, this is: {text[:60]}"}])
    return value


def _value(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # the signature says what is wrong with it


def _parse(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Invalid(problems=[{"where": where, "message": f"this is no JSON: {error}"}]) from None
