"""Coverage of a journey from the database: what passing tests go through, and what real sessions have gone through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.services.definitions import get_definition
from journeys.core.spec import JourneySpec
from journeys.core.testing.coverage import Coverage, measure
from journeys.models import Message, MessageRole, TestResult
from journeys.services.testing.cases import list_tests
from journeys.services.testing.rounds import latest_results
from journeys.services.testing.targets import Target, find_target
from trust.core.principal import Principal

SEEN_TURNS = 5000  # the newest turns of real sessions that are looked at


def get_coverage(principal: Principal, slug: str, version: int | None = None) -> tuple[Target, Coverage]:
    """Of the draft, or of a version. Tests count by their newest result for exactly this content, and only when they pass."""
    target = find_target(principal, slug, version)
    return target, coverage_of(principal, slug, target.spec, target.digest)


def coverage_of(principal: Principal, slug: str, spec: JourneySpec, digest: str, *, sessions: bool = True) -> Coverage:
    results = latest_results(list_tests(principal, slug, enabled=True), digest).values()
    return measure(spec, summaries_of(results), _seen(principal, slug) if sessions else ())


def summaries_of(results: Any) -> Iterator[dict[str, Any]]:
    """The summaries of the turns of passing results."""
    found: TestResult
    for found in results:
        if found.passed:
            yield from (turn["summary"] for turn in found.result["turns"])


def _seen(principal: Principal, slug: str) -> list[dict[str, Any]]:
    """The summaries of answered turns of everybody's sessions with a version: where they went, never what was said."""
    definition = get_definition(principal, "journey", slug)
    answers = Message.objects.filter(session__definition=definition, role=MessageRole.ASSISTANT, turn__gt=0)
    kept = answers.filter(session__deleted_at=None).order_by("-created_at").values_list("payload", flat=True)[:SEEN_TURNS]
    return [payload for payload in kept if isinstance(payload, dict)]
