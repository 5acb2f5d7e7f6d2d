"""The resume helper itself: it finds what it is there to find, and the simplest strategy passes it."""

from __future__ import annotations

from agents.core.llm.port import ToolCall
from agents.core.runtime.events import EventType
from tests.agents.signatures import GOOD, INPUTS, agent
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere

ASK = {"tool_calls": [ToolCall(id="c1", name="ask_user_question", arguments={"question": "Which?"}).model_dump()]}


async def test_single_shot_resumes_with_tools_repairs_and_questions_at_every_point() -> None:
    scene = Scene(
        agent(tools=[{"name": "current_time"}, {"name": "ask_user_question"}]),
        INPUTS,
        [ASK, {"text": "hm"}, {"json": GOOD}],
        decisions={"agent/0/question/0": (EventType.QUESTION_ANSWERED, {"decision": "answer", "result": "this"})},
    )
    played = await assert_resumes_everywhere(scene)
    assert played.output == GOOD
    assert '"this"' in played.prompts()[1]
    assert len(played.requests) == 3
