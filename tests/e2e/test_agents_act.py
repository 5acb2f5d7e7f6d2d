"""Agents that act, as people see them: tried on the page, asked about their tools, watched while they answer, inspected.

The model is scripted; strategies, tools, permissions, workspaces and the sandbox are the real ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from agents import PEVAgent, PlanningAgent, ReActAgent, ToTAgent
from agents.adapters.sandbox.bubblewrap import why_no_sandbox
from tests.e2e.conftest import NewPerson, owner_link
from tests.e2e.people import ANSWER_MS, Person
from tests.e2e.test_agent_builder import new_agent, saved, set_value
from tests.factories.site import Site
from tests.factories.strategy_scripts import (
    Script,
    pev_with_two_refinements,
    planning_with_a_dependency_and_a_replan,
    react_with_five_tools,
    tot_with_four_paths,
)

THINKS_S, WRITES_S, PIECES = 0.15, 0.12, 8  # slow enough to be watched, a second an answer
SHELL = Script(
    "Count the words of the notes.",
    [
        {"match": '"thought": "It is forbidden."', "json": {"answer": "I was not allowed to count."}},
        {"match": '"thought": "It is counted."', "json": {"answer": "The notes have three words."}},
        {"match": "Count them yourself", "json": {"thought": "It is forbidden.", "action": "finish", "confidence": 0.2}},
        {"match": '"stdout": "3', "json": {"thought": "It is counted.", "action": "finish", "confidence": 0.9}},
        {
            "match": "Count the words",
            "tool_calls": [{"id": "call_1", "name": "bash_command", "arguments": {"command": "echo one two three | wc -w"}}],
        },
    ],
    ("bash_command",),
)
OVERLAP = """paths => {
  const box = path => document.querySelector(`rect[data-p="${path}"][data-kind="model"]`).getBoundingClientRect();
  const bars = paths.map(box);
  return Math.max(...bars.map(b => b.left)) < Math.min(...bars.map(b => b.right));
}"""


def watched(script: Script) -> Script:
    """The same words, at a pace at which a page shows them."""
    paced = []
    for reply in script.replies:
        length = len(json.dumps(reply["json"])) if "json" in reply else 0
        pace = {"piece_delay_s": WRITES_S, "piece_length": max(4, length // PIECES)} if length else {}
        paced.append({"latency_s": THINKS_S, **pace, **reply})
    return replace(script, replies=paced)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, whose scripted model knows what these agents need."""
    folder = tmp_path_factory.mktemp("acting")
    known = (
        react_with_five_tools(),
        planning_with_a_dependency_and_a_replan(),
        pev_with_two_refinements(),
        tot_with_four_paths(),
    )
    script = watched(SHELL).write(folder / "script.json", *map(watched, known))
    started = Site(folder, {"KAIZEN_SCRIPTED": str(script)})
    try:
        started.start()
        started.wait_ready()
        started.key = started.make_key()
        yield started
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, site: Site) -> Any:
    """What the browser of somebody who has signed in keeps."""
    person = Person(chromium, site.url)
    person.follow(owner_link(site))
    kept = person.context.storage_state()
    person.close()
    return kept


@pytest.fixture
def alice(new_person: NewPerson, signed_in: Any) -> Person:
    return new_person(storage_state=signed_in)


def make(site: Site, slug: str, agent: Callable[..., Any], script: Script, **permissions: Any) -> None:
    """The draft of ``agent`` with what ``script`` needs, made as a program would make it."""
    draft = agent({"llm_provider": "scripted"}).spec.model_dump(mode="json")
    draft |= {"tools": [{"name": name} for name in script.tools], "permissions": permissions}
    draft["strategy_params"] = {**draft["strategy_params"], **script.params}
    made = site.call("POST", "/api/v1/agents", {"slug": slug, "draft": draft})
    assert made.status == 201, made.body


def run_it(page: Page, task: str) -> None:
    page.get_by_label("Task", exact=True).fill(task)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/try/?run=*")


def card(page: Page) -> Locator:
    return page.locator("[data-approval-card][data-open]")


def steps(page: Page) -> Locator:
    return page.locator("#try .ag-steps")


def output(page: Page, name: str) -> Locator:
    return page.locator(f"[data-output='{name}']")


def succeeded(page: Page) -> None:
    expect(page.locator("#try > [data-status='succeeded']")).to_be_visible(timeout=ANSWER_MS)


def inspect(page: Page, query: str = "grain=calls") -> list[tuple[str, str]]:
    """Opens the inspector; path and label of its rows in their order."""
    page.get_by_role("link", name="Inspect the run").click()
    page.wait_for_url("**/runs/*/")
    page.goto(f"{page.url}?{query}")
    expect(page.locator("#run-timeline")).to_be_visible()
    rows = page.locator("#run-row-list a[data-step]")
    found = rows.evaluate_all(
        "rows => rows.map(a => [a.dataset.step, a.querySelector('.run-tree-label').firstChild.data.trim()])"
    )
    return [(path, label) for path, label in found]


def labels(rows: list[tuple[str, str]]) -> list[str]:
    return [label for _, label in rows]


def test_react_with_five_tools_is_built_tried_asked_about_and_inspected(alice: Person) -> None:
    page, script = alice.page, react_with_five_tools()
    new_agent(alice, "Link collector", "ReAct")
    page.locator("[id='model.provider']").select_option("scripted")
    for name in ("current_time", "ask_user_question"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    for name in script.tools:
        page.get_by_role("checkbox", name=name, exact=True).check()
    saved(page)  # the form has been drawn anew: what is typed before that goes nowhere
    set_value(page, "strategy_params.max_cycles", "8")
    saved(page)
    page.get_by_role("button", name="Try", exact=True).click()
    page.wait_for_url("**/try/")
    run_it(page, script.task)
    expect(card(page)).to_contain_text('"path": "page.html"', timeout=ANSWER_MS)
    expect(card(page)).to_contain_text("Its danger is medium")
    expect(steps(page)).to_contain_text("Cycle 1 of at most 8")
    card(page).get_by_role("button", name="Approve", exact=True).click()
    expect(steps(page)).to_contain_text("Cycle 4 of at most 8", timeout=ANSWER_MS)
    expect(page.locator("[data-live]")).to_contain_text("The links", timeout=ANSWER_MS)
    succeeded(page)
    expect(output(page, "answer")).to_contain_text("The links lead to one.example and two.example.")
    expect(output(page, "cycles_used")).to_contain_text("6")
    expect(output(page, "tool_calls")).to_contain_text("https://two.example/")
    calls = inspect(page)
    assert [name for name in labels(calls) if name in script.tools] == list(script.tools)
    cycles = ["Cycle", *(f"Cycle ({n})" for n in range(2, 7))]
    both = [name for pair in zip(cycles, script.tools, strict=False) for name in pair]
    assert labels(calls) == [*both, "Cycle (6)", "Answer"]
    written = calls[1][0]
    page.locator(f"#run-row-list a[data-step='{written}']").click()
    expect(page.locator("#run-detail")).to_contain_text("page.html")
    page.locator("#run-detail").get_by_role("link", name="Policy").click()
    expect(page.locator("#run-detail")).to_contain_text("A person was asked: its danger is medium")


def test_planning_replans_and_does_the_steps_in_the_order_of_their_dependencies(alice: Person, site: Site) -> None:
    page, script = alice.page, planning_with_a_dependency_and_a_replan()
    make(site, "planner", PlanningAgent, script)
    page.goto("/agents/planner/try/")
    run_it(page, script.task)
    expect(card(page)).to_contain_text("Qubits hold two states at once.", timeout=ANSWER_MS)
    expect(steps(page)).to_contain_text("Step 1: Write the draft")
    card(page).get_by_role("button", name="Approve", exact=True).click()
    succeeded(page)
    expect(output(page, "final_result")).to_contain_text("In short: a qubit holds two states at once.")
    expect(output(page, "validation_result")).to_contain_text('"status": "valid"')
    results = output(page, "execution_results")
    expect(results).to_contain_text(
        re.compile("Write the draft.*completed.*Read it back.*completed.*Qubits: two states", re.DOTALL)
    )
    calls = inspect(page)
    assert labels(calls) == ["Plan", "Plan (2)", "write_file", "read_file", "Ask the model", "Answer"]
    assert [re.findall(r"step_\d", path) for path, _ in calls[2:5]] == [["step_1"], ["step_2"], ["step_3"]]
    page.locator("#run-row-list a[data-step='agent/0/plan/1']").click()
    page.locator("#run-detail").get_by_role("link", name="Prompt").click()
    expect(page.locator("#run-detail")).to_contain_text(
        "step 2 depends on step 7, which does not exist"
    )  # why the first plan did not hold


def test_pev_shows_its_drafts_is_refined_twice_and_then_passes(alice: Person, site: Site) -> None:
    page, script = alice.page, pev_with_two_refinements()
    make(site, "notices", PEVAgent, script)
    page.goto("/agents/notices/try/")
    run_it(page, script.task)
    for draft in ("Draft two", "Draft three"):
        expect(page.locator("[data-live]")).to_contain_text(draft, timeout=ANSWER_MS)
    succeeded(page)
    expect(output(page, "final_result")).to_contain_text("Draft three: 5 euros from Monday on.")
    expect(output(page, "refinements")).to_contain_text(re.compile("Name the price.*Name the date", re.DOTALL))
    expect(output(page, "verification")).to_contain_text('"passed": true')
    worked = ["Execute", "Verify", "Execute (2)", "Verify (2)", "Execute (3)", "Verify (3)"]
    assert labels(inspect(page)) == ["Plan", *worked]


def test_tree_of_thoughts_goes_four_ways_at_once_and_carries_the_best_out(alice: Person, site: Site) -> None:
    page, script = alice.page, tot_with_four_paths()
    make(site, "strategist", ToTAgent, script)
    page.goto("/agents/strategist/try/")
    run_it(page, script.task)
    expect(page.locator("[data-live]")).to_contain_text("Partners", timeout=ANSWER_MS)
    succeeded(page)
    expect(output(page, "final_result")).to_contain_text("Partners carry the product.")
    expect(output(page, "best_path")).to_contain_text("Go by partners")
    for way in ("Open a shop", "Sell by post", "Go by partners", "Wait a year"):
        expect(output(page, "paths")).to_contain_text(way)
    calls = inspect(page)
    thoughts = [f"agent/0/path/{n}/think/0" for n in range(4)]
    judged = [f"agent/0/path/{n}/judge/0" for n in range(4)]
    paths = [path for path, _ in calls]
    assert (sorted(paths[:4]), sorted(paths[4:8]), paths[8:]) == (thoughts, judged, ["agent/0/execute/0"])
    assert page.evaluate(OVERLAP, thoughts), "the four thoughts did not run at the same time"


@pytest.mark.skipif(bool(why_no_sandbox()), reason=why_no_sandbox() or "there is a sandbox")
def test_a_shell_command_runs_when_a_person_has_read_and_approved_it(alice: Person, site: Site) -> None:
    page = alice.page
    make(site, "counter", ReActAgent, SHELL)
    page.goto("/agents/counter/try/")
    run_it(page, SHELL.task)
    expect(card(page)).to_contain_text("echo one two three | wc -w", timeout=ANSWER_MS)
    expect(card(page)).to_contain_text("high risk")
    card(page).get_by_role("button", name="Approve", exact=True).click()
    succeeded(page)
    expect(output(page, "answer")).to_contain_text("The notes have three words.")
    expect(output(page, "tool_calls")).to_contain_text('"exit_code": 0')
    assert labels(inspect(page)) == ["Cycle", "bash_command", "Cycle (2)", "Answer"]


def test_a_shell_command_that_is_rejected_does_not_run_and_the_agent_is_told_why(alice: Person, site: Site) -> None:
    page = alice.page
    make(site, "refused", ReActAgent, SHELL)
    page.goto("/agents/refused/try/")
    run_it(page, SHELL.task)
    expect(card(page)).to_contain_text("echo one two three | wc -w", timeout=ANSWER_MS)
    card(page).locator("summary", has_text="Reject").click()
    card(page).get_by_label("Reason, which the agent is told").fill("Count them yourself.")
    card(page).get_by_role("button", name="Reject", exact=True).click()
    succeeded(page)
    expect(output(page, "answer")).to_contain_text("I was not allowed to count.")
    expect(output(page, "tool_calls")).to_contain_text("Count them yourself.")
    inspect(page)
    expect(page.locator("#run-row-list a[data-step='agent/0/tool/0']")).to_contain_text("Failed")
