"""What may go wrong between two commits: decisions and stops while a run lets go, failing writes, unstorable results."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from agents.adapters.journal import DatabaseJournal
from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.writer import Transaction, Writer, commit_group
from agents.adapters.writes import AppendEvents, ClaimRun, EndRun, RunKey
from agents.core.runtime.calls import InvalidArguments, check_arguments
from agents.core.runtime.chain import build_door
from agents.core.runtime.context import StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import StepFailed
from agents.core.runtime.events import EventType, Money, NewEvent
from agents.core.runtime.memory import memory_ports
from agents.core.runtime.ports import LocalWork, Tool
from agents.core.spec.agent import DemoRule, ModelSpec, ToolUse
from agents.models import Approval, Run
from agents.models.run import RunStatus
from agents.services.approvals import decide_approval, list_approvals
from agents.services.execution import stop_engine
from agents.services.models import set_default_model
from agents.services.recovery import sweep
from agents.services.runs import cancel_run
from tests.agents.test_execution import agent, ask, run_until, types
from tests.factories.people import make_people
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db(transaction=True)
CARD = {
    "kind": "question",
    "digest": "sha256:1",
    "step_kind": "tool",
    "title": "Which?",
    "risk": "low",
    "editable": False,
    "tool": "",
    "arguments": {},
    "options": ["A"],
}


@pytest.fixture
def alice() -> Principal:
    people = make_people()
    return people.principal(people.alice)


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def claim(run: Run) -> RunKey:
    """Takes the run as a worker does."""
    (result,) = commit_group([ClaimRun(run.id, "worker", 60, lambda run: None)]).results
    assert result is not None and not isinstance(result, Exception), result
    claimed = result[0]
    return RunKey(claimed.id, claimed.fence, claimed.organization_id)


def write(*writes: Any) -> list[Any]:
    return commit_group(writes).results


def asked(principal: Principal) -> tuple[Run, RunKey, Approval]:
    """A run at work whose question is on disk and which is about to wait."""
    run = ask(principal, agent())
    key = claim(run)
    write(AppendEvents(key, [NewEvent(EventType.QUESTION_ASKED, "agent/0/tool/0", CARD)]))
    (question,) = list_approvals(principal)
    return run, key, question


def wait(key: RunKey) -> EndRun:
    return EndRun(
        key, RunStatus.WAITING, [NewEvent(EventType.RUN_WAITING)], waiting_on={"on": "question", "path": "agent/0/tool/0"}
    )


def answer(principal: Principal, question: Approval) -> None:
    decide_approval(principal=principal, approval_id=question.id, decision="answer", seen_digest=question.digest, result="A")


def status(run: Run) -> str:
    run.refresh_from_db()
    return run.status


def test_a_run_waits_when_nobody_has_decided(alice: Principal) -> None:
    run, key, _ = asked(alice)
    assert write(wait(key)) == [None]
    assert status(run) == "waiting"


def test_a_decision_that_commits_while_the_run_is_about_to_wait_is_heard(alice: Principal) -> None:
    run, key, question = asked(alice)
    decided, may_commit = threading.Event(), threading.Event()

    def decide() -> None:
        with transaction.atomic():
            answer(alice, question)
            decided.set()
            may_commit.wait(10)
        connection.close()

    def end() -> None:
        write(wait(key))
        connection.close()

    threads = [threading.Thread(target=decide), threading.Thread(target=end)]
    threads[0].start()
    assert decided.wait(10)
    threads[1].start()
    threads[1].join(0.5)
    may_commit.set()
    for thread in threads:
        thread.join(30)
    assert status(run) == "queued", "decided, and nobody would ever wake it"


def test_a_decision_on_one_branch_is_heard_although_another_branch_still_asks(alice: Principal) -> None:
    run, key, question = asked(alice)
    write(AppendEvents(key, [NewEvent(EventType.QUESTION_ASKED, "agent/1/tool/0", CARD)]))
    answer(alice, question)
    assert write(wait(key)) == [run.id]
    assert status(run) == "queued"
    again = claim(run)
    write(wait(again))
    assert status(run) == "waiting", "the second attempt has seen the decision: it waits for the other one"


def test_a_stop_that_comes_just_before_the_run_waits_still_stops_it(alice: Principal) -> None:
    run, key, _ = asked(alice)
    cancel_run(principal=alice, run_id=run.id)
    assert write(wait(key)) == [run.id], "the next attempt, which ends it, begins at once"
    assert status(run) == "queued"
    run_until(run, "cancelled")
    assert list_approvals(alice) == [], "nobody is asked for a run that is over"


def test_a_run_that_ends_takes_its_questions_out_of_the_inbox(alice: Principal) -> None:
    _, key, _ = asked(alice)
    write(EndRun(key, RunStatus.FAILED, [NewEvent(EventType.RUN_FAILED, "", {"error": {}})], error={"code": "internal"}))
    assert list_approvals(alice) == []
    assert len(list_approvals(alice, status="withdrawn")) == 1


def test_an_expired_run_has_no_reservation_left(alice: Principal) -> None:
    run = ask(alice, agent(), deadline_at=timezone.now() - timedelta(seconds=1))
    Run.objects.filter(pk=run.id).update(reserved_microusd=70, spent_microusd=5)
    sweep(lambda run_id: None)
    assert status(run) == "expired"
    assert (run.reserved_microusd, run.spent_microusd) == (0, 75)


def test_a_run_whose_spec_cannot_be_read_ends_and_is_not_tried_for_ever(alice: Principal) -> None:
    run = ask(alice, agent())
    gone = timezone.now() - timedelta(seconds=1)
    row = Run.objects.filter(pk=run.id)
    row.update(status=RunStatus.RUNNING, lease_owner="x", lease_until=gone, crashes=9, spec_digest="sha256:gone")
    run = run_until(run, "failed")
    assert run.error and run.error["code"] == "crashed"


@dataclass
class Poison:
    """A write that nothing can do, in a group with others."""

    key: RunKey

    def apply(self, tx: Transaction) -> None:
        tx.after_commit.append(lambda: None)
        tx.rows.append(object())  # type: ignore[arg-type]


def test_a_write_that_cannot_be_done_fails_alone(alice: Principal) -> None:
    good = ask(alice, agent())
    key = claim(good)
    event = NewEvent(EventType.PROGRESS_REPORTED, "", {"text": "here"})
    first, bad, last = write(AppendEvents(key, [event]), Poison(key), AppendEvents(key, [event]))
    assert (first, last) == (None, None)
    assert isinstance(bad, AttributeError)
    assert types(good)[-2:] == ["progress.reported"] * 2


def test_the_writer_outlives_what_follows_a_commit(alice: Principal) -> None:
    @dataclass
    class Loud:
        def apply(self, tx: Transaction) -> str:
            tx.after_commit.append(self.shout)
            return "written"

        def shout(self) -> None:
            raise RuntimeError("a bell is broken")

    async def twice() -> list[str]:
        writer = Writer()
        return [await writer.submit(Loud()), await writer.submit(Loud())]

    assert ENGINE_LOOP.run(twice(), 5) == ["written", "written"]


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_characters_that_no_database_keeps_are_replaced_in_the_journal(alice: Principal, text: str) -> None:
    run = ask(alice, agent())
    key = claim(run)
    error = {"code": "internal", "message": text}
    (result,) = write(EndRun(key, RunStatus.FAILED, [NewEvent(EventType.RUN_FAILED, "", {"error": error})], error=error))
    assert result is None
    assert status(run) == "failed"
    assert run.error == {"code": "internal", "message": "a\ufffdb"}


async def perform(result: Any) -> Any:
    async def do(call: StepCall) -> tuple[Any, dict[str, Any]]:
        return result, {}

    ports = memory_ports(models=None)  # type: ignore[arg-type]
    context = build_door(ports).context("run")
    return await context.step("tool", kind="tool", effect=Effect.READ, request={"tool": "x"}, perform=do)


@pytest.mark.parametrize(
    "result", [{"at": datetime(2026, 1, 1, tzinfo=UTC)}, {"sum": Decimal("1.5")}, {"n": float("nan")}, {1, 2}]
)
def test_a_result_that_is_no_json_fails_its_step_and_says_so(result: Any) -> None:
    with pytest.raises(StepFailed, match="not JSON") as failed:
        asyncio.run(perform(result))
    assert failed.value.code == "bad_result"


def test_a_run_sees_the_result_that_the_journal_keeps() -> None:
    assert asyncio.run(perform({"t\x00": ["x\ud800", "\U0001f600", 1]})) == {"t\ufffd": ["x\ufffd", "\U0001f600", 1]}


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), 10**30])
def test_numbers_that_json_cannot_say_exactly_are_invalid_arguments(amount: Any) -> None:
    tool = Tool("pay", "Pays.", {"type": "object", "properties": {"amount": {"type": "number"}}}, Effect.UNKEYED)
    with pytest.raises(InvalidArguments, match="pay does not take"):
        check_arguments(tool, {"amount": amount})


def refuse(kind: str) -> Callable[[], None]:
    """Makes the database refuse events of ``kind``; the result takes that back."""
    name, table = "test_refuse", "agents_runevent"
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.type = '{kind}' THEN"
                f" RAISE EXCEPTION 'disk is full' USING ERRCODE = 'disk_full'; END IF; RETURN NEW; END $$"
            )
            cursor.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NEW.type = '{kind}'"
                " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )

    def allow() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgres else ""))
            if postgres:
                cursor.execute(f"DROP FUNCTION {name}()")

    return allow


def started(path: str) -> NewEvent:
    payload = {"kind": "tool", "effect": "unkeyed", "digest": "sha256:1", "request": {}, "attempt": 1}
    return NewEvent(EventType.STEP_STARTED, path, payload)


def finished(path: str) -> NewEvent:
    return NewEvent(EventType.STEP_FINISHED, path, {"digest": "sha256:1", "result": path})


def on_engine(work: Callable[[DatabaseJournal], Any], key: RunKey) -> Any:
    async def run() -> Any:
        return await work(DatabaseJournal(Writer(), key, []))

    return ENGINE_LOOP.run(run(), 20)


def test_nothing_follows_an_outcome_that_could_not_be_written(alice: Principal) -> None:
    run = ask(alice, agent())
    key = claim(run)
    allow = refuse("step.finished")

    async def work(journal: DatabaseJournal) -> None:
        await journal.append(started("a/0"))
        journal.append_later(finished("a/0"))
        await asyncio.sleep(0.1)  # the outcome is written alone, and fails
        await asyncio.to_thread(in_thread, allow)
        await journal.append(started("b/0"))

    with pytest.raises(DatabaseError, match="disk is full"):
        on_engine(work, key)
    assert types(run)[-1] == "step.started"
    assert list(run.events.values_list("path", flat=True))[-1] == "a/0"


def in_thread(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        close_old_connections()
        connection.close()


def test_outcomes_reach_the_disk_in_order_before_local_work_whether_it_succeeds_or_not(alice: Principal) -> None:
    run = ask(alice, agent())
    key = claim(run)

    async def work(journal: DatabaseJournal) -> None:
        await journal.append(started("a/0"))
        journal.append_later(finished("a/0"))
        with pytest.raises(KeyError):
            await journal.append_local(LocalWork("nobody.knows", {}), lambda result: finished("b/0"))
        journal.append_later(started("c/0"), finished("c/0"))
        await asyncio.sleep(0.1)
        assert await journal.close() == []

    on_engine(work, key)
    assert list(run.events.exclude(path="").values_list("path", "type")) == [
        ("a/0", "step.started"),
        ("a/0", "step.finished"),
        ("c/0", "step.started"),
        ("c/0", "step.finished"),
    ]


def test_a_refused_reservation_still_leaves_the_outcome_before_it_on_disk(alice: Principal) -> None:
    run = ask(alice, agent(), budget_microusd=10)
    key = replace(claim(run), limited=True)
    spent = NewEvent(EventType.STEP_FINISHED, "a/0", {"digest": "", "result": 1}, Money(spend_microusd=8))
    dear = NewEvent(EventType.STEP_STARTED, "b/0", started("b/0").payload, Money(reserve_microusd=5))

    async def work(journal: DatabaseJournal) -> None:
        journal.append_later(spent)
        await journal.append(dear)

    with pytest.raises(Exception, match="but this run may use .* and has used"):
        on_engine(work, key)
    run.refresh_from_db()
    assert (run.spent_microusd, run.reserved_microusd, types(run)[-1]) == (8, 0, "step.finished")


def test_a_waiting_run_goes_on_after_a_deploy_with_another_default_model(
    alice: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(name: str, **reply: Any) -> None:
        (tmp_path / name).write_text(json.dumps({"replies": [reply]}))
        monkeypatch.setenv("KAIZEN_SCRIPTED", str(tmp_path / name))

    set_default_model(principal=alice, provider="demo")
    rules = (DemoRule(call="ask_user_question", args={"question": "Which?", "options": ["A"]}),)
    tools = (ToolUse(name="ask_user_question"),)
    run = run_until(ask(alice, agent(model=ModelSpec(), tools=tools, demo=rules)), "waiting", "failed")
    assert run.status == "waiting", run.error
    stop_engine()
    script("later.json", json={"response": "A, says another model."})
    set_default_model(principal=alice, provider="scripted")
    (question,) = list_approvals(alice)
    answer(alice, question)
    run = run_until(run, "succeeded", "failed")
    assert run.output == {"response": "A, says another model."}, run.error
