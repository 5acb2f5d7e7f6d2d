"""PEV: every result is judged by a question of its own, and refined with the feedback until it passes."""

from __future__ import annotations

from typing import Any

import pytest

from agents import PEVAgent, PEVAgentConfig
from agents.core.spec.agent import AgentSpec
from tests.agents.signatures import GOOD, INPUTS, TRIAGE
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.stage import TOOLS, native, scene_of, scene_of_script
from tests.factories.strategy_scripts import pev_with_two_refinements

PLAN = {"json": {"plan": ["Do it"]}}


def result(text: str) -> dict[str, Any]:
    return {"json": {"final_result": text}}


def verdict(score: float, *issues: str, passed: bool = True, feedback: str = "") -> dict[str, Any]:
    return {"json": {"issues": list(issues), "feedback": feedback, "score": score, "passed": passed}}


async def test_two_refinements_each_know_the_result_and_the_feedback_before() -> None:
    played = await play(scene_of_script(PEVAgent(), pev_with_two_refinements()))
    names = [path.split("/")[-2] for path in played.steps("model")]
    assert names == ["plan", "execute", "verify", "execute", "verify", "execute", "verify"]
    prompts = played.prompts()
    assert 'steps: ["Say what it costs", "Say from when on"]' in prompts[1]
    assert "earlier_result" not in prompts[1]
    assert 'earlier_result: {"final_result": "Draft one."}' in prompts[3]
    assert '"issues": ["no price"]' in prompts[3]
    assert 'earlier_result: {"final_result": "Draft two: 5 euros."}' in prompts[5]
    assert "Name the price." not in prompts[5]
    output = played.output
    assert output["final_result"] == "Draft three: 5 euros from Monday on."
    assert output["execution_result"] == {"final_result": "Draft three: 5 euros from Monday on."}
    assert output["verification"] == {"passed": True, "score": 0.92, "issues": [], "feedback": ""}
    assert [(r["iteration"], r["issues"]) for r in output["refinements"]] == [(1, ["no price"]), (2, ["no date"])]
    assert output["warning"] == ""


async def test_the_judge_sees_the_result_and_neither_the_plan_nor_earlier_judgements() -> None:
    played = await play(scene_of_script(PEVAgent(), pev_with_two_refinements()))
    judge = played.prompts()[4]
    assert "You judge the result of a task that somebody else did" in judge
    assert 'result_to_judge: {"final_result": "Draft two: 5 euros."}' in judge
    assert "Say what it costs" not in judge
    assert "Name the price." not in judge


async def test_it_resumes_after_a_crash_at_every_point() -> None:
    await assert_resumes_everywhere(scene_of_script(PEVAgent(), pev_with_two_refinements()))


@pytest.mark.parametrize(
    ("strictness", "score", "issues", "passed"),
    [
        ("low", 0.5, ["small"], True),
        ("low", 0.49, [], False),
        ("medium", 0.7, ["style"], True),
        ("medium", 0.69, [], False),
        ("high", 0.9, [], True),
        ("high", 0.95, ["small"], False),
    ],
)
async def test_strictness_sets_what_passes_and_what_the_judge_is_told(
    strictness: str, score: float, issues: list[str], passed: bool
) -> None:
    config = PEVAgentConfig(max_iterations=1, verification_strictness=strictness)
    played = await play(scene_of(PEVAgent(config), [PLAN, result("R"), verdict(score, *issues)]))
    assert played.output["verification"]["passed"] is passed
    told = {"low": "serves its purpose", "medium": "right and whole; flaws of style", "high": "any single issue fails it"}
    assert told[strictness] in played.prompts()[2]


async def test_what_the_judge_itself_does_not_pass_never_passes() -> None:
    config = PEVAgentConfig(max_iterations=1, verification_strictness="low")
    played = await play(scene_of(PEVAgent(config), [PLAN, result("R"), verdict(0.8, passed=False)]))
    assert played.output["verification"]["passed"] is False


async def test_a_score_at_the_early_stop_ends_the_refining_even_with_issues_left() -> None:
    config = PEVAgentConfig(verification_strictness="high", early_stop_threshold=0.85)
    replies = [PLAN, result("A"), verdict(0.6, "x"), result("B"), verdict(0.85, "y")]
    played = await play(scene_of(PEVAgent(config), replies))
    assert played.output["final_result"] == "B"
    assert played.output["verification"]["passed"] is False


async def test_the_best_result_is_kept_when_none_passes_and_a_warning_says_so() -> None:
    config = PEVAgentConfig(max_iterations=3)
    replies = [PLAN, result("A"), verdict(0.3), result("B"), verdict(0.6), result("C"), verdict(0.6)]
    output = (await play(scene_of(PEVAgent(config), replies))).output
    assert output["final_result"] == "B"
    assert output["warning"] == "The result did not pass its verification in 3 iterations."
    assert [r["score"] for r in output["refinements"]] == [0.3, 0.6, 0.6]


async def test_an_execution_that_breaks_off_is_tried_again_with_its_error() -> None:
    broken = [{"text": "hm"}] * 3
    scene = scene_of(PEVAgent(), [PLAN, *broken, result("R"), verdict(0.8)])
    played = await assert_resumes_everywhere(scene)
    retry = played.prompts()[4]
    assert "broke off with an error" in retry
    assert "invalid_answer: agent PEVAgent: the answer did not fit" in retry
    assert played.output["final_result"] == "R"
    assert played.output["refinements"][0]["score"] == 0.0


async def test_a_provider_fault_is_recovered_from_too() -> None:
    fault = {"error_code": "timeout", "error_message": "too slow"}
    played = await play(scene_of(PEVAgent(), [PLAN, fault, result("R"), verdict(0.8)]))
    assert "timeout: too slow" in played.prompts()[2]
    assert played.output["verification"]["passed"] is True


async def test_without_recovery_the_error_is_the_runs_end() -> None:
    fault = {"error_code": "timeout", "error_message": "too slow"}
    played = await play(scene_of(PEVAgent(PEVAgentConfig(enable_error_recovery=False)), [PLAN, fault]))
    assert played.outcome.error == {"code": "timeout", "message": "too slow"}


async def test_when_every_execution_breaks_off_the_last_error_is_the_runs_end() -> None:
    fault = {"error_code": "timeout", "error_message": "too slow"}
    played = await play(scene_of(PEVAgent(PEVAgentConfig(max_iterations=2)), [PLAN, fault, fault]))
    assert played.outcome.error["code"] == "timeout"


async def test_executions_use_the_tools() -> None:
    replies = [PLAN, native(("look_up", {"word": "a"})), result("A"), verdict(0.8)]
    played = await assert_resumes_everywhere(scene_of(PEVAgent(tools=["look_up"]), replies, tools=TOOLS))
    assert played.calls() == [("look_up", {"word": "a"})]
    assert [bool(request.tools) for request in played.requests] == [False, True, True, False]


async def test_it_works_for_any_signature() -> None:
    spec = AgentSpec(name="Desk", signature=TRIAGE, strategy="pev")
    played = await play(Scene(spec, INPUTS, [PLAN, {"json": GOOD}, verdict(0.9)]))
    assert played.output == GOOD
