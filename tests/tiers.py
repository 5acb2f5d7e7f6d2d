"""Tiers of tests: counts them at the end, and turns a skipped test of a required tier into a failure.

``KAIZEN_REQUIRE_TIERS=production,browser`` names the required ones; ``all`` means every tier. A required tier must have
run at least one test.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import pytest

TIERS = ("embedded", "production", "browser", "local_model", "crash")
_outcomes: Counter[tuple[str, str]] = Counter()


def tiers_of(item: pytest.Item) -> list[str]:
    """The tiers that a test belongs to: its markers, else ``embedded``."""
    marked = [tier for tier in TIERS if item.get_closest_marker(tier)]
    return marked or ["embedded"]


def required_tiers() -> set[str]:
    named = {name.strip() for name in os.environ.get("KAIZEN_REQUIRE_TIERS", "").split(",") if name.strip()}
    unknown = named - {*TIERS, "all"}
    if unknown:
        raise pytest.UsageError(f"KAIZEN_REQUIRE_TIERS: {', '.join(unknown)} is no tier; there are {', '.join(TIERS)}, all")
    return set(TIERS) if "all" in named else named


def pytest_configure() -> None:
    """A misspelt tier must not pass as one that is not required."""
    required_tiers()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        due = required_tiers() & set(tiers_of(item))
        if due:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}\nmust not be skipped, because {', '.join(sorted(due))} is required here: {reason}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Also in the process that collects from others, which has reports but no items."""
    if report.when == "call" or report.outcome != "passed":
        for tier in [tier for tier in TIERS if tier in report.keywords] or ["embedded"]:
            _outcomes[tier, report.outcome] += 1


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A required tier without a single test that ran is a failure too, unless only a part was asked for."""
    if hasattr(session.config, "workerinput"):
        return
    empty = [tier for tier in required_tiers() if not _outcomes[tier, "passed"] + _outcomes[tier, "failed"]]
    if empty and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("tiers", sep="-")
    required = required_tiers()
    for tier in TIERS:
        counts = ", ".join(f"{_outcomes[tier, o]} {o}" for o in ("passed", "failed", "skipped") if _outcomes[tier, o])
        note = " (required)" if tier in required else ""
        terminalreporter.write_line(f"{tier}{note}: {counts or 'no test ran'}")
