"""The memory of detected intents: used for exactly the same question, never by a replay; and the demo model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from agents.core.llm.demo_rules import think
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.llm.nearest import Nearest
from agents.core.llm.port import ChatRequest, Message, Task
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.spec.agent import ModelSpec
from journeys.core.declare.session import InMemorySession
from journeys.core.engine.detecting import RECALL, IntentsInMemory
from journeys.core.engine.intents import OFF_TOPIC, Choices, detector, question
from journeys.core.engine.routing import choices_of
from journeys.core.engine.state import first_state
from journeys.core.engine.transitions import leaving
from journeys.core.engine.turn import COMMIT, LOAD, run_turn
from journeys.core.patterns.phrases import HAND_OVER
from journeys.core.spec import FallbackPattern, HandOverPattern, IntentTriggerSpec, JourneySpec, PatternsSpec, TransitionSpec
from tests.journeys.specs import clinic, transition, turn
from tests.journeys.test_session_memory import session

MEANT: dict[str, object] = {"json": {"intent": "question", "confidence": 0.9, "evidence": "what"}}
ANSWER: dict[str, object] = {"json": {"response": "So it is."}}


def faq(**more: Any) -> JourneySpec:
    return clinic(transitions=(transition("faq", "question"),), **more)


async def test_same_message_in_the_same_situation_asks_no_model_again() -> None:
    talk, model = session(MEANT, ANSWER, ANSWER, spec=faq())
    first = await _say_anew(talk, "What is it?")
    again = await _say_anew(talk, "What is it?")
    assert [r.metadata["intent"]["from_cache"] for r in (first, again)] == [False, True]
    assert again.metadata["ran"] == "faq"
    assert len(model.requests) == 3


async def test_other_conversation_before_the_message_is_another_question() -> None:
    talk, model = session(MEANT, ANSWER, MEANT, ANSWER, spec=faq())
    await _say_anew(talk, "What is it?")
    again = await talk.process_message("What is it?")
    assert again.metadata["intent"]["from_cache"] is False
    assert len(model.requests) == 4


async def test_memory_is_off_where_the_journey_says_so() -> None:
    talk, model = session(MEANT, ANSWER, MEANT, ANSWER, spec=faq(intent_cache_s=0))
    await _say_anew(talk, "What is it?")
    await _say_anew(talk, "What is it?")
    assert len(model.requests) == 4


async def test_replay_takes_what_the_journal_says_and_never_looks_into_the_memory() -> None:
    spec, asked = faq(), []
    talk, model = session(MEANT, ANSWER, ANSWER, spec=spec)

    def recall(data: dict[str, Any]) -> None:
        asked.append(data["key"])

    state = first_state(spec).to_json()
    loaded = {"turn": 1, "text": "What is it?", "history": [], "state": state}
    local = {LOAD: lambda data: loaded, RECALL: recall, COMMIT: lambda data: {"stored": True}}
    ports = memory_ports(models=talk._models, local=local)
    inputs = {"session": "s", "message_seq": 1, "text": "What is it?"}
    first = await run_in_memory(run_turn, spec, inputs, ports, "run")
    again = await run_in_memory(run_turn, spec, inputs, ports, "run")
    assert first.status == again.status == "succeeded"
    assert first.output == again.output
    assert len(asked) == 1
    assert len(model.requests) == 2


def test_memory_forgets_what_is_too_old_and_the_oldest_of_too_many() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    memory = IntentsInMemory()
    memory.remember("k", {"intent": "x"}, 60, now)
    assert memory.recall("k", now + timedelta(seconds=59)) == {"intent": "x"}
    assert memory.recall("k", now + timedelta(seconds=60)) is None
    for n in range(IntentsInMemory.MOST):
        memory.remember(str(n), {}, 60, now)
    assert memory.recall("k", now) is None


def demo(spec: JourneySpec, message: str, choices: Choices | None = None) -> dict[str, Any]:
    state = first_state(spec)
    choices = choices or choices_of(spec, turn(state))
    agent = detector(spec, choices)
    task = Task(signature=agent.signature, values=question(spec, state, choices, message, ()), demo=agent.demo)
    request = ChatRequest(model=ModelSpec(), messages=(Message(role="user", content=message),), task=task)
    return think(request, Nearest(LexicalEmbedder())).outputs


def intent(to: str, name: str, *examples: str) -> TransitionSpec:
    return TransitionSpec(trigger=IntentTriggerSpec(intents=(name,), examples=examples), to_pathway=to)


def test_demo_model_names_the_second_best_intent_too() -> None:
    spec = clinic(transitions=(intent("faq", "hours", "When are you open?"), intent("billing", "price", "When do I pay?")))
    found = demo(spec, "When are you open?", Choices(leaving(spec, first_state(spec))))
    assert (found["intent"], found["runner_up"]) == ("hours", "price")
    assert found["confidence"] > found["runner_up_confidence"] > 0


def test_demo_model_hears_the_patterns_by_their_phrases() -> None:
    patterns = PatternsSpec(
        hand_over=HandOverPattern(enabled=True, demo_patterns=(r"re:\bhuman\b",)),
        fallback=FallbackPattern(enabled=True, examples=("Who won the football match?",)),
    )
    spec = clinic(patterns=patterns)
    assert demo(spec, "give me a human")["intent"] == HAND_OVER
    assert demo(spec, "I want to talk to a real person")["intent"] == HAND_OVER
    assert demo(spec, "Who won the football match?")["intent"] == OFF_TOPIC
    assert demo(spec, "my back hurts")["intent"] == "none"


async def _say_anew(talk: InMemorySession, text: str) -> Any:
    await talk.start()
    return await talk.process_message(text)
