"""Tools in runs of the site: its folder, its network rules, its refusals in the journal, and a stop that ends the shell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from agents.core.spec.agent import AgentSpec
from agents.models import Run
from agents.services.egress import save_egress
from agents.services.execution import stop_engine
from agents.services.runs import cancel_run, list_steps
from agents.services.workspaces import resolve_workspace
from tests.agents.test_execution import agent, ask, run_until, script, wait_for
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
__all__ = ["script"]  # a fixture
ANSWER = {"json": {"response": "Done."}}


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"tool_calls": [{"id": f"c-{name}", "name": name, "arguments": arguments}]}


def unasked(*names: str) -> AgentSpec:
    return agent(tools=[{"name": name} for name in names], permissions={"mode": "bypass"})


def tool_steps(run: Run) -> list[Any]:
    return [step for step in list_steps(run) if step.kind == "tool"]


def test_a_run_works_in_its_own_folder_with_files_and_the_shell(alice: Principal, script: Script) -> None:
    script(
        call("write_file", path="in.txt", content="3\n1\n2\n"),
        call("bash_command", command="sort in.txt > out.txt"),
        call("read_file", path="out.txt"),
        ANSWER,
    )
    run = run_until(ask(alice, unasked("write_file", "bash_command", "read_file")), "succeeded", "failed")
    assert run.status == "succeeded", run.error
    assert tool_steps(run)[2].result["content"] == "1\n2\n3\n"
    assert (resolve_workspace(run.id) / "out.txt").read_text() == "1\n2\n3\n"


def test_refusals_of_every_wall_stand_in_the_journal(alice: Principal, script: Script) -> None:
    save_egress(principal=alice, allowed=["api.example.org"], denied=[], private=False)
    script(
        call("read_file", path="../../kaizen.sqlite3"),
        call("http_get", url="http://169.254.169.254/latest/meta-data/"),
        call("fetch_url", url="https://93.184.216.34/"),
        ANSWER,
    )
    run = run_until(ask(alice, unasked("read_file", "http_get", "fetch_url")), "succeeded", "failed")
    assert run.status == "succeeded", run.error
    errors = [step.error for step in tool_steps(run)]
    assert [error["code"] for error in errors] == ["path_refused", "egress_refused", "egress_refused"]
    assert "goes up with '..'" in errors[0]["message"]
    assert "metadata" in errors[1]["message"]
    assert "not on the list of allowed hosts" in errors[2]["message"]


def test_a_stop_ends_the_shell_and_all_that_it_began(alice: Principal, script: Script) -> None:
    script(call("bash_command", command="(setsid sleep 4714.1 &); sleep 4714.2"), ANSWER)
    run = run_until(ask(alice, unasked("bash_command")), "running")
    assert _wait_until(lambda: bool(_alive("4714.1")))
    cancel_run(principal=alice, run_id=run.id)
    wait_for(run, "cancelled")
    assert _wait_until(lambda: not _alive("4714."))


def _wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def _alive(word: str) -> list[int]:
    return [p.info["pid"] for p in psutil.process_iter(["pid", "cmdline"]) if any(word in c for c in p.info["cmdline"] or [])]
