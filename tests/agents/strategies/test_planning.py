"""Planning: the plan is checked before anything is done, done for real, and made anew with the reasons."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents import PlanningAgent, PlanningConfig
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import EventType
from agents.core.runtime.ports import Tool
from agents.core.spec.agent import AgentSpec, ToolUse
from tests.agents.signatures import GOOD, INPUTS, TRIAGE
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.stage import LOOK_UP, TOOLS, scene_of, scene_of_script
from tests.factories.strategy_scripts import plan_step, planning_with_a_dependency_and_a_replan

FINAL = {"match": "A plan was made", "json": {"final_result": "Done."}}
WORDS = {"match": "You do one step", "json": {"result": "Worked.", "problem": ""}}
GOOD_PLAN = [plan_step(1, "Think")]


def planning(**config: Any) -> PlanningAgent:
    return PlanningAgent(PlanningConfig(**config), tools=["look_up"])


def plans(*given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plans in the order in which they are asked for."""
    return [{"match": "Make a plan", "times": 1, "json": {"plan": plan}} for plan in given]


def look(step: int, word: str, *dependencies: int) -> dict[str, Any]:
    return plan_step(step, f"Look {word} up", tool="look_up", arguments={"word": word}, dependencies=list(dependencies))


async def test_plan_validate_replan_execute_and_answer_in_this_order(tmp_path: Path) -> None:
    scene = scene_of_script(PlanningAgent(), planning_with_a_dependency_and_a_replan(), tmp_path)
    played = await play(replace(scene, inputs={**scene.inputs, "context": {"length": "2000 words"}}))
    plan, replan, words, answer = played.prompts()
    assert "Make a plan for the task; do nothing of it yet. At most 10 steps" in plan
    assert '"name": "write_file"' in plan
    assert 'context: {"length": "2000 words"}' in plan
    assert "plan_problems: " not in plan
    assert 'plan_problems: ["step 2 depends on step 7, which does not exist"]' in replan
    assert '"action": "Summarize the sources"' in replan
    assert 'plan_step: {"action": "Summarize it", "description": "Summarize it.", "step": 3}' in words
    assert 'step_results: {"2": {"content": "Qubits hold two states at once."' in words
    assert '"result": "Qubits: two states."' in answer
    assert played.calls()[1] == ("read_file", {"path": "report.txt"})
    assert (tmp_path / "report.txt").read_text() == "Qubits hold two states at once."
    output = played.output
    assert output["validation_result"] == {"status": "valid", "problems": []}
    assert [(e["step"], e["status"]) for e in output["execution_results"]] == [(n, "completed") for n in (1, 2, 3)]
    assert [step["dependencies"] for step in output["plan"]] == [[], [1], [2]]
    assert output["final_result"] == "In short: a qubit holds two states at once."


async def test_it_resumes_after_a_crash_at_every_point(tmp_path: Path) -> None:
    await assert_resumes_everywhere(scene_of_script(PlanningAgent(), planning_with_a_dependency_and_a_replan(), tmp_path))


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        ([], "the plan is empty; it needs at least one step"),
        ([plan_step(n, "Think") for n in range(1, 5)], "the plan has 4 steps; at most 3 are allowed"),
        ([plan_step(1, "Think"), plan_step(1, "Again")], "step 1 is there twice or already done"),
        ([plan_step(1, "  ")], "step 1 does not say what is done"),
        ([plan_step(1, "Think", dependencies=[1])], "step 1 depends on itself"),
        ([plan_step(1, "Think", dependencies=[9])], "step 1 depends on step 9, which does not exist"),
        (
            [plan_step(1, "A", dependencies=[2]), plan_step(2, "B", dependencies=[1]), plan_step(3, "C")],
            "steps 1, 2 wait for each other in a circle",
        ),
        ([plan_step(1, "Fly", tool="fly")], "step 1 uses the tool 'fly'; the tools are: look_up"),
        ([plan_step(1, "Look", tool="look_up", arguments={"word": 7})], "word: 7 is not of type 'string'"),
        ([plan_step(1, "Look", tool="look_up", arguments="word")], "step 1: the arguments of look_up must be an object"),
        (
            [plan_step(1, "A"), plan_step(2, "Look", tool="look_up", arguments={"word": "{step1}"})],
            "step 2 uses the result of step 1 and does not depend on it",
        ),
    ],
)
async def test_a_strict_plan_that_stays_invalid_is_refused_with_its_problems(plan: list[Any], problem: str) -> None:
    played = await play(scene_of(planning(max_plan_steps=3, max_replans=1), plans(plan, plan), tools=TOOLS))
    error = played.outcome.error
    assert error["code"] == "validation_failed"
    assert problem in error["message"]
    assert any(problem in told for told in error["details"]["problems"])
    assert problem in played.prompts()[1].replace('\\"', '"')
    assert played.steps("tool") == []
    assert len(played.requests) == 2


async def test_without_replanning_one_plan_is_all() -> None:
    played = await play(scene_of(planning(enable_replanning=False), plans([]), tools=TOOLS))
    assert played.outcome.error["code"] == "validation_failed"
    assert len(played.requests) == 1


async def test_warn_does_the_plan_as_far_as_it_goes_and_reports_what_is_wrong() -> None:
    plan = [plan_step(1, "A", dependencies=[2]), plan_step(2, "B", dependencies=[1]), plan_step(3, "C", dependencies=[9])]
    played = await play(scene_of(planning(validation_mode="warn"), [*plans(plan), WORDS, FINAL], tools=TOOLS))
    result = played.output["validation_result"]
    assert result["status"] == "warnings"
    assert "steps 1, 2 wait for each other in a circle" in result["problems"]
    assert [e["status"] for e in played.output["execution_results"]] == ["completed"] * 3


async def test_off_does_not_look_and_still_keeps_to_the_number_of_steps() -> None:
    plan = [plan_step(n, "Think") for n in (1, 2, 3)]
    agent = planning(validation_mode="off", max_plan_steps=2)
    played = await play(scene_of(agent, [*plans(plan), WORDS, FINAL], tools=TOOLS))
    assert played.output["validation_result"] == {"status": "skipped", "problems": ["only the first 2 of 3 steps are done"]}
    assert len(played.output["execution_results"]) == 2


async def test_a_failed_step_is_planned_anew_with_the_reason_and_finished_steps_stay() -> None:
    first = [look(1, "a"), look(2, "bomb"), look(3, "c", 2)]
    second = [look(2, "b"), plan_step(3, "Join", dependencies=[1, 2])]
    scene = scene_of(planning(), [*plans(first, second), WORDS, FINAL], tools=TOOLS)
    played = await assert_resumes_everywhere(scene)
    replan = played.prompts()[1]
    assert "step 2 (Look bomb up): tool_failed: RuntimeError: the dictionary exploded" in replan
    assert "step 3 (Look c up): a step that it needs has failed" in replan
    assert "number the new steps from 2 on" in replan
    assert 'finished_steps: [{"action": "Look a up", "result": {"meaning": "A"}, "status": "completed", "step": 1' in replan
    assert 'step_results: {"1": {"meaning": "A"}, "2": {"meaning": "B"}}' in played.prompts()[2]
    assert [a["word"] for _, a in played.calls()] == ["a", "bomb", "b"]
    assert [(e["step"], e["status"]) for e in played.output["execution_results"]] == [
        (1, "completed"),
        (2, "completed"),
        (3, "completed"),
    ]


async def test_a_plan_that_cannot_be_done_fails_with_what_came_of_each_step() -> None:
    played = await play(scene_of(planning(max_replans=1), plans([look(1, "bomb")], [look(1, "bomb")]), tools=TOOLS))
    error = played.outcome.error
    assert error["code"] == "execution_failed"
    assert "step 1 (Look bomb up): tool_failed" in error["message"]
    assert error["details"]["execution_results"][0]["status"] == "failed"


async def test_in_warn_mode_the_answer_is_told_which_steps_failed() -> None:
    agent = planning(validation_mode="warn", max_replans=0)
    played = await play(scene_of(agent, [*plans([look(1, "bomb")]), FINAL], tools=TOOLS))
    assert '"status": "failed"' in played.prompts()[-1]
    assert played.output["final_result"] == "Done."


async def test_a_step_in_words_can_say_that_it_cannot_be_done() -> None:
    stuck = {"match": "You do one step", "times": 1, "json": {"result": "", "problem": "no sources"}}
    played = await play(scene_of(planning(), [*plans(GOOD_PLAN, GOOD_PLAN), stuck, WORDS, FINAL], tools=TOOLS))
    assert 'plan_problems: ["step 1 (Think): no sources"]' in played.prompts()[2]
    assert played.output["execution_results"][0]["status"] == "completed"


async def test_independent_steps_are_done_at_the_same_time() -> None:
    together = asyncio.Barrier(2)

    async def meet(arguments: dict[str, Any], context: Any) -> Any:
        await asyncio.wait_for(together.wait(), 5)
        return {"meaning": arguments["word"]}

    tools = {"look_up": Tool("look_up", "", LOOK_UP.parameters, Effect.READ, meet)}
    played = await play(scene_of(planning(), [*plans([look(1, "a"), look(2, "b")]), FINAL], tools=tools))
    assert [e["result"]["meaning"] for e in played.output["execution_results"]] == ["a", "b"]


async def test_parallel_steps_resume_after_a_crash_at_every_point() -> None:
    plan = [look(1, "a"), look(2, "b"), look(3, "c"), plan_step(4, "Join", dependencies=[1, 2, 3])]
    await assert_resumes_everywhere(scene_of(planning(), [*plans(plan), WORDS, FINAL], tools=TOOLS))


async def test_a_narrative_plan_is_done_in_its_order_and_each_step_knows_all_before() -> None:
    story = {"match": "Make a plan", "json": {"plan": ["First I ask.", "Then I write.", "Then I check."]}}
    played = await play(scene_of(planning(plan_format="narrative"), [story, WORDS, FINAL], tools=TOOLS))
    assert [step["dependencies"] for step in played.output["plan"]] == [[], [1], [1, 2]]
    assert 'step_results: {"1": "Worked.", "2": "Worked."}' in played.prompts()[3]


async def test_it_works_for_any_signature_and_fills_its_own_outputs_as_text_where_asked() -> None:
    text = {"kind": "str"}
    spec = AgentSpec.model_validate(
        {
            "name": "P",
            "strategy": "planning",
            "signature": {
                "name": "S",
                "inputs": [{"name": "plan", "type": text}],
                "outputs": [
                    {"name": "validation_result", "type": text},
                    {"name": "execution_results", "type": {"kind": "any"}},
                ],
            },
        }
    )
    named = {"match": "Make a plan", "json": {"plan_now": GOOD_PLAN}}
    played = await play(Scene(spec, {"plan": "to think"}, [named, WORDS]))
    assert json.loads(played.output["validation_result"]) == {"status": "valid", "problems": []}
    assert len(played.requests) == 2
    other = AgentSpec(name="Desk", signature=TRIAGE, strategy="planning")
    played = await play(Scene(other, INPUTS, [*plans(GOOD_PLAN), WORDS, {"match": "A plan was made", "json": GOOD}]))
    assert played.output == GOOD


def test_the_config_of_the_seed_becomes_the_parameters() -> None:
    config = PlanningConfig(llm_provider="openai", model="gpt-4", max_plan_steps=5, plan_format="narrative")
    spec = PlanningAgent(config).spec
    assert spec.strategy_params == {"max_plan_steps": 5, "plan_format": "narrative"}
    assert (spec.model.provider, spec.model.model, spec.strategy) == ("openai", "gpt-4", "planning")
    with pytest.raises(TypeError, match="validation_mode: got 'severe'"):
        PlanningAgent(PlanningConfig(validation_mode="severe"))


@pytest.mark.parametrize("verdict", ["approve", "reject"])
async def test_a_step_that_a_person_must_approve_waits_while_others_go_on(verdict: str) -> None:
    spec = planning().spec
    careful = spec.model_copy(update={"tools": (ToolUse(name="look_up", ask=True),)})
    path = "agent/0/work/0/step_1/0/tool/0"
    decided = {path: (EventType.APPROVAL_DECIDED, {"decision": verdict, "reason": "not this word"})}
    first = plans([look(1, "a"), plan_step(2, "Think"), plan_step(3, "Join", dependencies=[1])], [plan_step(3, "Think again")])
    scene = Scene(careful, {"task": "Do it."}, [*first, WORDS, FINAL], TOOLS)
    waiting = await play(scene)
    assert waiting.outcome.waiting_on["path"] == path
    assert "agent/0/work/0/step_2/0/model/0" in waiting.steps("model")
    played = await assert_resumes_everywhere(replace(scene, decisions=decided))
    assert len(played.calls()) == (1 if verdict == "approve" else 0)
    assert ("rejected: not this word" in "".join(played.prompts())) is (verdict == "reject")
    assert {e["status"] for e in played.output["execution_results"]} == {"completed"}
