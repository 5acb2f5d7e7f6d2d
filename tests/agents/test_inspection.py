"""What the inspector folds from a journal: account, state, timeline, tree, prompts, differences, comparison and replay."""

from __future__ import annotations

import json
from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.inspect.account import fold_account
from agents.core.inspect.changes import diff_lines, find_changes
from agents.core.inspect.compare import Side, compare
from agents.core.inspect.prompts import read_prompt
from agents.core.inspect.replay import Recorded, replay
from agents.core.inspect.sentences import effect_stages, summarize_step
from agents.core.inspect.state import fold_state
from agents.core.inspect.timeline import fold_timeline, merged, ticks
from agents.core.inspect.tree import Wanted, failing_step, list_rows
from agents.core.llm.port import ToolCall
from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import Event, EventType
from agents.core.runtime.memory import CatalogTools, MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.ports import Ports, Tool
from agents.core.runtime.steps import Step, fold_steps
from agents.core.spec.agent import ToolUse
from agents.core.strategies import run_agent_spec
from tests.agents.signatures import GOOD, INPUTS, agent
from tests.factories.journals import BEGAN, as_events, long_journal, queued, rich_journal, started

RICH = as_events(rich_journal())
NOW = BEGAN + timedelta(seconds=60)
A, B = "agent/0/branch/0", "agent/0/branch/1"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", min_size=1, max_size=2), inner, max_size=3),
    max_leaves=12,
)


def step(path: str, events: list[Event] = RICH) -> Step:
    return next(s for s in fold_steps(events) if s.path == path)


def paths(wanted: Wanted, failing: str = "") -> list[str]:
    rows = list_rows(fold_steps(RICH), RICH, wanted, failing=failing)
    return [row.path for row in rows if row.kind == "step"]


# --- account and state


def test_the_account_is_what_the_settled_calls_cost() -> None:
    account = fold_account(RICH)
    assert (account.spent_microusd, account.reserved_microusd) == (310 + 420 + 290, 0)
    assert (account.input_tokens, account.output_tokens) == (900, 180)
    assert (account.model_calls, account.tool_calls, account.cost_unknown) == (4, 3, True)


def test_a_reservation_that_nothing_gave_back_is_spent_when_the_run_ends() -> None:
    upto = RICH[:4]
    assert fold_account(upto).reserved_microusd == 1800
    end = Event(5, EventType.RUN_CANCELLED, "", {}, 1, BEGAN)
    assert (fold_account([*upto, end]).spent_microusd, fold_account([*upto, end]).reserved_microusd) == (1800, 0)


def test_steps_that_a_fork_took_over_are_not_on_its_account() -> None:
    kept = [event for _, event in rich_journal() if event.path.startswith(f"{A}/model/0")]
    events = as_events([queued(forked_from="x"), *((0.0, event) for event in kept), started(1.0)])
    assert fold_account(events).spent_microusd == 0
    assert [(s.path, s.kept, s.status) for s in fold_steps(events)] == [(f"{A}/model/0", True, "finished")]


def test_the_state_at_each_event_is_what_the_run_was_then() -> None:
    seen = [fold_state(RICH[:n]).status for n in range(1, len(RICH) + 1)]
    assert (seen[0], seen[1], seen[13], seen[16], seen[-1]) == ("queued", "running", "waiting", "queued", "succeeded")
    assert fold_state(RICH[:14]).waiting_on == RICH[13].payload
    assert fold_state(RICH).worker == "worker-2"
    assert fold_state(RICH).progress == {"message": "Half of the plan is done", "percentage": 50.0}


# --- timeline


def test_lanes_are_agents_and_bars_have_their_kind_and_cost() -> None:
    timeline = fold_timeline(RICH, fold_steps(RICH), NOW)
    assert [lane.name for lane in timeline.lanes] == ["Run", "Researcher", "Booker", "Planner"]
    run, researcher, booker, _ = timeline.lanes
    assert [bar.kind for bar in run.bars] == ["queue", "compute", "person", "queue", "compute", "compute"]
    assert [(bar.kind, bar.state) for bar in researcher.bars] == [
        ("model", "done"),
        ("tool", "failed"),
        ("model", "done"),
        ("compute", "done"),
    ]
    waited = next(bar for bar in booker.bars if bar.kind == "person")
    assert [waited.start, waited.end] == pytest.approx([2.4, 9.0])
    assert [bar.state for bar in booker.bars if bar.kind == "tool"][:2] == ["cut", "done"]  # its worker was lost
    assert timeline.total == pytest.approx(15.7)
    assert sum(bar.cost_microusd or 0 for lane in timeline.lanes for bar in lane.bars) == fold_account(RICH).spent_microusd


def test_an_ended_run_is_drawn_the_same_whenever_one_looks() -> None:
    steps = fold_steps(RICH)
    assert fold_timeline(RICH, steps, NOW) == fold_timeline(RICH, steps, NOW + timedelta(days=9))


def test_a_run_that_goes_on_is_drawn_up_to_now() -> None:
    going = RICH[:13]
    timeline = fold_timeline(going, fold_steps(going), NOW)
    assert timeline.total == 60
    assert {bar.state for lane in timeline.lanes for bar in lane.bars} == {"open", "done", "failed"}


def test_bars_of_one_row_never_overlap() -> None:
    for journal in (RICH, as_events(long_journal(400))):
        for lane in fold_timeline(journal, fold_steps(journal), NOW).lanes:
            for row in range(lane.rows):
                bars = [bar for bar in lane.bars if bar.row == row]
                assert all(a.end <= b.start + 1e-6 for a, b in zip(bars, bars[1:], strict=False))


def test_merged_bars_are_few_and_keep_count_and_cost() -> None:
    events = as_events(long_journal(3000))
    timeline = fold_timeline(events, fold_steps(events), NOW)
    lanes = merged(timeline, 0.0, timeline.total, resolution=100)
    assert all(len(lane.bars) <= 2 * 100 * lane.rows * 3 for lane in lanes)  # per row and kind
    for whole, part in zip(timeline.lanes, lanes, strict=True):
        assert sum(bar.count for bar in part.bars) == len(whole.bars)
        assert sum(bar.cost_microusd or 0 for bar in part.bars) == sum(bar.cost_microusd or 0 for bar in whole.bars)


@given(st.floats(0, 1e6), st.floats(0.001, 1e6))
def test_ticks_are_few_and_within_the_window(start: float, span: float) -> None:
    found = ticks(start, start + span)
    assert len(found) <= 10
    assert found == sorted(found)
    assert all(start <= second <= start + span for second in found)


# --- tree


def test_the_four_granularities_show_agents_steps_calls_and_events() -> None:
    steps = fold_steps(RICH)
    turns = list_rows(steps, RICH, Wanted("turns"))
    assert [(row.steps, row.cost_microusd) for row in turns] == [(len(steps), None)]
    headings = [row.label for row in list_rows(steps, RICH, Wanted()) if row.kind == "scope"]
    assert headings[:3] == ["Agent", "Branch", "Branch (2)"]
    assert all(s.kind in ("model", "tool") for s in steps if s.path in paths(Wanted("calls")))
    assert len(list_rows(steps, RICH, Wanted("events"))) == len(RICH)


def test_filters_narrow_by_kind_error_cost_and_words() -> None:
    assert paths(Wanted(kind="person")) == [f"{B}/tool/0"]
    assert paths(Wanted(only="errors")) == [f"{A}/tool/0", f"{B}/tool/1"]
    assert all("model" in path for path in paths(Wanted(only="cost")))
    assert paths(Wanted(search="HC-7")) == [f"{B}/tool/0"]
    assert paths(Wanted(search="no such words")) == []


def test_the_failing_path_leaves_out_branches_that_did_not_lead_there() -> None:
    failing = failing_step(fold_steps(RICH), {"code": "x", "details": {"path": f"{A}/tool/0"}})
    assert failing == f"{A}/tool/0"
    shown = paths(Wanted(only="failing"), failing)
    assert f"{A}/model/0" in shown
    assert not any(path.startswith(B) for path in shown)
    assert failing_step(fold_steps(RICH), None) == ""


def test_badges_tell_what_is_out_of_the_ordinary() -> None:
    rows = {row.path: row for row in list_rows(fold_steps(RICH), RICH, Wanted(), forked_at=f"{B}/tool/0") if row.step}
    texts = {path: [badge.text for badge in row.badges] for path, row in rows.items()}
    assert texts[f"{B}/tool/0"] == ["2 attempts", "asked", "forked here"]
    assert texts[f"{B}/tool/1"] == ["denied"]
    assert texts[f"{A}/tool/0"] == ["allowed"]
    assert texts[f"{A}/model/0"] == []


# --- words


def test_a_step_is_told_in_a_sentence() -> None:
    assert summarize_step(step(f"{A}/model/0")) == "Agent Researcher asked the model gpt-5-mini, which answered."
    assert "which wanted to call http_post." in summarize_step(step(f"{B}/model/0"))
    assert "It failed: FileNotFoundError: notes.txt." in summarize_step(step(f"{A}/tool/0"))
    assert summarize_step(step(f"{B}/tool/0")).endswith("which succeeded. It took 2 attempts.")
    assert "(50 %)" in summarize_step(step(f"{A}/progress/0"))


def test_an_effect_goes_from_proposed_to_confirmed() -> None:
    stages = {stage.name: stage for stage in effect_stages(step(f"{B}/tool/0"))}
    assert [stage.state for stage in stages.values()] == ["done"] * 4
    assert stages["Approved"].text == "Approved by Alice: “two seats are right”."
    assert "idempotency key (attempt 2)" in stages["Sent"].text
    refused = [stage.state for stage in effect_stages(step(f"{B}/tool/1"))]
    assert refused == ["done", "failed", "skipped", "failed"]
    waiting = [stage.state for stage in effect_stages(step(f"{B}/tool/0", RICH[:14]))]
    assert waiting == ["done", "open", "open", "open"]


def test_a_prompt_is_every_character_that_was_sent_with_where_values_came_from() -> None:
    steps = fold_steps(RICH)
    first = read_prompt(step(f"{A}/model/0"), steps, {"message": "plan a trip"})
    assert first is not None
    assert "".join(p.text for p in first.messages[1].pieces) == 'message: "plan a trip"'
    assert [(p.name, p.source) for p in first.messages[1].pieces if p.source] == [("message", "input of the run")]
    assert read_prompt(step(f"{A}/tool/0"), steps, {}) is None
    closing = read_prompt(step("agent/0/model/0"), steps, {})
    assert closing is not None
    assert [p.source for p in closing.messages[1].pieces if p.source] == ["made by the agent’s strategy"]


# --- differences


@given(JSON, JSON)
def test_equal_values_and_no_others_have_no_changes(before: Any, after: Any) -> None:
    assert find_changes(before, before) == []
    assert bool(find_changes(before, after)) == (json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True))


def test_changes_name_their_place() -> None:
    changes = find_changes({"a": [1, {"b": 2}], "c": 3}, {"a": [1, {"b": 5}, 6], "d": None})
    assert [(c.kind, c.where) for c in changes] == [("changed", "a.1.b"), ("added", "a.2"), ("removed", "c"), ("added", "d")]
    assert ("-", '  "a": 1') in diff_lines({"a": 1}, {"a": 2})
    assert diff_lines("same", "same") == []


def test_two_runs_are_aligned_by_path_and_the_first_difference_is_named() -> None:
    other = [*RICH[:12], *RICH[14:]]
    left, right = (Side({}, None, None, fold_steps(e), fold_account(e), 1.0) for e in (RICH, other))
    found = compare(left, right)
    assert found.first == f"{A}/progress/0"
    assert found.counts["left"] == 0
    assert compare(left, left).first == ""
    changed = [e for e in RICH if not e.path.startswith(f"{B}/tool/1")]
    found = compare(Side({}, 1, None, fold_steps(changed), left.account, 1.0), left)
    assert (found.first, found.counts["right"]) == (f"{B}/tool/1", 1)
    assert [(c.where, c.before, c.after) for c in found.output] == [("output", 1, None)]


# --- replay

LOOK_UP = Tool("look_up", "Looks a word up", {"type": "object", "properties": {"word": {"type": "string"}}}, Effect.READ)


def tooled(answer: Any) -> tuple[Any, Ports]:
    """An agent that calls a tool twice before it answers, over an in-memory journal."""

    async def call(arguments: dict[str, Any], context: Any) -> Any:
        if answer is None:
            raise AssertionError("a replay calls no tool")
        return answer

    tool = Tool(LOOK_UP.name, LOOK_UP.description, LOOK_UP.parameters, LOOK_UP.effect, call, danger="safe")
    wants = {"tool_calls": [ToolCall(id="c1", name="look_up", arguments={"word": "tea"}).model_dump()]}
    model = ScriptedModel([wants, wants, {"json": GOOD}])
    ports = memory_ports(
        models=Providers({}, instances={"demo": model, "openai": model}), tools=CatalogTools({"look_up": tool})
    )
    return agent(tools=(ToolUse(name="look_up"),)), ports


async def recorded() -> tuple[Any, list[Event], Recorded]:
    spec, ports = tooled({"meaning": "TEA"})
    outcome = await run_in_memory(run_agent_spec, spec, INPUTS, ports, "r")
    assert isinstance(ports.journal, MemoryJournal)
    return spec, ports.journal.events, Recorded(outcome.status, outcome.output, outcome.error or None)


async def again(events: list[Event], record: Recorded, spec: Any, runner: Any = run_agent_spec) -> Any:
    tools = tooled(None)[1].tools
    return await replay(events, record, runner=runner, spec=spec, inputs=INPUTS, tools=tools, run_id="r")


async def test_a_replay_comes_to_the_same_without_a_model_or_a_tool() -> None:
    spec, events, record = await recorded()
    found = await again(events, record, spec)
    assert (found.verdict, found.steps) == ("equal", 5)
    assert found.digest.startswith("sha256:")


async def test_a_replay_names_the_first_request_that_the_code_makes_otherwise() -> None:
    spec, events, record = await recorded()
    other = spec.model_copy(update={"signature": spec.signature.model_copy(update={"instructions": "Say it in verse."})})
    found = await again(events, record, other)
    assert (found.verdict, found.path) == ("diverged", "agent/0/model/0")
    assert [change.where for change in found.request] == ["messages.0.content"]


async def test_a_replay_tells_where_an_unfinished_recording_ends() -> None:
    spec, events, _ = await recorded()
    found = await again(events[:4], Recorded("running"), spec)
    assert (found.verdict, found.path) == ("open", "agent/0/model/1")
    broken = await again(events[:4], Recorded("succeeded", {"response": "x"}), spec)
    assert (broken.verdict, broken.path) == ("diverged", "agent/0/model/1")


async def test_a_replay_tells_of_another_result_and_of_steps_that_are_never_come_to() -> None:
    spec, events, record = await recorded()
    found = await again(events, Recorded("succeeded", {"response": "else"}), spec)
    assert found.verdict == "diverged"
    assert {change.where for change in found.result} >= {"output.response"}

    async def shorter(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        return dict(record.output)

    found = await again(events, record, spec, shorter)
    assert (found.verdict, found.unused[0]) == ("diverged", "agent/0/model/0")


# --- long runs


def test_five_thousand_events_are_folded_in_well_under_a_second() -> None:
    events = as_events(long_journal(5000))
    began = process_time()
    steps = fold_steps(events)
    fold_account(events)
    timeline = fold_timeline(events, steps, NOW)
    merged(timeline, 0.0, timeline.total)
    rows = list_rows(steps, events, Wanted())
    assert process_time() - began < 0.6
    assert len(rows) > len(steps) > 2400
