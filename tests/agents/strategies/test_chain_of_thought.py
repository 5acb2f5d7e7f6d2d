"""Chain of thought: the steps come before the answer, and a separate check decides what is verified."""

from __future__ import annotations

from typing import Any

import pytest

from agents import ChainOfThoughtAgent, ChainOfThoughtConfig
from agents.core.spec.agent import AgentSpec
from tests.agents.signatures import GOOD, INPUTS, TRIAGE
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.stage import scene_of

INPUT = {"problem": "What is 2 + 2?"}
RIGHT = {"json": {"problems": [], "verified": True}}


def thought(answer: str = "4", confidence: float = 0.9, steps: int = 5) -> dict[str, Any]:
    told = {f"step{n}": f"Step {n}." for n in range(1, steps + 1)}
    return {"json": {**told, "final_answer": answer, "confidence": confidence}}


def wrong(*problems: str) -> dict[str, Any]:
    return {"json": {"problems": list(problems), "verified": False}}


async def test_steps_are_written_before_the_answer_and_a_second_request_checks_them() -> None:
    played = await assert_resumes_everywhere(scene_of(ChainOfThoughtAgent(), [thought(), RIGHT], inputs=INPUT))
    think, check = played.requests
    assert think.json_schema is not None
    assert list(think.json_schema["properties"]) == [*(f"step{n}" for n in range(1, 6)), "final_answer", "confidence"]
    assert "fill step1 to step5 in order" in played.prompts()[0]
    assert "You check somebody else's work" in check.messages[0].content
    assert '"step1": "Step 1."' in played.prompts()[1]
    assert list(played.output) == [*(f"step{n}" for n in range(1, 6)), "final_answer", "confidence", "verified"]
    assert played.output["verified"] is True


async def test_mistakes_go_back_once_and_the_revision_is_checked_again() -> None:
    replies = [thought("5"), wrong("step 3 adds wrongly"), thought("4"), RIGHT]
    played = await assert_resumes_everywhere(scene_of(ChainOfThoughtAgent(), replies, inputs=INPUT))
    assert 'mistakes: ["step 3 adds wrongly"]' in played.prompts()[2]
    assert '"final_answer": "5"' in played.prompts()[2]
    assert (played.output["final_answer"], played.output["verified"]) == ("4", True)


async def test_what_is_still_wrong_is_not_verified() -> None:
    replies = [thought("5"), wrong("no"), thought("5"), wrong()]
    played = await play(scene_of(ChainOfThoughtAgent(), replies, inputs=INPUT))
    assert played.output["verified"] is False


async def test_a_right_but_unsure_answer_is_not_verified() -> None:
    played = await play(scene_of(ChainOfThoughtAgent(), [thought(confidence=0.6), RIGHT], inputs=INPUT))
    assert played.output["verified"] is False


async def test_without_verification_one_request_is_all_and_nothing_is_called_verified() -> None:
    agent = ChainOfThoughtAgent(ChainOfThoughtConfig(enable_verification=False))
    played = await play(scene_of(agent, [thought()], inputs=INPUT))
    assert (len(played.requests), played.output["verified"]) == (1, False)


@pytest.mark.parametrize("steps", [1, 3, 8])
async def test_the_number_of_steps_is_the_configs(steps: int) -> None:
    agent = ChainOfThoughtAgent(ChainOfThoughtConfig(reasoning_steps=steps))
    played = await play(scene_of(agent, [thought(steps=steps), RIGHT], inputs=INPUT))
    assert [name for name in played.output if name.startswith("step")] == [f"step{n}" for n in range(1, steps + 1)]


async def test_it_works_for_any_signature_and_keeps_its_steps_to_itself() -> None:
    spec = AgentSpec(name="Desk", signature=TRIAGE, strategy="chain_of_thought", strategy_params={"reasoning_steps": 2})
    answer = {"json": {"step1": "a", "step2": "b", **GOOD, "confidence": 1}}
    played = await play(Scene(spec, INPUTS, [answer, RIGHT]))
    assert played.output == GOOD


def test_a_number_of_steps_that_cannot_be_is_refused() -> None:
    with pytest.raises(TypeError, match="reasoning_steps: got 0"):
        ChainOfThoughtAgent(ChainOfThoughtConfig(reasoning_steps=0))
