"""Parents, children and their money: who pays what when one of them ends first, is stopped, resumed or forked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agents.core.runtime.events import EventType, NewEvent
from agents.core.spec.agent import Limits, ToolUse
from agents.models import Approval, Run
from agents.services.budgets import set_budget
from agents.services.execution import get_engine, stop_engine
from agents.services.forks import fork_with_inputs
from agents.services.recovery import sweep
from agents.services.runs import cancel_run, fork_run, resume_run
from agents.services.tools import register_tool
from tests.agents.test_children import ANSWER, CALL, FINDING, parent, settle
from tests.agents.test_execution import ask, script, types
from trust.core.errors import Conflict
from trust.core.principal import Principal

__all__ = ["script"]
pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
SLOW = {**FINDING, "latency_s": 30, "times": 1}
DEAR = {"match": "nobody ever asks this", "usage": {"cost_microusd": 500}}  # what a call may cost


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    register_tool("test_specialist", "tests.agents.child_tools:SPECIALIST")
    yield
    stop_engine()


def working(principal: Principal, **options: Any) -> tuple[Run, Run]:
    """A parent that waits and its child in the middle of a model call."""
    run = settle(ask(principal, parent(**options.pop("agent", {})), **options), "waiting")
    child = settle(Run.objects.get(parent=run), "running")
    deadline = time.monotonic() + 10
    while "step.started" not in types(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    return run, child


def fresh(run: Run) -> Run:
    run.refresh_from_db()
    return run


def test_a_parent_that_is_stopped_first_pays_its_child_and_no_account_goes_below_zero(alice: Principal, script: Script) -> None:
    script(CALL, SLOW, DEAR)
    budget = set_budget(principal=alice, scope="organization", limit_microusd=1_000_000)
    run, child = working(alice, budget_microusd=100_000)
    before = fresh(run).spent_microusd
    cancel_run(principal=alice, run_id=run.id)
    assert (fresh(run).status, run.reserved_microusd, run.spent_microusd) == ("cancelled", 0, before)
    child = settle(child, "cancelled")
    budget.refresh_from_db()
    assert child.spent_microusd == 500, "its call was cut off: its worst case"
    assert fresh(run).spent_microusd == before + 500
    assert (budget.spent_microusd, budget.reserved_microusd) == (before + 500, 0)


def test_a_child_whose_parent_expired_is_stopped_by_the_sweep(alice: Principal, script: Script) -> None:
    script(CALL, SLOW)
    run, child = working(alice)
    Run.objects.filter(pk=run.pk).update(deadline_at=timezone.now() - timedelta(seconds=1))
    sweep(lambda run_id: None)
    assert fresh(run).status == "expired"
    sweep(lambda run_id: None)
    assert str(settle(child, "cancelled").error).count("its parent has ended") == 1


def test_a_resumed_parent_takes_its_child_up_where_that_was_cut_off(alice: Principal, script: Script) -> None:
    look = {"match": "brie", "times": 1, "tool_calls": [{"id": "c2", "name": "current_time"}]}
    log = script(CALL, look, SLOW, FINDING, ANSWER)
    run, child = working(alice)
    cancel_run(principal=alice, run_id=run.id)
    settle(child, "cancelled")
    asked = log.read_text().count("\n")
    again = settle(resume_run(principal=alice, run_id=run.id), "succeeded", "failed")
    assert again.output == {"response": "Because it is soft."}
    other = Run.objects.get(parent=again)
    assert (other.forked_from_id, other.status) == (child.id, "succeeded")
    assert log.read_text().count("\n") == asked + 2, "the child's last call and the parent's: the first ones stand"


def test_a_child_that_succeeded_after_its_parent_had_ended_is_not_done_again(alice: Principal, script: Script) -> None:
    script(CALL, {**FINDING, "latency_s": 0.5}, ANSWER)
    run = settle(ask(alice, parent()), "waiting")
    Run.objects.filter(pk=run.pk).update(status="failed", finished_at=timezone.now())
    child = settle(Run.objects.get(parent=run), "succeeded")
    assert "child.ended" not in types(run)
    again = settle(resume_run(principal=alice, run_id=run.id), "succeeded", "failed")
    assert (again.status, Run.objects.filter(parent=again).count()) == ("succeeded", 0)
    assert child.status == "succeeded"


def test_what_has_a_child_under_way_is_resumed_later_and_forked_with_a_child_of_its_own(
    alice: Principal, script: Script
) -> None:
    script(CALL, SLOW, FINDING, ANSWER)
    run, child = working(alice)
    Run.objects.filter(pk=run.pk).update(status="failed", finished_at=timezone.now())
    with pytest.raises(Conflict, match=f"child run {child.id} is still running"):
        resume_run(principal=alice, run_id=run.id)
    started = run.events.get(type="step.finished", path__endswith="/start/0").path
    fork = settle(fork_run(principal=alice, run_id=run.id, path=started), "succeeded", "failed")
    assert (fork.status, Run.objects.get(parent=fork).forked_from_id) == ("succeeded", None)
    cancel_run(principal=alice, run_id=child.id)


def test_the_limits_of_the_calling_agent_hold_for_its_children(alice: Principal, script: Script) -> None:
    script({**CALL, "usage": {"cost_microusd": 10}}, FINDING, ANSWER)
    run = settle(ask(alice, parent(budget_microusd=2_000, limits=Limits(calls=3, tokens=100_000))), "succeeded", "failed")
    child = Run.objects.get(parent=run)
    assert (child.budget_microusd, child.budget_calls) == (1_990, 2)
    assert child.budget_tokens is not None
    assert (run.status, run.calls) == ("succeeded", 3), "its own two and its child's"


def test_a_run_with_limits_of_tokens_and_calls_gives_its_child_what_is_left(alice: Principal, script: Script) -> None:
    script({**CALL, "usage": {"input_tokens": 40, "output_tokens": 10}}, FINDING, ANSWER)
    run = settle(ask(alice, parent(), budget_calls=2, budget_tokens=10_000), "waiting", "succeeded")
    child = settle(Run.objects.get(parent=run), "succeeded", "waiting")
    assert (child.budget_calls, child.budget_tokens) == (1, 9_950)
    run = settle(run, "waiting", "succeeded")
    if run.waiting_on and run.waiting_on["on"] == "child":
        run = settle(run, "succeeded")
    assert Approval.objects.get(run=run, status="pending").arguments["measure"] == "calls", "the child has used the last one"
    cancel_run(principal=alice, run_id=run.id)


def test_a_child_that_was_published_draws_from_its_own_agents_account_too(alice: Principal, script: Script) -> None:
    from agents.services.definitions import create_definition, publish_version
    from tests.agents.child_tools import SPEC
    from tests.agents.test_execution import agent

    script({**CALL, "tool_calls": [{"id": "c1", "name": "agent__cheese", "arguments": {"topic": "brie"}}]}, FINDING, ANSWER)
    definition = create_definition(alice, "agent", "cheese", SPEC.model_dump(mode="json"))
    publish_version(alice, "agent", "cheese")
    account = set_budget(principal=alice, scope="definition", scope_key=str(definition.id), limit_microusd=1_000_000)
    run = settle(ask(alice, agent(tools=(ToolUse(name="agent__cheese"),))), "succeeded", "failed")
    account.refresh_from_db()
    assert (run.status, account.spent_microusd, account.used_calls) == ("succeeded", 100, 1)


def test_a_child_forked_with_other_inputs_keeps_its_limits_and_what_it_may_not_do(alice: Principal, script: Script) -> None:
    script(CALL, FINDING, ANSWER)
    run = settle(ask(alice, parent(), budget_calls=5), "succeeded", "failed")
    child = Run.objects.get(parent=run)
    fork = fork_with_inputs(principal=alice, run_id=child.id, inputs={"topic": "brie"})
    assert child.outer_layers
    assert (fork.outer_layers, fork.budget_calls) == (child.outer_layers, child.budget_calls)


def test_a_parent_is_told_of_its_child_exactly_once(alice: Principal, script: Script) -> None:
    script(CALL, FINDING, ANSWER)
    run = settle(ask(alice, parent()), "succeeded")
    child = Run.objects.get(parent=run)
    get_engine().offer(child.id)
    sweep(lambda run_id: get_engine().offer_if_room(run_id))
    time.sleep(0.2)
    assert types(run).count(EventType.CHILD_ENDED.value) == 1
    assert NewEvent(EventType.CHILD_ENDED).money is None
