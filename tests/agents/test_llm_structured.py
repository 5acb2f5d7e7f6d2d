"""Judging answers: what fits, what is forgiven, and what the model is told about the rest."""

from __future__ import annotations

import json

import pytest

from agents.core.llm.port import ChatReply
from agents.core.llm.structured import judge_reply, parse_object, repair_messages, with_schema_instructions
from tests.agents.signatures import GOOD, TRIAGE


def reply(content: str, **more: str) -> ChatReply:
    return ChatReply.model_validate({"content": content, **more})


def test_a_valid_answer_gives_its_values() -> None:
    assert judge_reply(TRIAGE, reply(json.dumps(GOOD))).values == GOOD


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here you are: {} Bye!", "\n {}"])
def test_words_and_fences_around_the_object_are_forgiven(around: str) -> None:
    assert judge_reply(TRIAGE, reply(around.replace("{}", json.dumps(GOOD)))).values == GOOD


def test_a_value_that_does_not_fit_is_named_with_what_is_allowed() -> None:
    answer = judge_reply(TRIAGE, reply(json.dumps({**GOOD, "urgency": "huge"})))
    assert answer.values is None
    assert answer.problems == ("urgency: got 'huge', allowed: one of 'low', 'high'",)
    assert answer.partial["response"] == "All is well."
    assert "urgency: got 'huge'" in repair_messages(reply("x"), answer)[1].content


@pytest.mark.parametrize("content", ["", "no", "[1]", '{"urgency": "low"', '{"response": NaN}', "null"])
def test_what_is_no_json_object_is_a_problem_and_no_crash(content: str) -> None:
    answer = judge_reply(TRIAGE, reply(content))
    assert answer.values is None
    assert answer.problems


def test_a_cut_answer_keeps_its_part_and_says_that_it_was_cut() -> None:
    answer = judge_reply(TRIAGE, reply('{"urgency": "low", "response": "All is', finish="length"))
    assert answer.partial == {"urgency": "low", "response": "All is"}
    assert "cut off" in answer.problems[0]


def test_an_object_is_found_with_its_first_brace() -> None:
    assert parse_object('x {"a": 1} {"b": 2}') == {"a": 1}


def test_instructions_carry_the_schema_where_no_provider_enforces_it() -> None:
    messages = with_schema_instructions((), {"type": "object"})
    assert messages[0].role == "system"
    assert '{"type":"object"}' in messages[0].content
