"""What a fork or a resumed run keeps of a journal that broke off in the middle, and what a refused or failed write leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from agents.adapters.journal import DatabaseJournal
from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.writer import Transaction, Writer, commit_group
from agents.adapters.writes import AppendEvents, EndRun, RunKey
from agents.core.runtime.errors import BudgetExceeded
from agents.core.runtime.events import EventType, Money, NewEvent
from agents.core.spec.agent import ToolUse
from agents.models import Approval, Budget, Run
from agents.models.run import RunEvent, RunStatus
from agents.services.budgets import accounts_of, raise_limit, set_budget
from agents.services.execution import stop_engine
from agents.services.runs import append_events, cancel_run, fork_run, resume_run
from tests.agents.test_budgets import DEAR, answer, decide, open_card
from tests.agents.test_execution import agent, ask, run_until, script, types
from tests.agents.test_runtime_races import claim
from trust.core.principal import Principal

__all__ = ["script"]
pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
PATH = "agent/0/tool/0"
STARTED = {"kind": "tool", "digest": "sha256:1", "request": {"tool": "pay", "arguments": {}}, "attempt": 1}
CARD = {"kind": "approval", "digest": "sha256:1", "title": "Pay?"}


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def broken_off(principal: Principal, *events: NewEvent) -> Run:
    """A run that failed when its journal held ``events``."""
    run = ask(principal, agent())
    with transaction.atomic():
        append_events(run, events)
    Run.objects.filter(pk=run.pk).update(status="failed", finished_at=timezone.now(), error={"code": "crashed", "message": "x"})
    return Run.objects.get(pk=run.pk)


def kept(run: Run) -> list[tuple[str, str]]:
    return [(e.type, e.path) for e in run.events.order_by("seq") if e.path]


def test_a_keyed_effect_that_was_cut_off_keeps_its_key_over_any_number_of_forks(alice: Principal) -> None:
    run = broken_off(alice, NewEvent(EventType.STEP_STARTED, PATH, {**STARTED, "effect": "keyed"}))
    again = resume_run(principal=alice, run_id=run.id)
    assert again.events.get(path=PATH).payload["key"] == f"{run.id}:{PATH}"
    Run.objects.filter(pk=again.pk).update(status="failed")
    third = resume_run(principal=alice, run_id=again.id)
    assert third.events.get(path=PATH).payload["key"] == f"{run.id}:{PATH}"


def test_an_unknown_outcome_that_nobody_decided_is_asked_again_with_a_card_of_its_own(alice: Principal) -> None:
    begun = NewEvent(EventType.STEP_STARTED, PATH, {**STARTED, "effect": "unkeyed"})
    run = broken_off(alice, begun, NewEvent(EventType.OUTCOME_UNKNOWN, PATH, CARD))
    assert kept(resume_run(principal=alice, run_id=run.id)) == [("step.started", PATH)]


def test_what_a_person_decided_before_the_step_began_is_not_asked_again(alice: Principal) -> None:
    asked = NewEvent(EventType.APPROVAL_REQUESTED, PATH, CARD)
    decided = NewEvent(EventType.APPROVAL_DECIDED, PATH, {"decision": "approve", "reason": ""})
    run = broken_off(alice, asked, decided)
    again = resume_run(principal=alice, run_id=run.id)
    assert kept(again) == [("approval.requested", PATH), ("approval.decided", PATH)]
    undecided = broken_off(alice, asked)
    assert kept(resume_run(principal=alice, run_id=undecided.id)) == []


def test_a_raised_limit_of_an_agent_stays_raised_in_a_fork(alice: Principal) -> None:
    raised = {"decision": "raise", "account": "agent:agent/0", "measure": "calls", "raise_by": 3, "reason": ""}
    run = broken_off(alice, NewEvent(EventType.BUDGET_DECIDED, "agent/0/model/0", raised))
    assert kept(resume_run(principal=alice, run_id=run.id)) == [("budget.decided", "agent/0/model/0")]


def test_a_run_that_a_person_stopped_at_its_budget_can_be_resumed_with_more(alice: Principal, script: Script) -> None:
    script(answer(cost=500))
    run = run_until(ask(alice, agent(), budget_microusd=499), "waiting")
    decide(alice, open_card(run), "stop")
    run = run_until(run, "failed")
    again = run_until(resume_run(principal=alice, run_id=run.id), "waiting", "failed")
    assert again.status == "waiting", "it does not fail with the old answer: it asks for what it needs"
    decide(alice, open_card(again), "raise", raise_by=1)
    assert run_until(again, "succeeded", "failed").status == "succeeded"


def test_a_failed_model_call_is_tried_again_by_a_resumed_run(alice: Principal, script: Script) -> None:
    script({"match": "Why?", "times": 1, "error_code": "unavailable", "error_message": "try later"}, answer())
    run = run_until(ask(alice, agent()), "failed", "succeeded")
    assert run.status == "failed"
    assert run_until(resume_run(principal=alice, run_id=run.id), "succeeded", "failed").status == "succeeded"


def reserve(amount: int) -> NewEvent:
    return NewEvent(EventType.STEP_STARTED, "model/1", {}, Money(reserve_microusd=amount, calls=1))


def outcome(cost: int = 5) -> NewEvent:
    return NewEvent(EventType.STEP_FINISHED, "model/0", {"result": {}, "usage": {}}, Money(spend_microusd=cost))


@pytest.mark.parametrize("with_account", [True, False])
def test_a_refused_intent_leaves_the_outcome_before_it_and_nothing_else(alice: Principal, with_account: bool) -> None:
    budget = set_budget(principal=alice, scope="organization", limit_microusd=100) if with_account else None
    run = ask(alice, agent(), budget_microusd=100)
    key = replace(claim(run), limited=True, accounts=accounts_of(run))
    (result,) = commit_group([AppendEvents(key, [reserve(96)], before=[outcome()])]).results
    assert isinstance(result, BudgetExceeded)
    run.refresh_from_db()
    assert types(run) == ["run.queued", "run.started", "step.finished"]
    assert (run.spent_microusd, run.reserved_microusd, run.last_seq, run.warned_percent) == (5, 0, 3, 0)
    if budget:
        budget.refresh_from_db()
        assert (budget.spent_microusd, budget.reserved_microusd) == (5, 0)


@dataclass
class Halfway:
    """Fails after it has changed something, with an error that nobody foresaw."""

    key: RunKey

    def apply(self, tx: Transaction) -> None:
        AppendEvents(self.key, [NewEvent(EventType.STEP_STARTED, "half", {})]).apply(tx)
        raise OverflowError("nobody thought of this")


def test_a_write_that_fails_halfway_leaves_nothing_and_the_group_goes_on(alice: Principal) -> None:
    first, second = ask(alice, agent()), ask(alice, agent())
    keys = claim(first), claim(second)
    results = commit_group([Halfway(keys[0]), AppendEvents(keys[1], [outcome()])]).results
    assert isinstance(results[0], OverflowError)
    first.refresh_from_db()
    assert (first.last_seq, types(first)) == (2, ["run.queued", "run.started"])
    assert types(second)[-1] == "step.finished"


def test_an_account_that_is_younger_than_a_reservation_never_keeps_a_run_from_ending(alice: Principal) -> None:
    run = ask(alice, agent())
    key = claim(run)
    commit_group([AppendEvents(key, [reserve(50)])])
    budget = set_budget(principal=alice, scope="organization", limit_microusd=100)
    end = EndRun(replace(key, accounts=(budget.id,)), RunStatus.FAILED, [NewEvent(EventType.RUN_FAILED, "", {"error": {}})])
    assert commit_group([end]).results == [None]
    budget.refresh_from_db()
    assert (budget.spent_microusd, budget.reserved_microusd) == (50, 0)
    other = ask(alice, agent())
    commit_group([AppendEvents(claim(other), [reserve(5)])])
    Run.objects.filter(pk=other.pk).update(status="waiting", lease_until=None)
    assert cancel_run(principal=alice, run_id=other.id).status == "cancelled"


def test_a_limit_that_was_lifted_while_a_run_waited_stays_lifted(alice: Principal, script: Script) -> None:
    script(answer(), DEAR)
    budget = set_budget(principal=alice, scope="organization", limit_microusd=10)
    run = run_until(ask(alice, agent()), "waiting")
    set_budget(principal=alice, scope="organization", limit_microusd=None)
    decide(alice, open_card(run), "raise", raise_by=1)
    assert Budget.objects.get(pk=budget.pk).limit_microusd is None
    assert run_until(run, "succeeded", "failed").status == "succeeded"
    with transaction.atomic():
        raise_limit(alice, run, str(budget.id), "microusd", 5)
    assert Budget.objects.get(pk=budget.pk).limit_microusd is None


def test_a_fork_keeps_the_approval_of_a_step_before_it(alice: Principal, script: Script) -> None:
    script({"match": "Why?", "times": 1, "tool_calls": [{"id": "c1", "name": "current_time"}]}, answer())
    run = run_until(ask(alice, agent(tools=(ToolUse(name="current_time", ask=True),))), "waiting")
    card = Approval.objects.get(run=run)
    decide(alice, card, "approve")
    run = run_until(run, "succeeded")
    last = [path for kind, path in kept(run) if kind == "step.started"][-1]
    assert run_until(fork_run(principal=alice, run_id=run.id, path=last), "succeeded", "failed").status == "succeeded"


def test_nothing_follows_from_an_outcome_that_the_database_did_not_take(alice: Principal) -> None:
    run = ask(alice, agent())
    journal = DatabaseJournal(Writer(), claim(run), [])
    in_the_way = RunEvent.objects.create(run=run, seq=3, type="run.resumed", payload={}, at=timezone.now())

    async def append(path: str, *, after_outcome: bool = False) -> None:
        if after_outcome:
            journal.append_later(outcome())
        with pytest.raises(DatabaseError):
            await journal.append(NewEvent(EventType.STEP_STARTED, path, {}))

    ENGINE_LOOP.run(append("model/1", after_outcome=True))
    in_the_way.delete()
    ENGINE_LOOP.run(append("model/2"))
    assert types(run) == ["run.queued", "run.started"]
