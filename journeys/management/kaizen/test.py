"""Run the test conversations of a journey: exit code 0 all passed, 1 some failed or too little coverage, 2 could not run."""

from __future__ import annotations

import json as json_text
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents.services.definitions import get_definition
from journeys.core.testing.coverage import KINDS, Coverage, measure
from journeys.core.testing.junit import JUnitCase, write_junit
from journeys.management.progress import follow_quietly
from journeys.services.testing.cases import list_tests
from journeys.services.testing.coverage import summaries_of
from journeys.services.testing.rounds import RoundView, get_round, result_of, start_round
from journeys.services.testing.targets import Target, find_target
from trust.core.errors import Conflict, Invalid, KaizenError
from trust.core.principal import Principal
from trust.services.setup import owner_principal

FAILED, BROKEN = 1, 2


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("journey", help="Slug of the journey.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--version", "--version-number", dest="version_number", type=int, default=None, metavar="N", help="Test this version."
    )
    what.add_argument("--draft", action="store_true", help="Test the draft, also where a version is published.")
    parser.add_argument("--case", action="append", default=[], metavar="NAME", help="Only this case (repeatable).")
    parser.add_argument("--junit", default="", metavar="FILE", help="Write JUnit XML for a CI system.")
    parser.add_argument("--coverage-min", type=int, default=0, metavar="PCT", help="Fail below this transition coverage.")
    parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    journey: str,
    version_number: int | None,
    draft: bool,
    case: list[str],
    junit: str,
    coverage_min: int,
    json: bool,
    organization: str,
) -> None:
    """Ends the process with 0, 1 or 2."""
    logging.disable(logging.WARNING)  # the terminal is the person's
    try:
        principal = owner_principal(organization)
        target = find_target(principal, journey, None if draft else version_number or _published(principal, journey))
        view = _run(principal, journey, target, case, quiet=json)
    except KaizenError as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        sys.exit(BROKEN)
    coverage = measure(target.spec, summaries_of(view.results))
    if junit:
        _write(junit, journey, target, view, coverage)
    say(_json(view, coverage) if json else _told(view, coverage, coverage_min))
    if view.state == "stopped":
        sys.exit(BROKEN)
    short = coverage.percent("transition") < coverage_min
    sys.exit(FAILED if view.failed or short else 0)


def _published(principal: Principal, slug: str) -> int | None:
    published = get_definition(principal, "journey", slug).published
    return published.number if published else None


def _run(principal: Principal, slug: str, target: Target, names: list[str], *, quiet: bool) -> RoundView:
    chosen = None
    if names:
        known = {test.name: test.id for test in list_tests(principal, slug)}
        unknown = [name for name in names if name not in known]
        if unknown:
            told = f"there is no test {unknown[0]!r}; there is: {', '.join(known) or 'none'}"
            raise Invalid(problems=[{"where": "--case", "message": told}])
        chosen = [known[name] for name in names]
    number = None if target.what == "draft" else target.version.number
    made = start_round(principal=principal, slug=slug, version=number, tests=chosen)
    waits = follow_quietly(principal, made.run_id, quiet=quiet)
    if waits:
        raise Conflict(f"The run {made.run_id} waits for a person: {waits}. Decide it in the inbox.")
    return get_round(principal, slug, made.id)


def _write(path: str, slug: str, target: Target, view: RoundView, coverage: Coverage) -> None:
    cases = [JUnitCase(row.name, result_of(row)) for row in view.results]
    if view.state == "stopped":
        cases.append(JUnitCase("the round", None, view.note))
    percents: dict[str, int] = {kind: coverage.percent(kind) for kind in KINDS}
    text = write_junit(slug, target.what, cases, at=view.round.created_at, coverage=percents)
    try:
        Path(path).write_text(text)
    except OSError as error:
        sys.stderr.write(f"{path} cannot be written: {error.strerror}\n")
        sys.exit(BROKEN)


def _told(view: RoundView, coverage: Coverage, least: int) -> str:
    lines = []
    for row in view.results:
        result = result_of(row)
        lines.append(f"{'PASS' if row.passed else 'FAIL'}  {row.name}")
        lines += [f"      {reason}" for reason in result.reasons]
    lines.append(f"{view.passed} passed, {view.failed} failed of {view.round.cases} ({view.round.what})")
    if view.note:
        lines.append(f"Stopped: {view.note}")
    percent = coverage.percent("transition")
    lines.append(f"Transitions covered: {percent} %" + (f", required: {least} %" if least else ""))
    if percent < max(least, 100):
        lines.append(f"Not covered: {', '.join(coverage.untested('transition')) or 'none'}")
    return "\n".join(lines)


def _json(view: RoundView, coverage: Coverage) -> str:
    cases: list[dict[str, Any]] = [
        {"name": row.name, "passed": row.passed, "reasons": result_of(row).reasons} for row in view.results
    ]
    return json_text.dumps(
        {
            "state": view.state,
            "what": view.round.what,
            "passed": view.passed,
            "failed": view.failed,
            "note": view.note,
            "coverage": {kind: coverage.percent(kind) for kind in KINDS},
            "uncovered_transitions": coverage.untested("transition"),
            "cases": cases,
        },
        ensure_ascii=False,
    )
