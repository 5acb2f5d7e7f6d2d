"""Rounds: cases run against the draft or a version, in the background, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from agents.services.definitions import get_definition
from agents.services.models import describe_model
from agents.services.runs import cancel_run, start_run
from journeys.core.testing.running import CaseResult
from journeys.core.testing.suite import SuiteCase, SuiteSpec
from journeys.models import JourneyTest, TestResult, TestRound
from journeys.services.testing.cases import case_of, get_test, list_tests
from journeys.services.testing.targets import find_target
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

UNDER_WAY = ("queued", "running", "waiting")
SHOWN_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round as people read it. ``state``: ``running``, ``passed``, ``failed``, or ``stopped`` when it did not come to its
    end; ``note`` says why then."""

    round: TestRound
    state: str
    passed: int
    failed: int
    note: str = ""
    results: tuple[TestResult, ...] = ()

    @property
    def done(self) -> int:
        return self.passed + self.failed

    @property
    def percent(self) -> int:
        return 100 * self.done // self.round.cases if self.round.cases else 100


@dataclass(frozen=True, slots=True)
class TestRow:
    """A case with its newest result for each spec that was tested, by digest."""

    __test__ = False

    test: JourneyTest
    latest: TestResult | None
    by_spec: dict[str, TestResult] = field(default_factory=dict)

    @property
    def is_stale(self) -> bool:
        """Whether the case was changed after its newest result."""
        return self.latest is not None and self.latest.case_digest != self.test.digest


def start_round(
    *, principal: Principal, slug: str, version: int | None = None, tests: Sequence[UUID] | None = None
) -> TestRound:
    """Runs cases (all that are switched on, or the given ones) on the draft or a version. Raises ``Invalid`` when there are
    none, or when the draft cannot run."""
    target = find_target(principal, slug, version)
    chosen = list_tests(principal, slug, enabled=True) if tests is None else [get_test(principal, slug, t) for t in tests]
    if not chosen:
        raise Invalid(problems=[{"where": "tests", "message": "the journey has no test that is switched on; make one first"}])
    spec = SuiteSpec(
        name=f"Tests of {target.spec.name} ({target.what})"[:200],
        journey=target.spec,
        cases=tuple(SuiteCase(id=str(test.id), case=case_of(test)) for test in chosen),
    )
    with transaction.atomic():
        made = TestRound.objects.create(
            organization_id=principal.organization_id,
            definition=target.definition,
            spec_digest=target.digest,
            what=target.what,
            cases=len(chosen),
            model_label=describe_model(principal).label[:200],
            created_by=principal.ref,
            created_by_label=principal.label,
        )
        made.run = start_run(principal=principal, spec=spec, inputs={"round": str(made.id)}, version=target.version)
        made.save(update_fields=["run"])
    return made


def cancel_round(*, principal: Principal, slug: str, round_id: UUID) -> None:
    """Stops a round that is under way; the results that are there stay."""
    found = _round(principal, slug, round_id)
    if found.run_id is not None:
        cancel_run(principal=principal, run_id=found.run_id)


def get_round(principal: Principal, slug: str, round_id: UUID) -> RoundView:
    found = _round(principal, slug, round_id)
    return _view(found, tuple(found.results.select_related("test")))


def list_rounds(principal: Principal, slug: str, limit: int = SHOWN_ROUNDS) -> list[RoundView]:
    """Newest first."""
    rounds = TestRound.objects.filter(definition=get_definition(principal, "journey", slug)).select_related("run")
    return [_view(each, tuple(each.results.all())) for each in rounds.prefetch_related("results")[:limit]]


def get_result(principal: Principal, slug: str, result_id: UUID) -> TestResult:
    rows = TestResult.objects.filter(round__organization_id=principal.organization_id, round__definition__slug=slug)
    found = rows.select_related("round__definition", "round__run", "test").filter(pk=result_id).first()
    if found is None:
        raise NotFound(f"The journey {slug!r} has no test result {result_id}.")
    return found


def result_of(row: TestResult) -> CaseResult:
    return CaseResult.model_validate(row.result)


def list_rows(principal: Principal, slug: str) -> list[TestRow]:
    """Every case with its newest results."""
    tests = list_tests(principal, slug)
    by_test: dict[UUID, list[TestResult]] = {}
    newest = TestResult.objects.filter(test__in=tests).select_related("round").defer("result", "case")
    for result in newest.order_by("-created_at"):
        by_test.setdefault(result.test_id, []).append(result)
    rows = []
    for test in tests:
        mine = by_test.get(test.id, [])
        by_spec: dict[str, TestResult] = {}
        for result in mine:
            by_spec.setdefault(result.spec_digest, result)
        rows.append(TestRow(test, mine[0] if mine else None, by_spec))
    return rows


def latest_results(tests: Sequence[JourneyTest], spec_digest: str) -> dict[UUID, TestResult]:
    """The newest result of each test for exactly this spec and exactly this content of the case; stale ones are none."""
    found: dict[UUID, TestResult] = {}
    content = {test.id: test.digest for test in tests}
    for result in TestResult.objects.filter(test__in=tests, spec_digest=spec_digest).order_by("-created_at"):
        if result.case_digest == content[result.test_id]:
            found.setdefault(result.test_id, result)
    return found


def _round(principal: Principal, slug: str, round_id: UUID) -> TestRound:
    rows = TestRound.objects.filter(organization_id=principal.organization_id, definition__slug=slug)
    found = rows.select_related("run", "definition").filter(pk=round_id).first()
    if found is None:
        raise NotFound(f"The journey {slug!r} has no round of tests {round_id}.")
    return found


def _view(found: TestRound, results: tuple[TestResult, ...]) -> RoundView:
    passed = sum(result.passed for result in results)
    failed = len(results) - passed
    run: Any = found.run
    status = run.status if run is not None else ""
    if status in UNDER_WAY:
        return RoundView(found, "running", passed, failed, "", results)
    if len(results) < found.cases:
        error = (run.error or {}).get("message", "") if run is not None else ""
        note = error or f"{len(results)} of {found.cases} cases were run; the run is {status or 'gone'}"
        return RoundView(found, "stopped", passed, failed, note, results)
    return RoundView(found, "failed" if failed else "passed", passed, failed, "", results)
