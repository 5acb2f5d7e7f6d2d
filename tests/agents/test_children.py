"""An agent as a tool of another: a run of its own, whose end lets the parent go on; stopped, paid and permitted with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.spec.agent import ToolUse
from agents.core.spec.permissions import PermissionPolicy
from agents.core.strategies import run_agent_spec
from agents.models import Approval, Run
from agents.services.approvals import decide_approval
from agents.services.definitions import archive_definition, create_definition, publish_version, save_draft
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import sweep
from agents.services.runs import cancel_run, start_run
from agents.services.tools import register_tool, resolve_tools
from tests.agents.child_tools import SPEC
from tests.agents.test_execution import agent, ask, run_until, script, types
from trust.core.errors import Invalid
from trust.core.principal import Principal

__all__ = ["script"]
pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
CALL = {"match": "Why?", "times": 1, "tool_calls": [{"id": "c1", "name": "test_specialist", "arguments": {"topic": "brie"}}]}
FINDING = {
    "match": "brie",
    "json": {"finding": "It is soft."},
    "usage": {"cost_microusd": 100, "input_tokens": 5, "output_tokens": 5},
}
ANSWER = {"match": "It is soft.", "json": {"response": "Because it is soft."}}


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    register_tool("test_specialist", "tests.agents.child_tools:SPECIALIST")
    yield
    stop_engine()


def parent(**changes: Any) -> Any:
    return agent(tools=(ToolUse(name="test_specialist"),), **changes)


def settle(run: Run, *statuses: str, within_s: float = 12) -> Run:
    """Lets the engine work on whatever is ready until ``run`` is in one of ``statuses``."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        for ready in Run.objects.filter(status="queued").values_list("pk", flat=True):
            get_engine().offer_if_room(ready)
        run.refresh_from_db()
        if run.status in statuses:
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is {run.status}: {run.error}; {types(run)}")


def test_the_parent_waits_without_a_worker_and_goes_on_with_the_childs_result(alice: Principal, script: Script) -> None:
    log = script(CALL, ANSWER, FINDING)
    run = settle(ask(alice, parent()), "succeeded", "failed")
    child = Run.objects.get(parent=run)
    assert run.output == {"response": "Because it is soft."}
    assert (child.status, child.output, child.title) == ("succeeded", {"finding": "It is soft."}, "Specialist")
    assert types(run).count("child.ended") == 1
    assert run.spent_microusd == child.spent_microusd == 100, "its cost is its parent's, too"
    assert log.read_text().count("\n") == 3


def test_a_failed_child_is_an_error_that_the_parent_reads(alice: Principal, script: Script) -> None:
    script(
        CALL,
        {"match": "brie", "times": 3, "error_code": "rejected", "error_message": "no cheese today"},
        {"match": "no cheese today", "json": {"response": "Nobody knows."}},
    )
    run = settle(ask(alice, parent()), "succeeded", "failed")
    assert run.output == {"response": "Nobody knows."}
    assert Run.objects.get(parent=run).status == "failed"


def test_a_stop_reaches_the_children(alice: Principal, script: Script) -> None:
    script(CALL, {**FINDING, "latency_s": 30}, ANSWER)
    run = settle(ask(alice, parent()), "waiting")
    child = settle(Run.objects.get(parent=run), "running")
    cancel_run(principal=alice, run_id=run.id, message="that is enough")
    run.refresh_from_db()
    child = settle(child, "cancelled")
    assert run.status == "cancelled"
    assert child.error and "that is enough" in child.error["message"]
    assert types(run)[-1] == "run.cancelled", "a parent that has ended is told nothing more"


def test_a_child_that_is_stopped_alone_is_an_error_for_the_parent(alice: Principal, script: Script) -> None:
    script(CALL, {**FINDING, "latency_s": 30}, {"match": "child_failed", "json": {"response": "It was stopped."}})
    run = settle(ask(alice, parent()), "waiting")
    child = settle(Run.objects.get(parent=run), "running")
    cancel_run(principal=alice, run_id=child.id)
    assert settle(run, "succeeded", "failed").output == {"response": "It was stopped."}


def test_a_child_may_do_no_more_than_its_parent(alice: Principal, script: Script) -> None:
    use_clock = {"match": "brie", "times": 1, "tool_calls": [{"id": "c2", "name": "current_time"}]}
    script(CALL, use_clock, ANSWER, FINDING)
    policy = PermissionPolicy(denied_tools=("current_time",))
    run = settle(ask(alice, parent(permissions=policy)), "succeeded", "failed")
    child = Run.objects.get(parent=run)
    refused = child.events.get(type="step.failed").payload
    assert refused["error"]["code"] == "denied"
    assert refused["policy"]["reason"] == "Helper: current_time is on the list of denied tools"


def test_what_is_left_of_the_parents_budget_is_the_childs(alice: Principal, script: Script) -> None:
    script(CALL, FINDING, ANSWER)
    run = settle(ask(alice, parent(), budget_microusd=150), "waiting", "succeeded")
    child = settle(Run.objects.get(parent=run), "succeeded", "waiting")
    assert (child.status, child.budget_microusd) == ("succeeded", 150)
    run = settle(run, "waiting", "succeeded")
    assert (run.spent_microusd, run.reserved_microusd) == (100, 0)


def test_a_child_that_ended_while_nobody_listened_is_found_by_the_sweep(alice: Principal, script: Script) -> None:
    script(CALL, FINDING, ANSWER)
    run = run_until(ask(alice, parent()), "waiting")
    child = Run.objects.get(parent=run)
    wait_until = time.monotonic() + 10
    get_engine().offer(child.id)
    while "child.ended" not in types(run) and time.monotonic() < wait_until:
        time.sleep(0.02)
    stop_engine()
    run.refresh_from_db()
    assert run.status in ("queued", "succeeded")
    Run.objects.filter(pk=run.pk).update(created_at=run.created_at.replace(year=2020))
    sweep(lambda run_id: get_engine().offer_if_room(run_id))
    assert settle(run, "succeeded").output == {"response": "Because it is soft."}


async def test_without_a_database_the_child_is_a_branch_of_the_same_run() -> None:
    model = ScriptedModel([CALL, ANSWER, FINDING])
    ports = memory_ports(models=Providers({}, instances={"scripted": model}))
    outcome = await run_in_memory(run_agent_spec, parent(), {"question": "Why?"}, ports)
    assert outcome.output == {"response": "Because it is soft."}
    again = await run_in_memory(run_agent_spec, parent(), {"question": "Why?"}, ports)
    assert again == outcome
    assert len(model.requests) == 3


def test_a_published_agent_is_a_tool_by_its_name_and_calls_itself_only_so_deep(alice: Principal, script: Script) -> None:
    again = {"match": "", "times": 99, "tool_calls": [{"id": "c1", "name": "agent__echo", "arguments": {"topic": "brie"}}]}
    script({"match": "too_deep", "json": {"finding": "deep"}}, {"match": '"finding"', "json": {"finding": "deeper"}}, again)
    echo = SPEC.model_copy(update={"name": "Echo", "tools": (ToolUse(name="agent__echo"),)})
    draft = {**echo.model_dump(mode="json"), "tools": []}
    create_definition(alice, "agent", "echo", draft)
    publish_version(alice, "agent", "echo")
    tool = resolve_tools(alice.organization_id, ["agent__echo"]).get("agent__echo")
    assert (tool.parameters["required"], tool.danger) == (["topic"], "low")
    save_draft(alice, "agent", "echo", echo.model_dump(mode="json"), 1)
    publish_version(alice, "agent", "echo")
    run = settle(start_run(principal=alice, spec=echo, inputs={"topic": "brie"}), "succeeded", "failed", within_s=20)
    assert Run.objects.filter(title="Echo").count() == 9, "the first and eight below it"
    assert (run.status, run.error) == ("succeeded", None)


def test_a_draft_that_names_an_unpublished_agent_says_so(alice: Principal) -> None:
    draft = {**SPEC.model_dump(mode="json"), "tools": [{"name": "agent__nobody"}]}
    create_definition(alice, "agent", "lonely", draft)
    with pytest.raises(Invalid, match="names the agent 'nobody' as a tool, but no such agent is published"):
        publish_version(alice, "agent", "lonely")


def test_what_others_publish_while_a_run_waits_never_makes_it_diverge(alice: Principal, script: Script) -> None:
    call = {"match": "Why?", "times": 1, "tool_calls": [{"id": "c1", "name": "agent__helper", "arguments": {"topic": "brie"}}]}
    script(call, FINDING, ANSWER)
    create_definition(alice, "agent", "helper", {**SPEC.model_dump(mode="json"), "tools": []})
    publish_version(alice, "agent", "helper")
    spec = agent(tools=(ToolUse(name="agent__helper", ask=True),))
    run = run_until(ask(alice, spec), "waiting")
    save_draft(alice, "agent", "helper", {**SPEC.model_dump(mode="json"), "tools": [], "description": "Now knows wine."}, 1)
    publish_version(alice, "agent", "helper")
    card = Approval.objects.get(run=run, status="pending")
    decide_approval(principal=alice, approval_id=card.id, decision="approve", seen_digest=card.digest)
    assert settle(run, "succeeded", "failed").output == {"response": "Because it is soft."}, run.error


def test_a_tool_that_went_while_its_run_waited_is_an_error_that_the_model_reads(alice: Principal, script: Script) -> None:
    call = {"match": "Why?", "times": 1, "tool_calls": [{"id": "c1", "name": "agent__helper", "arguments": {"topic": "brie"}}]}
    script(call, {"match": "has gone since", "json": {"response": "It has gone."}})
    create_definition(alice, "agent", "helper", {**SPEC.model_dump(mode="json"), "tools": []})
    publish_version(alice, "agent", "helper")
    run = run_until(ask(alice, agent(tools=(ToolUse(name="agent__helper", ask=True),))), "waiting")
    archive_definition(alice, "agent", "helper")
    card = Approval.objects.get(run=run, status="pending")
    decide_approval(principal=alice, approval_id=card.id, decision="approve", seen_digest=card.digest)
    run = settle(run, "succeeded", "failed")
    assert run.output == {"response": "It has gone."}, run.error
