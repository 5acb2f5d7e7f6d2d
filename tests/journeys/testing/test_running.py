"""A test case runs on a session of its own: turns, decisions, declared tools, assertions, and why a case fails."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agents.adapters.llm.demo import DemoModel
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.runtime.memory import CatalogTools
from journeys.core.spec import JourneySpec
from journeys.core.testing.assertions.catalog import CATALOG, describe_assertions, get_assertion
from journeys.core.testing.case import TestCase
from journeys.core.testing.running import CaseResult, run_case
from journeys.gallery.healthcare_referral.doctors import DOCTORS
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from journeys.gallery.healthcare_referral.matching import Wish, find
from journeys.gallery.healthcare_referral.tools import BOOK_APPOINTMENT, FIND_DOCTORS, confirm
from tests.journeys.dialogues import NOW
from tests.journeys.testing.drafts import desk_draft

TO_DOCTORS = ("I have back pain", "Mornings, and I would prefer a woman", "Yes please")


async def go(*turns: dict[str, Any], **case: Any) -> CaseResult:
    models = Providers({}, DefaultModel("demo"), {"demo": DemoModel(LexicalEmbedder(), 0)})
    tools = CatalogTools({tool.name: tool for tool in (FIND_DOCTORS, BOOK_APPOINTMENT)})
    made = TestCase.model_validate({"name": "a case", "turns": turns, **case})
    return await run_case(HealthcareReferral.spec, made, models=models, tools=tools)


def expect(check: str, **params: Any) -> dict[str, Any]:
    return {"check": check, "params": params}


async def test_a_case_that_holds_passes_and_tells_what_it_saw() -> None:
    result = await go(
        {
            "says": "My back hurts badly",
            "expect": [expect("pathway", pathway="intake"), expect("field_present", field="symptoms")],
        },
        {
            "says": "What should I bring to the appointment?",
            "expect": [expect("pathway", pathway="faq", anywhere=True), expect("tool_not_called", tool="book_appointment")],
        },
        expect=[expect("tokens_below", tokens=1_000_000)],
    )
    assert result.passed, result.reasons
    assert [check.passed for check in result.checks] == [True] * 5
    assert result.turns[0].context["symptoms"]


async def test_an_assertion_that_does_not_hold_says_what_came_instead() -> None:
    result = await go({"says": "My back hurts", "expect": [expect("pathway", pathway="booking")]})
    assert not result.passed
    assert result.reasons == ["turn 1: pathway: expected in booking; got in intake"]


async def test_an_effect_without_a_declared_result_fails_the_case_and_says_which() -> None:
    result = await go(*({"says": text} for text in TO_DOCTORS))
    assert not result.passed
    assert "find_doctors changes something, and the case declares no result" in result.problem


async def test_an_approval_is_decided_as_the_case_says_and_the_tool_answers_as_declared() -> None:
    booking = {"says": "Tuesday at 9:00", "decisions": [{"decision": "approve"}]}
    booking["expect"] = [
        expect("tool_called", tool="book_appointment", arguments={"doctor": "Dr. Sarah Chen"}),
        expect("field_equals", field="confirmation_number", value="HC-1"),
        expect("reply_contains", text="hc-1"),
    ]
    said = [{"says": text} for text in (*TO_DOCTORS, "The first one, please")]
    found = find(DOCTORS, Wish.from_arguments({"symptoms": ["back pain"], "gender": "female"}), NOW, {})
    booked = confirm("HC-1", DOCTORS[0], "2026-11-24T09:00")
    result = await go(*said, booking, tools={"find_doctors": found, "book_appointment": booked})
    assert result.passed, result.reasons
    assert [(d.kind, d.decision) for d in result.turns[-1].decisions] == [("approval", "approve")]


async def test_a_turn_that_waits_without_a_declared_decision_fails_the_case() -> None:
    found = find(DOCTORS, Wish.from_arguments({"symptoms": ["back pain"], "gender": "female"}), NOW, {})
    said = [{"says": text} for text in (*TO_DOCTORS, "The first one, please", "Tuesday at 9:00")]
    result = await go(*said, tools={"find_doctors": found})
    assert "turn 5 waits for a person (approval: Book" in result.problem


async def test_what_is_known_of_the_person_and_beforehand_decides_transitions() -> None:
    draft = desk_draft(variables=[{"name": "plan", "type": {"kind": "str"}}])
    trigger = {"kind": "condition", "on": "message", "expression": 'user.plan == "gold"'}
    draft["transitions"] = [{"id": "gold", "to_pathway": "billing", "from_pathways": ["start"], "trigger": trigger}]
    turn = {"says": "Hello", "expect": [expect("transition", transition="gold"), expect("field_equals", field="seen", value=3)]}
    case = {"name": "x", "turns": [turn], "context": {"seen": 3}}
    models = Providers({}, DefaultModel("demo"), {"demo": DemoModel(LexicalEmbedder(), 0)})
    for plan, passes in (("gold", True), ("free", False)):
        made = TestCase.model_validate({**case, "variables": {"plan": plan}})
        result = await run_case(JourneySpec.model_validate(draft), made, models=models, tools=CatalogTools())
        assert result.passed is passes, result.reasons


async def test_a_decision_that_nobody_asked_for_fails_the_case() -> None:
    result = await go({"says": "My back hurts", "decisions": [{"decision": "approve"}]})
    assert result.problem == "turn 1: 1 of its decisions were never asked for"


@pytest.mark.parametrize("name", CATALOG)
def test_every_assertion_describes_its_form(name: str) -> None:
    described = next(each for each in describe_assertions() if each["name"] == name)
    assert described["title"]
    assert described["description"].endswith(".")
    assert described["params"]["type"] == "object"
    assert get_assertion(name).title == described["title"]


def test_a_case_names_only_assertions_that_exist() -> None:
    with pytest.raises(ValidationError, match="there is no assertion 'magic'; there is: pathway"):
        TestCase.model_validate({"name": "x", "turns": [{"says": "hi", "expect": [expect("magic")]}]})


def test_a_pattern_that_cannot_be_read_is_refused_with_its_fault() -> None:
    with pytest.raises(ValidationError, match="no pattern that RE2 reads"):
        TestCase.model_validate({"name": "x", "turns": [{"says": "hi", "expect": [expect("reply_matches", pattern="(")]}]})


async def test_the_demo_model_is_never_a_judge() -> None:
    result = await go({"says": "My back hurts", "expect": [expect("reply_judged", rubric="is friendly")]})
    assert not result.passed
    assert "the demo model is no AI and judges nothing" in result.reasons[0]


def waiting_desk(**changes: Any) -> JourneySpec:
    """A desk that asks after a minute of silence, ends after an hour, and has an apology for slow answers."""
    draft = desk_draft(session_ttl_s=3600, **changes)
    draft["agents"] |= {
        name: {**draft["agents"]["start"], "demo": [{"set": {"response": f"This is {name}.", "topic": name}}]}
        for name in ("nudge", "late")
    }
    draft["pathways"] += [{"id": name, "agents": [name]} for name in ("nudge", "late")]
    draft["pathways"][0]["timeout_s"] = 30
    silence = {"kind": "event", "event": "inactivity"}
    draft["transitions"] += [
        {"id": "quiet", "from_pathways": ["start"], "to_pathway": "nudge", "trigger": {**silence, "after_s": 60}},
        {"id": "slow", "from_pathways": ["start"], "to_pathway": "late", "trigger": {"kind": "event", "event": "timeout"}},
    ]
    return JourneySpec.model_validate(draft)


async def wait_there(*turns: dict[str, Any], **case: Any) -> CaseResult:
    models = Providers({}, DefaultModel("demo"), {"demo": DemoModel(LexicalEmbedder(), 0)})
    made = TestCase.model_validate({"name": "a case", "turns": turns, **case})
    return await run_case(waiting_desk(), made, models=models, tools=CatalogTools({}))


async def test_a_turn_of_silence_sets_off_what_waits_for_it() -> None:
    result = await wait_there(
        {"says": "hello there"},
        {"silence_s": 59, "expect": [expect("pathway", pathway="start"), expect("reply_equals", text="")]},
        {"silence_s": 1, "expect": [expect("transition", transition="quiet"), expect("reply_contains", text="This is nudge")]},
        {"says": "I am here", "expect": [expect("pathway", pathway="nudge")]},
        {"silence_s": 3600, "expect": [expect("ended"), expect("reply_contains", text="nobody wrote for 1 hour")]},
    )
    assert result.passed, result.reasons
    assert [turn.began for turn in result.turns][1:3] == ["(nobody writes for 59 seconds)", "(nobody writes for 1 second)"]


async def test_a_message_begins_the_silence_anew() -> None:
    result = await wait_there(
        {"silence_s": 50}, {"says": "hello there"}, {"silence_s": 50, "expect": [expect("pathway", pathway="start")]}
    )
    assert result.passed, result.reasons


async def test_the_time_of_a_turn_runs_out_without_waiting() -> None:
    result = await wait_there(
        {"says": "hello there", "simulate": "timeout", "expect": [expect("transition", transition="slow")]}
    )
    assert result.passed, result.reasons
    assert result.turns[0].began == "hello there (its time runs out)"


async def test_a_tool_that_is_to_fail_fails() -> None:
    result = await go(
        *({"says": text} for text in TO_DOCTORS[:2]),
        {"says": TO_DOCTORS[2], "simulate": "tool_failure", "tool": "find_doctors"},
    )
    assert "the tester let this tool fail" in result.turns[2].tools[0].error


@pytest.mark.parametrize(
    "turn",
    [{}, {"says": "  "}, {"says": "hi", "silence_s": 5}, {"silence_s": 0}, {"says": "hi", "tool": "x"}, {"silence_s": 1e12}],
)
def test_a_turn_is_a_message_or_a_silence(turn: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TestCase.model_validate({"name": "x", "turns": [turn]})
