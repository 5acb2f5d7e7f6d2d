"""ReAct: thought, action and observation in turn; questions to people; an end within the cycles or a warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents import ReActAgent, ReActConfig
from agents.core.declare.errors import AgentFailed
from agents.core.runtime.events import EventType
from agents.core.spec.agent import AgentSpec
from tests.agents.signatures import INPUTS, TRIAGE
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.stage import TOOLS, decision, native, scene_of, scene_of_script
from tests.factories.strategy_scripts import react_with_five_tools

ANSWER = {"json": {"answer": "It is done."}}


def react(**config: Any) -> ReActAgent:
    return ReActAgent(ReActConfig(**config), tools=["look_up"])


async def test_five_tools_are_called_in_order_and_each_observation_is_read_before_the_next_cycle(tmp_path: Path) -> None:
    played = await play(scene_of_script(ReActAgent(), react_with_five_tools(), tmp_path))
    assert [name for name, _ in played.calls()] == [
        "write_file",
        "list_directory",
        "file_exists",
        "read_file",
        "extract_links",
    ]
    assert (tmp_path / "page.html").read_text().startswith("<a href=")
    told = [played.requests[n].messages[-1].content for n in range(1, 6)]
    assert '"written": true' in told[0]
    assert told[1].startswith('Observation of list_directory: {"count": 1')
    assert '"is_file": true' in told[2]
    assert '"content": "<a href=' in told[3]
    assert '"unique_links": ["https://one.example/", "https://two.example/"]' in told[4]
    assert [len(r.messages) for r in played.requests] == [2, 4, 6, 8, 10, 12, 14]
    assert played.output["answer"] == "The links lead to one.example and two.example."
    assert (played.output["cycles_used"], played.output["total_cycles"], played.output["action"]) == (6, 8, "finish")
    assert [call["name"] for call in played.output["tool_calls"]][4] == "extract_links"
    assert played.output["warning"] == ""


@pytest.mark.slow
async def test_five_tools_resume_after_a_crash_at_every_point(tmp_path: Path) -> None:
    await assert_resumes_everywhere(scene_of_script(ReActAgent(), react_with_five_tools(), tmp_path))


async def test_the_model_is_told_its_actions_its_tools_and_what_it_is_for() -> None:
    played = await play(scene_of(react(allow_clarify=False), [decision("finish"), ANSWER], tools=TOOLS))
    first, last = played.requests
    system = first.messages[0].content
    assert "tool_use calls a tool" in system
    assert "clarify" not in system
    assert system.split("you will be asked for ")[1].startswith("answer.")
    assert 'available_tools: ["look_up"]' in first.messages[1].content
    assert [tool.name for tool in first.tools] == ["look_up"]
    assert (first.tool_choice, last.tool_choice) == ("auto", "none")
    assert first.json_schema is not None
    assert list(first.json_schema["properties"]) == ["thought", "action", "tool", "action_input", "confidence"]
    assert last.json_schema is not None
    assert list(last.json_schema["properties"]) == ["answer"]


async def test_failures_of_tools_are_observations_and_the_work_goes_on() -> None:
    replies = [
        decision("tool_use", tool="look_up", given={"word": "bomb"}),
        decision("tool_use", tool="fly", given={}),
        decision("tool_use", tool="look_up", given="word"),
        decision("tool_use"),
        native(("look_up", {"word": 7})),
        decision("finish", sure=0.9),
        ANSWER,
    ]
    played = await play(scene_of(react(), replies, tools=TOOLS))
    told = [request.messages[-1].content for request in played.requests[1:6]]
    assert "the dictionary exploded" in told[0]
    assert "this agent has no tool 'fly'; it has: look_up" in told[1]
    assert "the arguments are not a JSON object" in told[2]
    assert "No tool was called" in told[3]
    assert "invalid_arguments" in told[4]
    assert played.output["cycles_used"] == 6


async def test_a_question_waits_for_the_person_and_the_answer_is_observed() -> None:
    replies = [decision("clarify", given="Which colour?"), decision("finish", sure=0.9), ANSWER]
    path = "agent/0/question/0"
    answered = {path: (EventType.QUESTION_ANSWERED, {"decision": "answer", "result": "blue"})}
    waiting = await play(scene_of(react(), replies, tools=TOOLS))
    assert waiting.outcome.waiting_on == {"on": "question", "path": path, "title": "Which colour?"}
    played = await assert_resumes_everywhere(scene_of(react(), replies, tools=TOOLS, decisions=answered))
    assert played.requests[-1].messages[-2].content.startswith('{"thought"')
    assert any(m.content == 'The person answers: "blue"' for m in played.requests[-1].messages)


async def test_without_an_end_it_answers_with_what_there_is_and_says_so() -> None:
    look = [native(("look_up", {"word": word}), said=f"I look {word} up.") for word in ("a", "b")]
    played = await play(scene_of(react(max_cycles=2), [*look, ANSWER], tools=TOOLS))
    assert [call["result"] for call in played.output["tool_calls"]] == [{"meaning": "A"}, {"meaning": "B"}]
    assert played.output["warning"] == "The task was not finished within 2 cycles: the answer is only what was found so far."
    assert (played.output["thought"], played.output["need_tool"], played.output["cycles_used"]) == ("I look b up.", True, 2)
    assert "not finished within 2 cycles" in played.requests[-1].messages[-1].content


async def test_little_confidence_is_told() -> None:
    played = await play(scene_of(react(confidence_threshold=0.8), [decision("finish", sure=0.6), ANSWER], tools=TOOLS))
    assert played.output["warning"] == "The confidence 0.6 is below 0.8."


async def test_several_calls_of_one_cycle_may_run_at_once_and_resume_everywhere() -> None:
    both = native(("look_up", {"word": "a"}), ("look_up", {"word": "b"}))
    scene = scene_of(react(enable_parallel_tools=True), [both, decision("finish"), ANSWER], tools=TOOLS)
    played = await assert_resumes_everywhere(scene)
    assert sorted(played.steps("tool")) == ["agent/0/call/0/tool/0", "agent/0/call/1/tool/0"]
    assert [m.content for m in played.requests[1].messages[-2:]] == ['{"meaning": "A"}', '{"meaning": "B"}']


async def test_an_invalid_decision_goes_back_for_repair_and_at_last_fails_with_what_was_done() -> None:
    bad = {"json": {"thought": "x", "action": "sing", "confidence": 2}}
    replies = [native(("look_up", {"word": "a"})), bad, {"text": "hm"}, bad]
    played = await play(scene_of(react(), replies, tools=TOOLS))
    assert "action: got 'sing'" in played.requests[2].messages[-1].content
    assert played.outcome.error["code"] == "invalid_answer"
    assert played.outcome.error["details"]["tool_calls"][0]["result"] == {"meaning": "A"}


async def test_it_works_for_any_signature() -> None:
    spec = AgentSpec(name="Desk", signature=TRIAGE, strategy="react")
    answer = {"urgency": "high", "tags": [], "response": "At once."}
    played = await play(Scene(spec, INPUTS, [decision("finish"), {"json": answer}]))
    assert played.output == answer


def test_a_plain_call_that_never_gets_a_decision_fails_with_the_reason() -> None:
    from agents.adapters.llm.providers import DefaultModel, Providers
    from agents.adapters.llm.scripted import ScriptedModel

    models = Providers({}, DefaultModel("scripted"), {"scripted": ScriptedModel([{"text": "?"}] * 3)})
    with pytest.raises(AgentFailed, match="cycle: the answer did not fit after 2 repairs"):
        ReActAgent(models=models).run(task="x")
