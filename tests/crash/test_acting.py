"""Agents that act, killed in the middle: tools of each effect class, budgets, child runs, stops, sandboxes; on both tiers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psutil
import pytest

from agents.adapters.sandbox.bubblewrap import why_no_sandbox
from tests.crash import acting
from tests.crash.desk import await_status, events_of, run_value
from tests.factories.model_server import ModelServer
from tests.factories.site import Site
from tests.servers import production_environment

pytestmark = pytest.mark.crash
QUICK = {"KAIZEN_LEASE_S": "2", "KAIZEN_HEARTBEAT_S": "0.5", "KAIZEN_SWEEP_S": "0.5"}
needs_sandbox = pytest.mark.skipif(bool(why_no_sandbox()), reason=why_no_sandbox() or "there is a sandbox")


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(choose=acting.answer) as server:
        yield server


@pytest.fixture(scope="module", params=["embedded", pytest.param("production", marks=pytest.mark.production)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("acting")
    environ = {**QUICK, "OPENAI_API_KEY": "test", "OPENAI_BASE_URL": model.url}
    if request.param == "embedded":
        yield from _running(Site(folder, environ))
        return
    servers = [request.getfixturevalue(name) for name in ("postgresql_server", "redis_server")]
    with production_environment(*servers) as production:
        yield from _running(Site(folder, {**environ, **production}))


def _running(site: Site) -> Iterator[Site]:
    try:
        site.start()
        site.wait_ready()
        site.key = site.make_key()
        for slug, body in acting.AGENTS.items():
            acting.publish(site, slug, body)
        yield site
    finally:
        site.kill()


@needs_sandbox
@pytest.mark.parametrize("tool", ["current_time", "write_file", "bash_command"])
@pytest.mark.parametrize("moment", ["before_call", "after_call"])
def test_a_tool_loop_goes_on_as_each_effect_class_allows(site: Site, model: ModelServer, tool: str, moment: str) -> None:
    point = f"tool.{moment}:{['current_time', 'write_file', 'bash_command'].index(tool) + 1}"
    acting.restart(site, acting.worker_of(site), point)
    deaths, asked = site.deaths, len(model.requests)
    run = acting.start(site, "clerk", f"loop: {point}")
    ended = await_status(site, run, "waiting", "succeeded", "failed")
    acting.await_death(site, deaths + 1, point)
    if tool == "bash_command":
        assert (ended["status"], ended["waiting_on"]["on"]) == ("waiting", "outcome")
        happened = (acting.workspace(site, run) / acting.RAN).exists()
        assert happened == (moment == "after_call")
        told: dict[str, Any] = {"result": {"stdout": "", "stderr": "", "exit_code": 0, "success": True}} if happened else {}
        card = acting.decide(site, run, "done" if happened else "retry", **told)
        assert (card["kind"], card["tool"]) == ("outcome", "bash_command")
    assert acting.succeed(site, run)["output"] == {"response": acting.ANSWERS["loop"]}
    events = acting.check_journal(site, run)
    paths = acting.tool_paths(site, run)
    assert list(paths) == ["current_time", "write_file", "bash_command"]
    again = {name: acting.begins(site, run, path) for name, path in paths.items()}
    once = tool == "bash_command" and moment == "after_call"
    assert again == {"current_time": 1, "write_file": 1, "bash_command": 1, tool: 1 if once else 2}
    assert (acting.workspace(site, run) / acting.NOTE).read_text() == point
    assert (acting.workspace(site, run) / acting.RAN).read_text() == "ran\n"
    assert len(model.requests) - asked == 4
    assert site.insist("GET", f"/api/v1/runs/{run}").body["spent_microusd"] == acting.bill_of(events) > 0


@pytest.mark.parametrize("point", ["", "model.after_call:2", "wait.after_commit", "decision.after_commit"])
def test_a_run_that_waits_at_its_budget_goes_on_when_it_is_raised_and_nothing_is_overspent(
    site: Site, model: ModelServer, point: str
) -> None:
    slug = f"thinker-{os.urandom(3).hex()}"
    agent = acting.publish(site, slug, acting.AGENTS["thinker"])
    account = {"scope": "definition", "scope_key": agent, "limit_calls": 2}
    acting.insist_ok(site.insist("PUT", "/api/v1/budgets", account))

    def used() -> tuple[int, int]:
        """Calls that were made, and how many may be made."""
        (found,) = [b for b in site.insist("GET", "/api/v1/budgets").body if b["scope_key"] == agent]
        assert found["used_calls"] <= found["limit_calls"]
        return found["used_calls"], found["limit_calls"]

    if point:
        acting.restart(site, "web" if point.startswith("decision") else acting.worker_of(site), point)
    deaths, asked = site.deaths, len(model.requests)
    run = acting.start(site, slug, "think: twice")
    assert await_status(site, run, "waiting", "succeeded", "failed")["waiting_on"]["on"] == "budget"
    assert used() == (2, 2)
    if not point:
        site.kill()
        site.start()
        site.wait_ready()
    assert len(model.requests) - asked == 2
    card = acting.decide(site, run, "raise", raise_by=3)
    assert (card["kind"], card["arguments"]["measure"]) == ("budget", "calls")
    acting.succeed(site, run)
    if point:
        acting.await_death(site, deaths + 1, point)
    lost = point.startswith("model")  # its call was made, its answer lost: it is asked again and both are on the bill
    assert used() == (5 if lost else 4, 5)
    assert len(model.requests) - asked == (5 if lost else 4)
    events = acting.check_journal(site, run)
    assert sum(e["type"] == "budget.reached" for e in events) == 1
    spent = site.insist("GET", f"/api/v1/runs/{run}").body["spent_microusd"]
    assert spent == acting.bill_of(events) > 0
    totals = "SELECT spent_microusd, reserved_microusd, reserved_tokens FROM agents_budget WHERE scope_key = %s"
    assert site.query(totals, agent) == [(spent, 0, 0)]


CHILD_POINTS = ["local.inside_transaction", "wait.after_commit", "finish.before_commit", "finish.after_commit"]


@pytest.mark.parametrize("point", ["", *CHILD_POINTS])
def test_a_child_run_survives_its_worker_and_its_parent_gets_the_result_once(
    site: Site, model: ModelServer, point: str
) -> None:
    if point:
        acting.restart(site, acting.worker_of(site), point)
    deaths = site.deaths
    rest = point or f"slowly, so that it can be killed {os.urandom(4).hex()}"
    run = acting.start(site, "boss", f"delegate: {rest}")
    if not point:
        wait_for(lambda: [b for b in model.requests if f"TASK help: {rest}" in str(b) and "agent__helper" not in str(b)])
        site.kill(acting.worker_of(site))
        site.heal()
    assert acting.succeed(site, run)["output"] == {"response": acting.ANSWERS["delegate"]}
    acting.await_death(site, deaths + 1, point)
    events = acting.check_journal(site, run)
    assert sum(e["type"] == "child.ended" for e in events) == 1
    query = "SELECT id, status, spent_microusd FROM agents_run WHERE parent_id = %s"
    ((child, status, spent),) = site.query(query, run_value(site, run))
    assert status == "succeeded"
    child_events = acting.check_journal(site, str(UUID(str(child))))
    assert spent == acting.bill_of(child_events) > 0
    assert site.insist("GET", f"/api/v1/runs/{run}").body["spent_microusd"] == acting.bill_of(events) > spent


@pytest.mark.parametrize("point", ["", "finish.before_commit"])
def test_a_graceful_stop_holds_when_its_worker_dies_and_the_checkpoint_can_be_resumed(
    site: Site, model: ModelServer, point: str
) -> None:
    acting.restart(site, acting.worker_of(site), point)
    deaths = site.deaths
    told = f"slowly, {os.urandom(4).hex()}"
    run = acting.start(site, "thinker", f"think: {told}")
    wait_for(lambda: any(told in str(b) and any(m["role"] == "tool" for m in b["messages"]) for b in model.requests))
    acting.insist_ok(site.insist("POST", f"/api/v1/runs/{run}/cancel", {"mode": "graceful"}))
    time.sleep(0.6)  # by now the worker knows
    if not point:
        site.kill(acting.worker_of(site))
    ended = await_status(site, run, "cancelled", "succeeded", "failed")
    acting.await_death(site, deaths + 1, point)
    assert (ended["status"], ended["error"]["details"]["mode"]) == ("cancelled", "graceful")
    events = acting.check_journal(site, run)
    assert events[-1]["type"] == "run.cancelled"
    assert ended["spent_microusd"] >= acting.bill_of(events) > 0  # a call that was cut off is paid at its worst case
    answered = sum(e["type"] == "step.finished" and "/model/" in e["path"] for e in events)
    asked = len(model.requests)
    checkpoint = {"checkpoint": ended["error"]["details"]["checkpoint"]}
    again = acting.insist_ok(site.insist("POST", f"/api/v1/runs/{run}/resume", checkpoint))["id"]
    acting.succeed(site, again)
    acting.check_journal(site, again)
    assert 0 < answered == 4 - (len(model.requests) - asked), "the resumed run asks again what was answered"


@needs_sandbox
def test_nothing_of_a_sandbox_lives_on_when_its_worker_is_killed(site: Site) -> None:
    mark = f"{4000 + os.getpid() % 1000}.{int.from_bytes(os.urandom(3))}"
    acting.restart(site, acting.worker_of(site))
    shell = f"(setsid sleep {mark} &) ; nohup sleep {mark} >/dev/null & echo begun; sleep {mark}"
    run = acting.start(site, "clerk", f"run: {shell}")
    wait_for(lambda: len(alive(f"sleep {mark}")) >= 3)
    assert alive("bwrap"), "the sandbox was found by its programs, so it must be there"
    deaths = site.deaths
    site.kill(acting.worker_of(site))
    wait_for(lambda: not alive(mark), within_s=5)
    site.heal()
    assert site.deaths == deaths + 1
    ended = await_status(site, run, "waiting", "succeeded", "failed")
    assert (ended["status"], ended["waiting_on"]["on"]) == ("waiting", "outcome")
    time.sleep(1)  # a repeat would have begun by now
    assert alive(mark) == []
    acting.decide(site, run, "stop", reason="It slept long enough.")
    assert await_status(site, run, "failed", "succeeded")["status"] == "failed"
    assert acting.begins(site, run, acting.tool_paths(site, run)["bash_command"]) == 1
    assert [e for e in events_of(site, run) if e["type"] == "run.failed"]


def alive(words: str) -> list[str]:
    """Command lines of living processes that hold ``words``."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or [])
        if words in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found


def wait_for(what: Callable[[], Any], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
