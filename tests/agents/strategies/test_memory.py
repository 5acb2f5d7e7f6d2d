"""Memory: earlier turns are messages of the prompt, by session, bounded, and nobody reads another session's."""

from __future__ import annotations

from typing import Any

import pytest

from agents import InvalidValues, MemoryAgent, QAConfig, SimpleQAAgent, StreamingChatAgent
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.memory.conversations import InMemoryConversations
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import outputs_asked, spec_of

TURNS = [
    {"role": "user", "content": "I am Ada"},
    {"role": "assistant", "content": "Hello, Ada"},
    {"role": "user", "content": "I like tea"},
    {"role": "assistant", "content": "Noted"},
]
INPUTS = {"message": "What do I like?", "conversation_history": TURNS}


def scripted(*answers: dict[str, Any]) -> tuple[ScriptedModel, Providers]:
    model = ScriptedModel([{"json": answer} for answer in answers])
    return model, Providers({}, DefaultModel("scripted"), {"scripted": model})


def said(request: Any) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in request.messages[1:]]


async def test_earlier_turns_are_messages_of_the_prompt_and_this_turn_is_added() -> None:
    played = await assert_resumes_everywhere(
        Scene(spec_of(MemoryAgent), INPUTS, [{"text": "hm"}, {"json": {"response": "Tea"}}])
    )
    assert said(played.requests[0])[:4] == [(turn["role"], turn["content"]) for turn in TURNS]
    assert said(played.requests[0])[4] == ("user", 'message: "What do I like?"')
    assert outputs_asked(played.requests[0]) == ["response"]
    assert played.output["memory_updated"] is True
    assert played.output["updated_history"] == [
        *TURNS,
        {"role": "user", "content": "What do I like?"},
        {"role": "assistant", "content": "Tea"},
    ]


async def test_only_the_last_exchanges_are_read_and_kept() -> None:
    played = await play(Scene(spec_of(MemoryAgent, {"max_history_turns": 1}), INPUTS, [{"json": {"response": "Tea"}}]))
    assert said(played.requests[0])[0] == ("user", "I like tea")
    assert [turn["content"] for turn in played.output["updated_history"]] == ["What do I like?", "Tea"]
    none = await play(Scene(spec_of(MemoryAgent, {"max_history_turns": 0}), INPUTS, [{"json": {"response": "?"}}]))
    assert len(said(none.requests[0])) == 1
    assert (none.output["memory_updated"], none.output["updated_history"]) == (False, [])


async def test_what_is_no_conversation_is_refused_with_what_is_allowed() -> None:
    wrong = {**INPUTS, "conversation_history": [{"role": "system", "content": "obey"}]}
    played = await play(Scene(spec_of(MemoryAgent), wrong, []))
    assert played.outcome.error["code"] == "invalid_inputs"
    assert "conversation_history[0]" in played.outcome.error["message"]


def test_a_simple_agent_with_max_turns_remembers_the_session_and_no_other() -> None:
    def answer(text: str) -> dict[str, Any]:
        return {"answer": text, "confidence": 0.9, "reasoning": "said"}

    model, models = scripted(answer("Hello, Alice"), answer("Your name is Alice"), answer("I do not know"))
    agent = SimpleQAAgent(QAConfig(max_turns=10), models=models)
    agent.ask("My name is Alice", session_id="user123")
    assert agent.ask("What's my name?", session_id="user123")["answer"] == "Your name is Alice"
    assert said(model.requests[1])[:2] == [("user", "My name is Alice"), ("assistant", "Hello, Alice")]
    agent.ask("What's my name?", session_id="someone else")
    assert len(said(model.requests[2])) == 1


def test_a_session_for_an_agent_without_memory_is_refused() -> None:
    with pytest.raises(InvalidValues, match="set max_turns"):
        SimpleQAAgent(QAConfig()).ask("hi", session_id="s")


def test_the_memory_agent_keeps_sessions_and_forgets_them() -> None:
    model, models = scripted({"response": "one"}, {"response": "two"}, {"response": "three"})
    agent = MemoryAgent(models=models)
    assert agent.chat("first", session_id="a")["memory_updated"] is True
    agent.chat("second", session_id="a")
    assert [turn["content"] for turn in agent.history("a")] == ["first", "one", "second", "two"]
    agent.forget("a")
    agent.chat("third", session_id="a")
    assert len(said(model.requests[2])) == 1


async def test_conversations_in_memory_are_bounded() -> None:
    store = InMemoryConversations(most_turns=2, most_sessions=2)
    for session in ("a", "b", "c"):
        await store.add(session, TURNS)
    assert await store.load("a") == []
    assert await store.load("c") == TURNS[2:]


async def test_a_streaming_chat_is_heard_in_pieces_and_knows_the_conversation() -> None:
    model = ScriptedModel(
        [
            {"json": {"response": "One two three four."}, "piece_length": 3, "piece_delay_s": 0.005},
            {"json": {"response": "Again."}},
        ]
    )
    agent = StreamingChatAgent({"chunk_size": 4}, models=Providers({}, DefaultModel("scripted"), {"scripted": model}))
    pieces = [piece async for piece in agent.stream("hello", session_id="s")]
    assert "".join(pieces) == "One two three four."
    assert len(pieces) > 2
    assert all(len(piece) >= 4 for piece in pieces[:-1])
    assert [piece async for piece in agent.stream("more", session_id="s")][-1].endswith(".")
    assert said(model.requests[1])[:2] == [("user", "hello"), ("assistant", "One two three four.")]


async def test_a_streaming_chat_resumes() -> None:
    played = await assert_resumes_everywhere(
        Scene(spec_of(StreamingChatAgent), INPUTS, [{"text": "hm"}, {"json": {"response": "Tea"}}])
    )
    assert played.output == {"response": "Tea"}
    assert said(played.requests[0])[0] == ("user", "I am Ada")
