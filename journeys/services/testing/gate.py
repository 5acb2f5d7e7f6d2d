"""The publish gate: what a journey's tests must have shown of exactly the content that is to be published.

``check_publish_gate`` is the one way through, whoever publishes: page, API, command line, promotion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.utils import timezone

from agents.services.definitions import get_definition, load_spec
from journeys.core.spec import JourneySpec
from journeys.models import PublishGate
from journeys.services.testing.cases import list_tests
from journeys.services.testing.coverage import coverage_of
from journeys.services.testing.rounds import latest_results
from trust.core.errors import Invalid, Problem
from trust.core.principal import Principal


class GateClosed(Invalid):
    """The journey's own gate keeps this content from being published; ``problems`` names tests and transitions."""

    code = "gate_closed"
    title = "The tests do not allow this yet"


@dataclass(frozen=True, slots=True)
class GateState:
    """``problems`` is empty when the gate is open. ``failing``, ``missing`` (no result for this content) and ``uncovered``
    are names for people; they are filled in whatever the gate demands."""

    gate: PublishGate
    problems: tuple[Problem, ...]
    passing: int
    failing: tuple[str, ...]
    missing: tuple[str, ...]
    coverage: int
    uncovered: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return not self.problems


def get_gate(principal: Principal, slug: str) -> PublishGate:
    """The journey's gate; one that was never set asks for nothing."""
    definition = get_definition(principal, "journey", slug)
    return PublishGate.objects.filter(definition=definition).first() or PublishGate(definition=definition)


def set_gate(*, principal: Principal, slug: str, require_tests: bool, min_coverage: int) -> PublishGate:
    if not 0 <= min_coverage <= 100:
        message = f"is a whole number of percent from 0 to 100, got {min_coverage}"
        raise Invalid(problems=[{"where": "min_coverage", "message": message}])
    gate, _ = PublishGate.objects.update_or_create(
        definition=get_definition(principal, "journey", slug),
        defaults={
            "require_tests": require_tests,
            "min_coverage": min_coverage,
            "changed_by_label": principal.label,
            "changed_at": timezone.now(),
        },
    )
    return gate


def check_publish_gate(principal: Principal, slug: str, spec_digest: str) -> None:
    """Raises ``GateClosed`` that names every failing or missing test and every transition that no passing test takes."""
    gate = get_gate(principal, slug)
    if not gate.require_tests and not gate.min_coverage:
        return
    spec = cast(JourneySpec, load_spec(principal.organization_id, spec_digest))
    problems = look_at_gate(principal, slug, spec, spec_digest).problems
    if problems:
        raise GateClosed(problems=list(problems))


def look_at_gate(principal: Principal, slug: str, spec: JourneySpec, spec_digest: str) -> GateState:
    """Where the gate stands for this content; refuses nothing."""
    gate = get_gate(principal, slug)
    tests = list_tests(principal, slug, enabled=True)
    results = latest_results(tests, spec_digest)
    failing = tuple(test.name for test in tests if test.id in results and not results[test.id].passed)
    missing = tuple(test.name for test in tests if test.id not in results)
    coverage = coverage_of(principal, slug, spec, spec_digest, sessions=False)
    percent, uncovered = coverage.percent("transition"), coverage.untested("transition")
    problems: list[Problem] = []
    if gate.require_tests:
        if not tests:
            problems.append({"where": "tests", "message": "passing tests are required, and the journey has none"})
        problems += [{"where": f"tests.{name}", "message": "fails on this content"} for name in failing]
        problems += [
            {"where": f"tests.{name}", "message": "has no result for this content; run the tests now"} for name in missing
        ]
    if percent < gate.min_coverage:
        told = f"passing tests take {percent} % of the transitions, {gate.min_coverage} % are required"
        problems += [{"where": f"transitions.{name}", "message": f"no passing test takes it ({told})"} for name in uncovered]
    return GateState(
        gate, tuple(problems), len(tests) - len(failing) - len(missing), failing, missing, percent, tuple(uncovered)
    )
