"""Runs on the database, driven by the real engine: how they end, wait, stop, queue, are taken over and are forked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agents.core.runtime.events import EventType
from agents.core.spec.agent import AgentSpec, ModelSpec, ToolUse
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.models import Approval, Run, RunEvent
from agents.models.run import RunStatus
from agents.services.approvals import decide_approval, list_approvals
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import purge_runs, sweep
from agents.services.runs import cancel_run, fork_run, get_run, list_steps, start_run
from tests.factories.people import People
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = ScalarType(kind="str")
Script = Callable[..., Path]


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Writes the script of the scripted model; what it was asked is in the log beside it."""

    def write(*replies: dict[str, Any]) -> Path:
        path, log = tmp_path / f"script-{time.monotonic_ns()}.json", tmp_path / "asked.log"
        path.write_text(json.dumps({"replies": replies, "log": str(log)}))
        monkeypatch.setenv("KAIZEN_SCRIPTED", str(path))
        return log

    return write


def agent(**changes: Any) -> AgentSpec:
    values: dict[str, Any] = {
        "name": "Helper",
        "signature": SignatureSpec(
            name="Help",
            inputs=(FieldSpec(name="question", type=TEXT),),
            outputs=(FieldSpec(name="response", type=TEXT),),
        ),
        "model": ModelSpec(provider="scripted"),
    }
    return AgentSpec(**{**values, **changes})


def run_until(run: Run, *statuses: str, within_s: float = 10.0) -> Run:
    """Offers the run to the engine and waits for one of ``statuses``."""
    get_engine().offer(run.id)
    return wait_for(run, *statuses, within_s=within_s)


def wait_for(run: Run, *statuses: str, within_s: float = 10.0) -> Run:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if run.status in statuses:
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is {run.status}, not {statuses}: {run.error}; {types(run)}")


def types(run: Run) -> list[str]:
    return list(run.events.order_by("seq").values_list("type", flat=True))


def ask(principal: Principal, spec: AgentSpec, **options: Any) -> Run:
    return start_run(principal=principal, spec=spec, inputs={"question": "Why?"}, **options)


def test_a_run_succeeds_and_its_journal_has_no_gap(alice: Principal, script: Script) -> None:
    script({"json": {"response": "Because."}})
    run = run_until(ask(alice, agent()), "succeeded", "failed")
    assert (run.status, run.output, run.error) == ("succeeded", {"response": "Because."}, None)
    assert types(run) == ["run.queued", "run.started", "step.started", "step.finished", "run.succeeded"]
    assert list(run.events.values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert (run.lease_until, run.lease_owner, run.reserved_microusd) == (None, "", 0)
    assert (run.input_tokens, run.output_tokens) == (10, 10)


def test_a_failed_model_call_fails_the_run_with_its_reason_and_partial_text(alice: Principal, script: Script) -> None:
    script({"json": {"response": "Because of"}, "error_code": "bad_reply", "break_after": 20})
    run = run_until(ask(alice, agent()), "succeeded", "failed")
    assert run.status == "failed"
    assert run.error is not None
    assert run.error["code"] == "bad_reply"
    assert list_steps(run)[0].partial.startswith('{"response')


def test_stop_cancels_the_model_call_within_two_seconds_and_keeps_the_partial_text(alice: Principal, script: Script) -> None:
    script({"json": {"response": "word " * 400}, "piece_delay_s": 0.05})
    run = run_until(ask(alice, agent()), "running")
    time.sleep(0.6)
    asked_at = time.monotonic()
    cancel_run(principal=alice, run_id=run.id)
    wait_for(run, "cancelled")
    assert time.monotonic() - asked_at < 2.0
    step = list_steps(run)[0]
    assert step.status == "cancelled"
    assert "word word" in step.partial
    assert types(run)[-2:] == ["step.cancelled", "run.cancelled"]


def test_a_run_that_no_worker_has_is_cancelled_at_once_and_stays_so(alice: Principal, script: Script) -> None:
    log = script({"json": {"response": "Because."}})
    run = cancel_run(principal=alice, run_id=ask(alice, agent()).id)
    assert run.status == "cancelled"
    get_engine().offer(run.id)
    time.sleep(0.3)
    assert not log.exists()
    assert cancel_run(principal=alice, run_id=run.id).status == "cancelled"


def asking_agent() -> AgentSpec:
    return agent(tools=(ToolUse(name="ask_user_question"),))


QUESTION = {
    "tool_calls": [{"id": "c1", "name": "ask_user_question", "arguments": {"question": "Which?", "options": ["A", "B"]}}]
}


def test_a_question_holds_no_worker_and_its_answer_goes_to_the_model(alice: Principal, script: Script) -> None:
    log = script(QUESTION, {"match": "B", "times": 1, "json": {"response": "B it is."}})
    run = run_until(ask(alice, asking_agent()), "waiting", "failed")
    assert run.status == "waiting", run.error
    assert (run.lease_owner, run.lease_until) == ("", None)
    (question,) = list_approvals(alice)
    assert (question.kind, question.title, question.options) == ("question", "Which?", ["A", "B"])
    with pytest.raises(Invalid, match="not among the answers"):
        decide_approval(principal=alice, approval_id=question.id, decision="answer", seen_digest=question.digest, result="C")
    decide_approval(principal=alice, approval_id=question.id, decision="answer", seen_digest=question.digest, result="B")
    run = run_until(run, "succeeded", "failed")
    assert run.output == {"response": "B it is."}, run.error
    assert len(log.read_text().splitlines()) == 2


def test_of_two_deciders_one_wins_and_the_other_is_told_who(people: People, alice: Principal, script: Script) -> None:
    script(QUESTION, {"match": "A", "json": {"response": "A it is."}})
    run_until(ask(alice, asking_agent()), "waiting")
    (question,) = list_approvals(alice)
    bob = people.principal(people.bob)

    def answer(who: Principal, result: str) -> Approval:
        digest = question.digest
        return decide_approval(principal=who, approval_id=question.id, decision="answer", seen_digest=digest, result=result)

    answer(bob, "A")
    with pytest.raises(Conflict, match="answered by Bob"):
        answer(alice, "B")
    assert Approval.objects.get(pk=question.id).decided_by == bob.ref


def test_a_decision_on_other_bytes_than_those_shown_is_refused(alice: Principal, script: Script) -> None:
    script(QUESTION)
    run_until(ask(alice, asking_agent()), "waiting")
    (question,) = list_approvals(alice)
    with pytest.raises(Conflict, match="look again"):
        decide_approval(principal=alice, approval_id=question.id, decision="answer", seen_digest="sha256:00", result="A")
    assert list_approvals(alice) == [question]


def test_cancelling_a_waiting_run_withdraws_its_question(alice: Principal, script: Script) -> None:
    script(QUESTION)
    run = run_until(ask(alice, asking_agent()), "waiting")
    cancel_run(principal=alice, run_id=run.id)
    (question,) = list_approvals(alice, status="withdrawn")
    with pytest.raises(Conflict, match="withdrawn"):
        decide_approval(principal=alice, approval_id=question.id, decision="answer", seen_digest=question.digest, result="A")


def test_runs_of_one_queue_start_one_after_another_in_their_order(alice: Principal, script: Script) -> None:
    script({"match": "Why?", "json": {"response": "Because."}, "latency_s": 0.15})
    runs = [ask(alice, agent(), queue_key="session:1", queue_pos=n) for n in range(3)]
    for run in reversed(runs):
        get_engine().offer(run.id)
    for run in runs:
        wait_for(run, "succeeded")
    for before, after in zip(runs, runs[1:], strict=False):
        assert before.finished_at and after.started_at
        assert before.finished_at <= after.started_at


def test_the_sweep_takes_over_a_run_whose_worker_is_gone(alice: Principal, script: Script) -> None:
    script({"match": "Why?", "json": {"response": "Because."}})
    run = ask(alice, agent())
    gone = timezone.now() - timedelta(seconds=1)
    Run.objects.filter(pk=run.id).update(status=RunStatus.RUNNING, lease_owner="dead", lease_until=gone, fence=1, attempt=1)
    assert sweep(get_engine().offer_if_room) == 1
    run = wait_for(run, "succeeded")
    assert (run.attempt, run.crashes, run.fence) == (2, 1, 2)


def test_a_worker_whose_lease_was_taken_writes_nothing_more(alice: Principal, script: Script) -> None:
    script({"json": {"response": "too late"}, "latency_s": 0.5})
    run = run_until(ask(alice, agent()), "running")
    time.sleep(0.1)
    Run.objects.filter(pk=run.id).update(lease_owner="other", fence=run.fence + 1)
    time.sleep(1.0)
    run.refresh_from_db()
    assert (run.status, run.lease_owner, run.output) == ("running", "other", None)
    assert EventType.STEP_FINISHED not in types(run)


def test_a_run_that_takes_its_workers_down_again_and_again_is_failed(alice: Principal, script: Script) -> None:
    log = script({"match": "Why?", "json": {"response": "Because."}})
    run = ask(alice, agent())
    Run.objects.filter(pk=run.id).update(crashes=10)
    run = run_until(run, "failed")
    assert run.error and run.error["code"] == "crashed"
    assert not log.exists()


def test_a_stopping_worker_gives_its_runs_back(alice: Principal, script: Script) -> None:
    script({"match": "Why?", "json": {"response": "Because."}, "latency_s": 1.0})
    run = run_until(ask(alice, agent()), "running")
    time.sleep(0.1)
    stop_engine()
    run.refresh_from_db()
    assert (run.status, run.lease_owner) == ("queued", "")
    assert run_until(run, "succeeded").attempt == 2


def test_a_fork_keeps_what_came_before_the_step_and_does_the_rest_anew(alice: Principal, script: Script) -> None:
    first, again = {"match": '"A"', "times": 1, "json": {"response": "A."}}, {"match": "A", "json": {"response": "A, again."}}
    log = script(QUESTION, first, again)
    run = run_until(ask(alice, asking_agent()), "waiting")
    (question,) = list_approvals(alice)
    decide_approval(principal=alice, approval_id=question.id, decision="answer", seen_digest=question.digest, result="A")
    run = run_until(run, "succeeded", "failed")
    last = [s.path for s in list_steps(run) if s.kind == "model"][-1]
    fork = run_until(fork_run(principal=alice, run_id=run.id, path=last), "succeeded", "failed")
    assert fork.status == "succeeded", fork.error
    assert fork.forked_from_id == run.id
    assert len(log.read_text().splitlines()) == 3
    assert list_approvals(alice) == []
    edited = fork_run(principal=alice, run_id=run.id, path=last, result={"content": '{"response": "Mine."}'}, use_result=True)
    assert run_until(edited, "succeeded", "failed").output == {"response": "Mine."}
    assert len(log.read_text().splitlines()) == 3
    with pytest.raises(NotFound, match="its steps are"):
        fork_run(principal=alice, run_id=run.id, path="nowhere/0")


def test_one_idempotency_key_is_one_run(alice: Principal, script: Script) -> None:
    first, second = (ask(alice, agent(), idempotency_key="k") for _ in range(2))
    assert first.id == second.id
    with pytest.raises(Conflict, match="new key"):
        start_run(principal=alice, spec=agent(), inputs={"question": "Other?"}, idempotency_key="k")


def test_a_stranger_finds_no_run_and_no_approval(people: People, alice: Principal, script: Script) -> None:
    script(QUESTION)
    run = run_until(ask(alice, asking_agent()), "waiting")
    charlie = people.principal(people.charlie)
    with pytest.raises(NotFound):
        get_run(charlie, run.id)
    with pytest.raises(NotFound):
        cancel_run(principal=charlie, run_id=run.id)
    with pytest.raises(NotFound):
        fork_run(principal=charlie, run_id=run.id, path="x")
    assert list_approvals(charlie) == []


def test_a_private_run_is_seen_by_its_owner_and_by_auditors_only(people: People, alice: Principal) -> None:
    bob = people.principal(people.bob)
    run = ask(alice, agent(), private_to=alice.ref)
    assert get_run(alice, run.id) == run
    with pytest.raises(NotFound):
        get_run(bob, run.id)
    assert get_run(alice, ask(bob, agent(), private_to=bob.ref).id).created_by == bob.ref


def test_the_database_refuses_to_change_an_event(alice: Principal) -> None:
    run = ask(alice, agent())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agents_runevent SET type = 'forged'")
    with pytest.raises(TypeError):
        RunEvent.objects.get(run=run, seq=1).save()


def test_retention_deletes_ended_runs_only(alice: Principal, settings: Any, script: Script) -> None:
    script({"match": "Why?", "json": {"response": "Because."}})
    old, live = run_until(ask(alice, agent()), "succeeded"), ask(alice, agent())
    Run.objects.filter(pk=old.id).update(finished_at=timezone.now() - timedelta(days=8))
    assert purge_runs() == 0
    settings.ENV = settings.ENV.model_copy(update={"kaizen_retention_days": 7})
    assert purge_runs() == 1
    assert list(Run.objects.values_list("pk", flat=True)) == [live.id]
