"""A session without a database: failures leave it as it was, messages are answered one after another."""

from __future__ import annotations

import asyncio

import pytest

from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel, ScriptedReply
from agents.core.llm.port import ChatModel
from journeys.core.declare.session import InMemorySession, TurnFailed
from journeys.core.spec import JourneySpec, PathwaySpec
from tests.journeys.specs import clinic, transition


def session(*replies: dict[str, object], spec: JourneySpec | None = None) -> tuple[InMemorySession, ScriptedModel]:
    model = ScriptedModel([ScriptedReply.model_validate(r) for r in replies])
    instance: ChatModel = model
    models = Providers({}, DefaultModel("scripted", "x"), {"scripted": instance})
    return InMemorySession(spec or clinic(transitions=()), models=models), model


async def test_message_before_the_start_is_refused() -> None:
    with pytest.raises(TurnFailed, match="call start first"):
        await session()[0].process_message("hello")


async def test_empty_message_is_refused() -> None:
    talk, _ = session()
    await talk.start()
    with pytest.raises(ValueError, match="empty"):
        await talk.process_message("  ")


async def test_known_context_counts_from_the_start() -> None:
    talk, _ = session({"json": {"response": "Noted.", "symptoms": []}})
    await talk.start({"symptoms": ["fever"]})
    assert (await talk.process_message("hello")).pathway_id == "booking"


async def test_failed_turn_leaves_the_session_as_it_was_and_the_message_can_be_sent_again() -> None:
    talk, _ = session(
        {"error_code": "unavailable", "error_message": "the model is down"},
        {"json": {"response": "Noted.", "symptoms": ["fever"]}},
    )
    await talk.start()
    before = talk.state
    with pytest.raises(TurnFailed, match="the model is down") as failure:
        await talk.process_message("I have a fever")
    assert failure.value.code == "unavailable"
    assert talk.state == before
    assert (await talk.process_message("I have a fever")).accumulated_context == {"symptoms": ["fever"]}


async def test_messages_sent_at_once_are_answered_one_after_another() -> None:
    spec = clinic(pathways=(PathwaySpec(id="intake"),), transitions=())
    talk, model = session(*({"json": {"response": str(n)}, "latency_s": 0.02} for n in range(3)), spec=spec)
    await talk.start()
    results = await asyncio.gather(*(talk.process_message(f"message {n}") for n in range(3)))
    assert [r.message for r in results] == ["0", "1", "2"]
    assert [m["text"] for m in talk.messages] == ["message 0", "0", "message 1", "1", "message 2", "2"]
    assert "message 1" in model.requests[2].messages[-1].content


async def test_intent_is_detected_by_the_model_with_the_conversation_in_its_prompt() -> None:
    spec = clinic(transitions=(transition("faq", "question", threshold=0.8),))
    talk, model = session(
        {"json": {"intent": "question", "confidence": 0.9, "evidence": "how much"}},
        {"json": {"response": "It is free."}},
        {"json": {"intent": "question", "confidence": 0.7, "evidence": "unsure"}},
        {"json": {"response": "Noted.", "symptoms": []}},
        spec=spec,
    )
    await talk.start()
    asked = await talk.process_message("Say, how much is it?")
    assert (asked.metadata["ran"], asked.pathway_id) == ("faq", "intake")
    unsure = await talk.process_message("hm")
    assert unsure.metadata["ran"] == "intake"
    assert "below the 0.80" in unsure.metadata["intent"]["why"]
    prompt = "\n".join(m.content for m in model.requests[2].messages)
    assert "Say, how much is it?" in prompt
    assert "question" in prompt
