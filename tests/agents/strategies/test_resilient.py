"""Resilience: models in order, the reasons of those that did not answer, and no fallback past a person's stop."""

from __future__ import annotations

from agents import ResilientAgent
from agents.core.runtime.events import EventType
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import spec_of

QUERY = {"query": "hi"}
SPEC = spec_of(ResilientAgent, {"models": ["openai:gpt-4o-mini", "ollama"], "temperature": 0.3})
DOWN = {"error_code": "unavailable", "error_message": "nobody is there"}


async def test_the_first_model_that_answers_is_named_with_the_reasons_of_the_others() -> None:
    played = await assert_resumes_everywhere(
        Scene(SPEC, QUERY, [DOWN, {"error_code": "timeout"}, {"json": {"response": "hello"}}])
    )
    asked = [f"{request.model.provider}:{request.model.model}" for request in played.requests]
    assert asked == ["scripted:", "openai:gpt-4o-mini", "ollama:"]
    assert {request.model.temperature for request in played.requests} == {0.3}
    assert played.output["fallback_used"] is True
    assert [(a["model"], a["status"]) for a in played.output["attempts"]] == [
        ("scripted", "unavailable"),
        ("openai:gpt-4o-mini", "timeout"),
        ("ollama", "answered"),
    ]
    assert played.output["attempts"][0]["reason"] == "nobody is there"
    failed = [e.payload["error"]["code"] for e in played.events if e.type is EventType.STEP_FAILED]
    assert failed == ["unavailable", "timeout"]
    assert len(played.steps("progress")) == 2


async def test_a_first_model_that_answers_is_the_only_one_asked() -> None:
    played = await play(Scene(SPEC, QUERY, [{"json": {"response": "hello"}}]))
    assert len(played.requests) == 1
    assert (played.output["fallback_used"], played.output["model_used"]) == (False, "scripted:script")


async def test_an_answer_that_never_fits_is_a_reason_to_go_on() -> None:
    spec = SPEC.model_copy(update={"max_repairs": 0})
    played = await play(Scene(spec, QUERY, [{"text": "hm"}, {"json": {"response": "hello"}}]))
    assert [a["status"] for a in played.output["attempts"]] == ["invalid_answer", "answered"]


async def test_when_no_model_answers_every_reason_is_told() -> None:
    played = await assert_resumes_everywhere(
        Scene(SPEC, QUERY, [DOWN, DOWN, {"error_code": "rejected", "error_message": "no"}])
    )
    assert played.outcome.error["code"] == "all_models_failed"
    assert "none of 3 models answered: scripted: nobody is there" in played.outcome.error["message"]
    assert len(played.outcome.error["details"]["attempts"]) == 3
