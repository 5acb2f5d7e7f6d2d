"""Batch: one question an item, at most so many at once, results in order, and failures that stay where they are."""

from __future__ import annotations

from typing import Any

from agents import BatchAgent, InputField, OutputField, Signature
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import spec_for, spec_of

PROMPTS = {"prompts": ["alpha", "beta", "gamma"]}


def replies(latency_s: float = 0.0) -> list[dict[str, Any]]:
    return [{"match": f'"{p}"', "json": {"result": p.upper()}, "latency_s": latency_s} for p in PROMPTS["prompts"]]


async def test_results_stand_in_the_order_of_the_prompts() -> None:
    played = await play(Scene(spec_of(BatchAgent), PROMPTS, replies()))
    assert played.output == {"results": ["ALPHA", "BETA", "GAMMA"], "failures": [], "total": 3, "succeeded": 3}
    assert sorted(played.steps()) == [f"agent/0/item/{n}/model/0" for n in range(3)]


async def test_an_item_that_fails_leaves_the_others_alone() -> None:
    script = [{"match": '"beta"', "error_code": "rejected", "error_message": "not that one"}, *replies()]
    played = await play(Scene(spec_of(BatchAgent), PROMPTS, script))
    assert played.output["results"] == ["ALPHA", None, "GAMMA"]
    assert played.output["failures"] == [{"index": 1, "code": "rejected", "message": "not that one"}]
    assert (played.output["total"], played.output["succeeded"]) == (3, 2)


async def test_no_more_run_at_once_than_allowed() -> None:
    import asyncio
    from time import perf_counter

    started = perf_counter()
    await play(Scene(spec_of(BatchAgent, {"max_concurrent": 1}), PROMPTS, replies(0.1)))
    one_by_one = perf_counter() - started
    await asyncio.sleep(0)
    started = perf_counter()
    await play(Scene(spec_of(BatchAgent, {"max_concurrent": 3}), PROMPTS, replies(0.1)))
    assert one_by_one >= 0.3
    assert perf_counter() - started < 0.25


async def test_a_batch_goes_on_after_a_crash() -> None:
    script = [{"match": '"beta"', "error_code": "rejected"}, *replies()]
    played = await assert_resumes_everywhere(Scene(spec_of(BatchAgent), PROMPTS, script))
    assert played.output["succeeded"] == 2


class Label(Signature):
    """Label the messages."""

    language: str = InputField("In which language")
    messages: list[str] = InputField("The messages")
    labels: list[str] = OutputField("A label each")


async def test_any_signature_with_lists_works() -> None:
    inputs = {"language": "German", "messages": ["x", "y"]}
    script: list[dict[str, Any]] = [
        {"match": 'message: "x"', "json": {"label": "gut"}},
        {"match": 'message: "y"', "error_code": "rejected"},
    ]
    played = await play(Scene(spec_for(Label, "batch"), inputs, script))
    assert played.output == {"labels": ["gut"]}
    assert all('language: "German"' in prompt for prompt in played.prompts())
    assert (await play(Scene(spec_for(Label, "batch"), {**inputs, "messages": []}, []))).output == {"labels": []}


class NoList(Signature):
    """Nothing to go through."""

    message: str = InputField("A message")
    answer: str = OutputField("An answer")


async def test_a_signature_without_lists_is_refused_with_what_is_missing() -> None:
    played = await play(Scene(spec_for(NoList, "batch"), {"message": "x"}, []))
    assert played.outcome.error["code"] == "invalid_inputs"
    assert "no input that is a list" in played.outcome.error["message"]
