"""Stopping a run on the real engine: gracefully, at once, by the system and by its own code; and going on afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agents.adapters import engine as engine_module
from agents.core.runtime.events import EventType
from agents.core.spec.agent import ToolUse
from agents.models import Run
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import sweep
from agents.services.runs import cancel_run, resume_run
from tests.agents.test_execution import agent, ask, run_until, script, types, wait_for
from tests.factories.people import People
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

__all__ = ["script"]
pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
LOOK = {"match": "Why?", "times": 1, "tool_calls": [{"id": "c1", "name": "current_time"}], "latency_s": 0.8}
ANSWER = {"match": "Why?", "json": {"response": "Because."}}


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def begun(run: Run, event: EventType = EventType.STEP_STARTED) -> Run:
    get_engine().offer(run.id)
    deadline = time.monotonic() + 10
    while event.value not in types(run) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert event.value in types(run)
    return run


def error_of(run: Run) -> dict[str, Any]:
    assert run.error is not None
    return dict(run.error)


def timed(principal: Principal) -> Run:
    return ask(principal, agent(tools=(ToolUse(name="current_time"),)))


def test_a_graceful_stop_finishes_the_step_and_begins_no_other(alice: Principal, script: Script) -> None:
    log = script(LOOK, ANSWER)
    run = begun(timed(alice))
    cancel_run(principal=alice, run_id=run.id, mode="graceful", message="enough for today")
    run = wait_for(run, "cancelled", "succeeded")
    assert types(run) == ["run.queued", "run.started", "step.started", "cancel.requested", "step.finished", "run.cancelled"]
    assert error_of(run)["message"] == f"stopped by {alice.label}: enough for today"
    assert error_of(run)["details"] == {"checkpoint": f"{run.id}:5", "source": "user", "mode": "graceful"}
    assert log.read_text().count("\n") == 1


def test_a_second_request_makes_it_immediate(alice: Principal, script: Script) -> None:
    script({**LOOK, "latency_s": 30}, ANSWER)
    run = begun(timed(alice))
    cancel_run(principal=alice, run_id=run.id, mode="graceful")
    time.sleep(1)
    run.refresh_from_db()
    assert run.status == "running"
    asked = time.monotonic()
    cancel_run(principal=alice, run_id=run.id, mode="graceful")
    run = wait_for(run, "cancelled")
    assert time.monotonic() - asked < 2
    assert error_of(run)["details"]["mode"] == "immediate"
    assert types(run)[-2:] == ["step.cancelled", "run.cancelled"]


def test_a_graceful_stop_does_not_wait_for_ever(alice: Principal, script: Script, settings: Any) -> None:
    settings.ENV = settings.ENV.model_copy(update={"kaizen_graceful_stop_s": 0.5})
    script({**LOOK, "latency_s": 30}, ANSWER)
    run = begun(timed(alice))
    cancel_run(principal=alice, run_id=run.id, mode="graceful")
    assert error_of(wait_for(run, "cancelled", within_s=4))["details"]["mode"] == "graceful"


def test_a_stopped_run_is_resumed_from_its_checkpoint_and_nothing_is_asked_twice(alice: Principal, script: Script) -> None:
    log = script(LOOK, ANSWER)
    run = begun(timed(alice))
    cancel_run(principal=alice, run_id=run.id, mode="graceful")
    run = wait_for(run, "cancelled")
    again = run_until(
        resume_run(principal=alice, run_id=run.id, checkpoint=error_of(run)["details"]["checkpoint"]), "succeeded"
    )
    assert (again.output, again.forked_from_id) == ({"response": "Because."}, run.id)
    assert log.read_text().count("\n") == 2
    assert again.events.get(seq=1).payload["checkpoint"] == error_of(run)["details"]["checkpoint"]


def test_an_earlier_checkpoint_takes_an_earlier_state_up(alice: Principal, script: Script) -> None:
    log = script({**LOOK, "latency_s": 0, "times": 9}, ANSWER)
    run = run_until(ask(alice, agent(tools=(ToolUse(name="current_time", ask=True),))), "waiting")
    cancel_run(principal=alice, run_id=run.id)
    run.refresh_from_db()
    asked = log.read_text().count("\n")
    again = run_until(resume_run(principal=alice, run_id=run.id, checkpoint=f"{run.id}:3"), "waiting")
    assert log.read_text().count("\n") == asked + 1, "its only model call had begun by then, not ended"
    cancel_run(principal=alice, run_id=again.id)


def test_what_cannot_be_resumed_says_so(alice: Principal, people: People, script: Script) -> None:
    script(ANSWER)
    run = run_until(ask(alice, agent()), "succeeded")
    with pytest.raises(Conflict, match="is succeeded; only a run that was stopped"):
        resume_run(principal=alice, run_id=run.id)
    queued = ask(alice, agent())
    cancel_run(principal=alice, run_id=queued.id)
    for wrong in ("nonsense", f"{run.id}:1", f"{queued.id}:0", f"{queued.id}:99"):
        with pytest.raises(NotFound, match="has no checkpoint"):
            resume_run(principal=alice, run_id=queued.id, checkpoint=wrong)
    with pytest.raises(NotFound):
        resume_run(principal=people.principal(people.charlie), run_id=queued.id)


def test_a_wrong_mode_or_source_is_refused_with_what_is_allowed(alice: Principal) -> None:
    run = ask(alice, agent())
    with pytest.raises(Invalid) as refused:
        cancel_run(principal=alice, run_id=run.id, mode="gently", source="the moon")
    assert "allowed: graceful, immediate" in refused.value.problems[0]["message"]
    assert "allowed: user, system, programmatic" in refused.value.problems[1]["message"]


def test_a_running_run_past_its_deadline_is_stopped_by_the_system(alice: Principal, script: Script) -> None:
    script({**LOOK, "latency_s": 30}, ANSWER)
    run = begun(timed(alice))
    Run.objects.filter(pk=run.pk).update(deadline_at=timezone.now() - timedelta(seconds=1))
    sweep(lambda run_id: None)
    run = wait_for(run, "cancelled")
    assert error_of(run)["message"] == "stopped by the system: its deadline has passed"
    assert error_of(run)["details"]["source"] == "system"


def test_a_worker_short_of_memory_stops_its_newest_run_and_keeps_the_checkpoint(
    alice: Principal, script: Script, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "MEMORY_CHECK_S", 0.2)
    script({**LOOK, "latency_s": 2}, ANSWER)
    run = begun(timed(alice))
    settings.ENV = settings.ENV.model_copy(update={"kaizen_worker_memory_mb": 1})
    run = wait_for(run, "cancelled", within_s=6)
    assert "of memory; allowed are 1 MB" in error_of(run)["message"]
    assert error_of(run)["details"]["checkpoint"].startswith(f"{run.id}:")
