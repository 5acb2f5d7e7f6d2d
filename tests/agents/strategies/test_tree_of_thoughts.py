"""Tree of thoughts: distinct paths at once, judged by the named criteria; the best is carried out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agents import ToTAgent, ToTAgentConfig
from agents.core.runtime.events import EventType
from agents.core.spec.agent import AgentSpec
from tests.agents.signatures import GOOD, INPUTS, TRIAGE
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.stage import scene_of, scene_of_script
from tests.factories.strategy_scripts import tot_with_four_paths

DONE = {"match": "way_to_go", "json": {"final_result": "Done."}}


def thought(approach: str, match: str = "") -> dict[str, Any]:
    return {"match": match, "json": {"approach": approach, "steps": ["Go"], "reasoning": "So."}}


def judged(score: float, match: str = "") -> dict[str, Any]:
    return {"match": match, "json": {"reasons": "So.", "scores": {"quality": score}}}


def thinks(request: Any) -> bool:
    return "Several people think about this task" in request.messages[0].content


async def test_four_distinct_paths_are_judged_by_each_criterion_and_the_best_is_carried_out() -> None:
    played = await play(scene_of_script(ToTAgent(), tot_with_four_paths()))
    paths = [request for request in played.requests if thinks(request)]
    judges = [request for request in played.requests if "You judge one way" in request.messages[0].content]
    assert (len(paths), len(judges), len(played.requests)) == (4, 4, 9)
    angles = {r.messages[1].content.split('your_angle: "')[1].split('"')[0] for r in paths}
    assert len(angles) == 4
    assert "the most direct way" in angles
    assert {f"number {n} of 4" in "".join(r.messages[0].content for r in paths) for n in range(1, 5)} == {True}
    assert {r.model.temperature for r in paths} == {0.9}
    assert {r.model.temperature for r in judges} == {0.0}
    assert all("Score it from 0 to 1 by each criterion: cost; speed." in r.messages[0].content for r in judges)
    last = played.prompts()[-1]
    assert 'way_to_go: {"approach": "Go by partners"' in last
    output = played.output
    assert [p["approach"] for p in output["paths"]] == ["Open a shop", "Sell by post", "Go by partners", "Wait a year"]
    assert [e["score"] for e in output["evaluations"]] == [0.45, 0.6, 0.8, 0.45]
    assert output["evaluations"][2]["scores"] == {"cost": 0.7, "speed": 0.9}
    assert (output["best_path"]["path"], output["best_path"]["score"]) == (3, 0.8)
    assert output["final_result"] == "Partners carry the product."


async def test_it_resumes_after_a_crash_at_every_point() -> None:
    await assert_resumes_everywhere(scene_of_script(ToTAgent(), tot_with_four_paths()))


async def test_paths_are_thought_of_at_the_same_time() -> None:
    slow = {"latency_s": 0.2}
    replies = [{**thought(f"Way {n}", f"number {n} of 5"), **slow} for n in range(1, 6)]
    scene = scene_of(ToTAgent(ToTAgentConfig()), [DONE, *replies, judged(0.5, "You judge")])
    began = asyncio.get_running_loop().time()
    played = await play(scene)
    assert asyncio.get_running_loop().time() - began < 0.8
    ends = [e for e in played.events if e.type is EventType.STEP_FINISHED and "/think/" in e.path]
    starts = [e for e in played.events if e.type is EventType.STEP_STARTED and "/think/" in e.path]
    assert max(e.seq for e in starts) < min(e.seq for e in ends)


async def test_one_after_another_each_is_told_of_those_before_it() -> None:
    config = ToTAgentConfig(num_paths=2, parallel_execution=False)
    replies = [thought("By land"), judged(0.4), thought("By sea"), judged(0.6), {"json": {"final_result": "Sailed."}}]
    played = await assert_resumes_everywhere(scene_of(ToTAgent(config), replies))
    assert "taken_ways" not in played.prompts()[0]
    assert 'taken_ways: ["By land"]' in played.prompts()[2]
    assert played.output["best_path"]["approach"] == "By sea"


async def test_of_equals_the_first_is_taken_every_time() -> None:
    config = ToTAgentConfig(num_paths=3)
    replies = [*(thought(f"Way {n}", f"number {n} of 3") for n in (1, 2, 3)), judged(0.5, "You judge")]
    for _ in range(5):
        assert (await play(scene_of(ToTAgent(config), [DONE, *replies]))).output["best_path"]["path"] == 1


async def test_a_path_that_breaks_off_leaves_the_others() -> None:
    fault: dict[str, Any] = {"match": "number 1 of 2", "error_code": "timeout", "error_message": "too slow"}
    replies = [DONE, fault, thought("By sea", "number 2 of 2"), judged(0.5, "You judge")]
    played = await play(scene_of(ToTAgent(ToTAgentConfig(num_paths=2)), replies))
    assert [p["path"] for p in played.output["paths"]] == [2]
    assert played.output["evaluations"][0] == {"path": 1, "score": 0.0, "scores": {}, "reasons": "timeout: too slow"}
    everything = await play(scene_of(ToTAgent(ToTAgentConfig(num_paths=2)), [{**fault, "match": "number"}]))
    assert everything.outcome.error["message"] == "none of 2 paths could be thought of: timeout: too slow"


async def test_a_path_that_could_not_be_judged_is_kept_and_scores_nothing() -> None:
    lost = {"match": 'way: {"approach": "By land"', "error_code": "timeout", "error_message": "too slow"}
    both = [thought("By land", "number 1 of 2"), thought("By sea", "number 2 of 2")]
    scene = scene_of(ToTAgent(ToTAgentConfig(num_paths=2)), [DONE, lost, *both, judged(0.1, "You judge")])
    played = await assert_resumes_everywhere(scene)
    assert [p["approach"] for p in played.output["paths"]] == ["By land", "By sea"]
    assert [e["score"] for e in played.output["evaluations"]] == [0.0, 0.1]
    assert played.output["best_path"]["approach"] == "By sea"


async def test_criteria_are_named_in_words_and_may_be_one_text() -> None:
    config = ToTAgentConfig(num_paths=1, evaluation_criteria="time to market, 2nd best, Time to market")
    scores = {"time_to_market": 0.2, "score_2_2nd_best": 0.4, "score_3_time_to_market": 0.6}
    replies: list[dict[str, Any]] = [thought("By sea"), {"json": {"reasons": "So.", "scores": scores}}, DONE]
    evaluation = (await play(scene_of(ToTAgent(config), replies))).output["evaluations"][0]
    assert evaluation["score"] == 0.4


def test_too_many_paths_are_refused() -> None:
    with pytest.raises(ValueError, match="num_paths is 21; allowed: 1 to max_paths, which is 20"):
        ToTAgentConfig(num_paths=21)


async def test_too_many_paths_of_a_spec_are_refused_too() -> None:
    spec = AgentSpec(name="T", signature=TRIAGE, strategy="tree_of_thoughts", strategy_params={"num_paths": 21})
    played = await play(Scene(spec, INPUTS, []))
    assert played.outcome.error["code"] == "invalid_inputs"
    assert "num_paths is 21" in played.outcome.error["message"]


async def test_it_works_for_any_signature() -> None:
    spec = AgentSpec(name="Desk", signature=TRIAGE, strategy="tree_of_thoughts", strategy_params={"num_paths": 1})
    played = await play(Scene(spec, INPUTS, [thought("By sea"), judged(1), {"json": GOOD}]))
    assert played.output == GOOD
