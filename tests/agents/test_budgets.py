"""Budgets on the real engine: nothing is overspent, a limit makes a run wait, what is raised lets it go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agents.core.runtime.events import EventType
from agents.core.spec.agent import AgentSpec, Limits
from agents.models import Approval, Budget, ModelCall, Run
from agents.services.approvals import decide_approval
from agents.services.budgets import set_budget
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import sweep
from agents.services.runs import cancel_run
from tests.agents.test_execution import agent, ask, run_until, script, types, wait_for
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

__all__ = ["script"]
pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
DEAR = {"match": "nobody ever asks this", "usage": {"cost_microusd": 50_000}}  # the worst case is dearer than what is asked


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def answer(cost: int = 30_000, tokens: int = 10, **more: Any) -> dict[str, Any]:
    usage = {"cost_microusd": cost, "input_tokens": tokens, "output_tokens": 10}
    return {"match": "Why?", "json": {"response": "Because."}, "usage": usage, **more}


def organization_budget(principal: Principal, **limits: Any) -> Budget:
    return set_budget(principal=principal, scope="organization", **limits)


def open_card(run: Run) -> Approval:
    return Approval.objects.get(run=run, status="pending")


def decide(principal: Principal, card: Approval, decision: str, **more: Any) -> Approval:
    return decide_approval(
        principal=principal, approval_id=card.id, decision=decision, seen_digest=card.digest, reason="seen", **more
    )


@pytest.mark.slow
def test_fifty_runs_at_once_never_pass_a_budget_of_one_dollar(alice: Principal, script: Script) -> None:
    script(answer(latency_s=0.05), DEAR)
    budget = organization_budget(alice, limit_microusd=1_000_000)
    runs = [ask(alice, agent()) for _ in range(50)]
    for run in runs:
        get_engine().offer(run.id)
    highest, deadline = 0, time.monotonic() + 40
    while Run.objects.filter(status__in=["queued", "running"]).exists() and time.monotonic() < deadline:
        budget.refresh_from_db()
        highest = max(highest, budget.spent_microusd + budget.reserved_microusd)
        time.sleep(0.01)
    budget.refresh_from_db()
    done = Run.objects.filter(status="succeeded").count()
    assert (done, Run.objects.filter(status="waiting").count()) == (32, 18), "0.96 are spent: the next may cost 0.05"
    assert (budget.spent_microusd, budget.reserved_microusd) == (960_000, 0)
    assert highest <= 1_000_000
    assert ModelCall.objects.count() == 32


def test_a_run_waits_at_its_limit_and_goes_on_when_it_is_raised(alice: Principal, script: Script) -> None:
    script(answer(cost=500))
    run = run_until(ask(alice, agent(), budget_microusd=499), "waiting")
    card = open_card(run)
    assert card.kind == "budget"
    assert card.title == "The next call may need $0.0005, but this run may use $0.000499 and has used $0"
    decide(alice, card, "raise", raise_by=1)
    run = run_until(run, "succeeded", "failed")
    run.refresh_from_db()
    assert (run.status, run.spent_microusd, run.reserved_microusd, run.budget_microusd) == ("succeeded", 500, 0, 500)
    assert types(run).count("budget.decided") == 1


def test_stop_at_a_limit_fails_the_run_with_the_reason(alice: Principal, script: Script) -> None:
    log = script(answer(cost=500))
    run = run_until(ask(alice, agent(), budget_microusd=499), "waiting")
    decide(alice, open_card(run), "stop")
    run = run_until(run, "failed")
    assert run.error == {"code": "budget_exceeded", "message": "seen"}
    assert not log.exists()


def test_the_real_cost_is_settled_when_the_last_step_ends_the_run(alice: Principal, script: Script) -> None:
    script(answer(), DEAR)
    budget = organization_budget(alice, limit_microusd=1_000_000)
    run = run_until(ask(alice, agent()), "succeeded")
    budget.refresh_from_db()
    assert (run.spent_microusd, run.reserved_microusd, budget.spent_microusd, budget.reserved_microusd) == (
        30_000,
        0,
        30_000,
        0,
    )


def test_a_call_that_is_cut_off_stays_on_every_bill_at_its_worst_case(alice: Principal, script: Script) -> None:
    script(answer(latency_s=30), DEAR)
    budget = organization_budget(alice, limit_microusd=1_000_000)
    run = ask(alice, agent())
    get_engine().offer(run.id)
    while EventType.STEP_STARTED.value not in types(run):
        time.sleep(0.02)
    cancel_run(principal=alice, run_id=run.id)
    run = wait_for(run, "cancelled")
    budget.refresh_from_db()
    assert (run.spent_microusd, budget.spent_microusd, budget.reserved_microusd) == (50_000, 50_000, 0)


@pytest.mark.parametrize(
    ("limits", "measure"),
    [({"limit_calls": 1}, "calls"), ({"limit_tokens": 2000}, "tokens"), ({"limit_microusd": 70_000}, "microusd")],
)
def test_every_measure_holds_the_second_run_up(alice: Principal, script: Script, limits: Any, measure: str) -> None:
    script(answer(tokens=1000), DEAR)
    organization_budget(alice, **limits)
    assert run_until(ask(alice, agent()), "succeeded", "waiting").status == "succeeded"
    card = open_card(run_until(ask(alice, agent()), "waiting"))
    assert (card.arguments["measure"], card.arguments["title"]) == (measure, "the organization")


def test_the_limits_of_an_agent_hold_within_its_run(alice: Principal, script: Script) -> None:
    script({"match": "Why?", "text": "no JSON"}, answer())
    run = run_until(ask(alice, agent(limits=Limits(calls=1))), "waiting")
    card = open_card(run)
    assert (card.arguments["measure"], card.arguments["used"], card.arguments["limit"]) == ("calls", 1, 1)
    decide(alice, card, "raise", raise_by=1)
    run = run_until(run, "waiting", "failed", "succeeded")
    assert run.status == "waiting", "the answer was wrong again, and the limit is reached again"


def test_working_time_is_a_limit_too_and_waiting_does_not_count(alice: Principal, script: Script) -> None:
    script({"match": "", "text": "no JSON", "latency_s": 0.3, "times": 1}, answer())
    run = run_until(ask(alice, agent(limits=Limits(seconds=0.2))), "waiting")
    card = open_card(run)
    assert card.arguments["measure"] == "seconds"
    time.sleep(0.5)
    decide(alice, card, "raise", raise_by=5)
    assert run_until(run, "succeeded", "failed").status == "succeeded"


def test_budgets_are_nested_and_the_tightest_holds(alice: Principal, script: Script) -> None:
    script(answer(), DEAR)
    organization_budget(alice, limit_microusd=1_000_000)
    first = run_until(ask(alice, agent(), queue_key="session:1", queue_pos=1), "succeeded")
    set_budget(principal=alice, scope="session", scope_key="session:1", limit_microusd=40_000)
    second = run_until(ask(alice, agent(), queue_key="session:1", queue_pos=2), "waiting", "succeeded")
    assert (first.status, second.status) == ("succeeded", "waiting")
    assert open_card(second).arguments["title"] == "this session"
    other = run_until(ask(alice, agent(), queue_key="session:2", queue_pos=1), "waiting", "succeeded")
    assert other.status == "succeeded"


def test_marks_of_50_80_and_100_percent_are_told_once(alice: Principal, script: Script) -> None:
    script(answer(cost=250))
    organization_budget(alice, limit_microusd=1_000)
    told = [
        [e.payload["percent"] for e in run.events.filter(type="budget.warned")]
        for run in [run_until(ask(alice, agent()), "succeeded") for _ in range(4)]
    ]
    assert told == [[], [50], [], [100]]


def test_a_new_day_begins_with_nothing_used(alice: Principal, script: Script) -> None:
    script(answer(cost=500))
    budget = organization_budget(alice, limit_microusd=500, period="day")
    assert run_until(ask(alice, agent()), "succeeded", "waiting").status == "succeeded"
    Budget.objects.filter(pk=budget.pk).update(period_start=timezone.now() - timedelta(days=1))
    sweep(lambda run_id: None)
    budget.refresh_from_db()
    assert budget.spent_microusd == 0
    assert run_until(ask(alice, agent()), "succeeded", "waiting").status == "succeeded"


def test_a_daily_budget_made_at_noon_knows_what_the_morning_used(alice: Principal, script: Script) -> None:
    script(answer(cost=500))
    run_until(ask(alice, agent()), "succeeded")
    budget = organization_budget(alice, limit_microusd=10_000, period="day")
    assert (budget.spent_microusd, budget.used_calls, budget.used_tokens) == (500, 1, 20)


def test_the_ledger_names_model_agent_and_journey(alice: Principal, script: Script) -> None:
    script(answer())
    run = run_until(ask(alice, agent()), "succeeded")
    call = ModelCall.objects.get()
    assert (call.run_id, call.provider, call.model, call.agent, call.journey, call.ok) == (
        run.id,
        "scripted",
        "script",
        "Helper",
        "",
        True,
    )
    assert (call.cost_microusd, call.input_tokens, call.output_tokens) == (30_000, 10, 10)


def test_wrong_limits_and_strange_scopes_are_refused(alice: Principal) -> None:
    with pytest.raises(Invalid) as refused:
        set_budget(principal=alice, scope="galaxy", period="aeon", limit_calls=-1)
    assert [p["where"] for p in refused.value.problems] == ["scope", "period", "limit_calls"]
    with pytest.raises(NotFound):
        set_budget(principal=alice, scope="definition", scope_key="not-an-id", limit_calls=1)


def test_an_agent_specs_limits_and_money_are_its_own(alice: Principal, script: Script) -> None:
    script(answer(cost=500))
    spec: AgentSpec = agent(budget_microusd=499)
    card = open_card(run_until(ask(alice, spec), "waiting"))
    assert card.arguments["account"] == "agent:agent/0"
    decide(alice, card, "raise", raise_by=1)
    assert run_until(Run.objects.get(pk=card.run_id), "succeeded", "failed").status == "succeeded"
