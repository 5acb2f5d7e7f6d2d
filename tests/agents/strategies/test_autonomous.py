"""The autonomous loop: a plan, cycles with progress, and every way to come to an end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from agents import AutonomousConfig, BaseAutonomousAgent, InputField, OutputField, Signature
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.runtime.events import EventType
from agents.core.runtime.memory import CatalogTools
from agents.core.spec.agent import AgentSpec
from tests.agents.signatures import GOOD, INPUTS, TRIAGE
from tests.agents.strategies.resume import Played, Scene, assert_resumes_everywhere, play
from tests.agents.strategies.stage import TOOLS, decision, native, scene_of

PLAN = {"json": {"plan": ["Look", "Tell"]}}
RESULT = {"json": {"result": "All is told."}}


class MySignature(Signature):
    question: str = InputField(desc="User input")
    answer: str = OutputField(desc="Agent output")


def autonomous(**config: Any) -> BaseAutonomousAgent:
    return BaseAutonomousAgent(AutonomousConfig(**config), tools=["look_up"])


def told(played: Played) -> list[tuple[str, float]]:
    reports = [e.payload["request"] for e in played.events if e.payload.get("kind") == "progress"]
    return [(r["message"], r["percentage"]) for r in reports]


async def test_it_plans_works_in_cycles_and_finishes() -> None:
    work = decision("work", "I write.", given="A draft.")
    replies = [PLAN, native(("look_up", {"word": "a"}), said="I look."), work, decision("finish", "Done."), RESULT]
    played = await assert_resumes_everywhere(scene_of(autonomous(max_cycles=4), replies, tools=TOOLS))
    plan, first, second, third, answer = played.prompts()
    assert "Do not do them yet" in plan
    assert 'milestones: ["Look", "Tell"]' in first
    assert '{"meaning": "A"}' in second
    assert '"A draft."' in third
    assert third.endswith("Go on.")
    assert '{"meaning": "A"}' in answer
    assert played.output == {
        "result": "All is told.",
        "plan": ["Look", "Tell"],
        "cycles_used": 3,
        "total_cycles": 4,
        "stopped_by": "finish",
    }
    assert told(played) == [
        ("Cycle 1 of at most 4", 0.0),
        ("Cycle 2 of at most 4: I look.", 25.0),
        ("Cycle 3 of at most 4: I write.", 50.0),
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (decision("finish"), "finish"),
        (decision("tool_use"), "no_tool_calls"),
        (decision("work", sure=0.9), "confidence"),
    ],
)
async def test_it_converges_when_it_finishes_calls_no_more_tools_or_is_sure(reply: dict[str, Any], reason: str) -> None:
    replies = [native(("look_up", {"word": "a"})), decision("work", sure=0.8), reply, RESULT]
    played = await play(scene_of(autonomous(planning_enabled=False), replies, tools=TOOLS))
    assert (played.output["stopped_by"], played.output["cycles_used"], played.output["plan"]) == (reason, 3, [])


async def test_a_tool_call_never_ends_the_work_however_sure() -> None:
    use = decision("tool_use", tool="look_up", given={"word": "a"}, sure=1.0)
    replies = [use, decision("finish"), RESULT]
    played = await play(scene_of(autonomous(planning_enabled=False), replies, tools=TOOLS))
    assert played.output["cycles_used"] == 2


async def test_when_the_cycles_are_used_up_it_answers_with_what_it_has_and_says_what_is_missing() -> None:
    replies = [decision("work", given="Half."), decision("work", given="Most."), RESULT]
    agent = autonomous(max_cycles=2, planning_enabled=False)
    played = await assert_resumes_everywhere(scene_of(agent, replies, tools=TOOLS))
    assert played.output["stopped_by"] == "max_cycles"
    assert played.requests[-1].messages[-1].content.startswith("All 2 cycles are used up: say what is missing.")
    assert "Most." in played.prompts()[-1]


async def test_it_can_ask_a_person_and_goes_on_with_the_answer() -> None:
    replies = [decision("clarify", given="Which file?"), decision("finish"), RESULT]
    path = "agent/0/question/0"
    decisions = {path: (EventType.QUESTION_ANSWERED, {"decision": "answer", "result": "data.csv"})}
    scene = scene_of(autonomous(planning_enabled=False), replies, tools=TOOLS, decisions=decisions)
    played = await assert_resumes_everywhere(scene)
    assert '"data.csv"' in played.prompts()[1]


async def test_run_autonomous_takes_the_task_and_gives_the_signatures_outputs() -> None:
    model = ScriptedModel([decision("finish"), {"json": {"answer": "42"}}])
    models = Providers({}, DefaultModel("scripted"), {"scripted": model})
    config = AutonomousConfig(planning_enabled=False)
    agent = BaseAutonomousAgent(config=config, signature=MySignature(), models=models)
    result = await agent.run_autonomous(task="Analyze data")
    assert result["answer"] == "42"
    assert result["stopped_by"] == "finish"
    assert 'question: "Analyze data"' in model.requests[0].messages[1].content


async def test_a_signature_without_a_text_cannot_take_a_task() -> None:
    class Numbers(Signature):
        count: int = InputField()
        answer: str = OutputField()

    with pytest.raises(TypeError, match="Numbers has no text input for a task; its inputs: count"):
        await BaseAutonomousAgent(signature=Numbers()).run_autonomous(task="x")


async def test_it_works_for_any_signature() -> None:
    spec = AgentSpec(name="Desk", signature=TRIAGE, strategy="autonomous")
    played = await play(Scene(spec, INPUTS, [PLAN, decision("finish"), {"json": GOOD}]))
    assert played.output == GOOD


async def test_a_stop_in_the_middle_names_a_checkpoint_from_which_nothing_is_asked_twice() -> None:
    model = ScriptedModel([native(("look_up", {"word": "a"})), decision("finish"), RESULT])
    models = Providers({}, DefaultModel("scripted"), {"scripted": model})
    config = AutonomousConfig(planning_enabled=False)
    looked: list[str] = []

    async def look_up(arguments: dict[str, Any], context: Any) -> Any:
        looked.append(arguments["word"])
        agent.interrupt_manager.request(message="Enough for today.")
        await asyncio.sleep(0)  # the request reaches the run by its loop
        return {"meaning": "A"}

    tools = CatalogTools({"look_up": replace(TOOLS["look_up"], call=look_up)})
    agent = BaseAutonomousAgent(config=config, tools=["look_up"], models=models, tool_catalog=tools)
    with pytest.raises(InterruptedError) as stopped:
        await agent.run_autonomous(task="Analyze data")
    reason = stopped.value.reason  # type: ignore[attr-defined]
    assert reason.message == "Enough for today."
    assert len(model.requests) == 1
    result = await agent.run_autonomous(resume_from=reason.metadata["checkpoint_id"])
    assert (result["result"], result["cycles_used"], looked, len(model.requests)) == ("All is told.", 2, ["a"], 3)
