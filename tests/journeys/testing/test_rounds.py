"""Rounds in the background, coverage, and the publish gate: results count for exactly the content they are of."""

from __future__ import annotations

from typing import Any

import pytest

from agents.services.definitions import get_definition, publish_draft, save_draft
from journeys.models import TestResult
from journeys.services.testing.cases import case_of, enable_test, update_test
from journeys.services.testing.coverage import get_coverage
from journeys.services.testing.gate import GateClosed, set_gate
from journeys.services.testing.rounds import get_round, start_round
from tests.factories.people import People
from tests.journeys.testing.drafts import add_case, desk_draft, finish_round, make_desk
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]


def run_all(principal: Principal, version: int | None = None) -> Any:
    made = start_round(principal=principal, slug="desk", version=version)
    finish_round(made)
    return get_round(principal, "desk", made.id)


def test_a_round_runs_every_case_and_tells_red_from_green(alice: Principal) -> None:
    make_desk(alice)
    add_case(alice, "bill", "My invoice is wrong", "billing")
    add_case(alice, "wrong", "My invoice is wrong", "refund")
    view = run_all(alice)
    assert (view.state, view.passed, view.failed) == ("failed", 1, 1)
    assert {r.name: r.passed for r in view.results} == {"bill": True, "wrong": False}
    assert view.round.run.output == {"cases": 2, "passed": 1, "failed": 1}


def test_a_journey_without_tests_starts_no_round(alice: Principal) -> None:
    make_desk(alice)
    with pytest.raises(Invalid, match="no test that is switched on"):
        start_round(principal=alice, slug="desk")


def test_coverage_tells_tested_from_never(alice: Principal) -> None:
    make_desk(alice)
    add_case(alice, "bill", "My invoice is wrong", "billing")
    run_all(alice)
    _, coverage = get_coverage(alice, "desk")
    assert {i.id: i.state for i in coverage.of("transition")} == {"to_billing": "tested", "to_refund": "never"}
    assert {i.id: i.state for i in coverage.of("pathway")} == {"start": "tested", "billing": "tested", "refund": "never"}
    assert coverage.percent("transition") == 50
    painted = coverage.paint()
    assert painted["edges"]["to_refund"] == {"covered": False, "state": "never", "kind": "transition"}
    assert painted["nodes"]["billing"]["covered"]


def test_the_gate_names_failing_tests_and_uncovered_transitions(alice: Principal) -> None:
    make_desk(alice)
    add_case(alice, "wrong", "My invoice is wrong", "refund")
    set_gate(principal=alice, slug="desk", require_tests=True, min_coverage=100)
    run_all(alice)
    with pytest.raises(GateClosed) as refused:
        publish_draft(alice, "journey", "desk")
    told = {p["where"]: p["message"] for p in refused.value.problems}
    assert told["tests.wrong"] == "fails on this content"
    assert set(told) == {"tests.wrong", "transitions.to_billing", "transitions.to_refund"}
    assert get_definition(alice, "journey", "desk").published is None


def test_the_gate_opens_for_exactly_the_content_that_was_tested(alice: Principal) -> None:
    make_desk(alice)
    add_case(alice, "bill", "My invoice is wrong", "billing")
    add_case(alice, "money", "I want my money back", "refund")
    set_gate(principal=alice, slug="desk", require_tests=True, min_coverage=100)
    with pytest.raises(GateClosed, match="has no result for this content; run the tests now"):
        publish_draft(alice, "journey", "desk")
    run_all(alice)
    assert publish_draft(alice, "journey", "desk").version.number == 1
    save_draft(alice, "journey", "desk", desk_draft(greeting="Good day."), 1)
    with pytest.raises(GateClosed, match="has no result for this content"):
        publish_draft(alice, "journey", "desk")


def test_a_changed_case_makes_its_results_stale_and_one_that_is_off_is_not_asked_for(alice: Principal) -> None:
    make_desk(alice)
    test = add_case(alice, "bill", "My invoice is wrong", "billing")
    other = add_case(alice, "wrong", "My invoice is wrong", "refund")
    set_gate(principal=alice, slug="desk", require_tests=True, min_coverage=0)
    run_all(alice)
    enable_test(principal=alice, slug="desk", test_id=other.id, enabled=False)
    case = case_of(test).model_copy(update={"description": "changed"})
    update_test(principal=alice, slug="desk", test_id=test.id, case=case)
    with pytest.raises(GateClosed, match="bill: has no result"):
        publish_draft(alice, "journey", "desk")
    run_all(alice)
    assert publish_draft(alice, "journey", "desk").created


def test_a_result_is_stored_once_and_only_by_the_rounds_own_run(alice: Principal, people: People) -> None:
    from journeys.adapters.testing import record_result

    make_desk(alice)
    add_case(alice, "bill", "My invoice is wrong", "billing")
    view = run_all(alice)
    row = view.results[0]
    data = {
        "round": str(view.round.id),
        "test": str(row.test_id),
        "case": "x",
        "content": {},
        "result": {"name": "bill", "passed": False},
    }
    assert record_result(data, str(view.round.run_id), lambda _: None) == {"stored": True}
    assert record_result(data, "00000000-0000-4000-8000-000000000000", lambda _: None) == {"stored": False}
    assert [r.passed for r in TestResult.objects.all()] == [True]
    with pytest.raises(NotFound):
        get_round(people.principal(people.charlie), "desk", view.round.id)
