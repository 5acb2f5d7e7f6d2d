"""What each pattern does with its members: their order, their inputs, their outputs, their failures."""

from __future__ import annotations

from typing import Any

import pytest

from agents.core.spec.pipeline import MemberSpec
from tests.agents.pipelines.specs import agent, pipeline, said, scene
from tests.agents.strategies.resume import assert_resumes_everywhere, play


async def test_members_in_sequence_read_what_earlier_ones_brought() -> None:
    spec = pipeline("sequential", agent("reader", "fact"), agent("writer", "answer", inputs=("message", "fact")))
    played = await play(scene(spec, said("reader", fact="it is blue"), said("writer", answer="Blue.")))
    assert played.output == {"fact": "it is blue", "answer": "Blue."}
    assert "it is blue" in played.prompts()[1]
    assert played.steps("model") == ["pipeline/0/reader/0/model/0", "pipeline/0/writer/0/model/0"]


async def test_a_binding_gives_an_input_another_source() -> None:
    writer = MemberSpec(name="writer", spec=agent("writer", inputs=("text",)), bindings={"text": "fact"})
    spec = pipeline("sequential", agent("reader", "fact"), writer)
    played = await play(scene(spec, said("reader", fact="it is blue"), said("writer", answer="Blue.")))
    assert "it is blue" in played.prompts()[1]


async def test_an_input_that_nobody_brings_is_told_before_anything_is_asked() -> None:
    spec = pipeline("sequential", agent("reader", "fact"), agent("writer", inputs=("order",)))
    played = await play(scene(spec, message="hello"))
    assert played.outcome.error["code"] == "invalid_inputs"
    assert "order" in played.outcome.error["message"]
    assert played.requests == ()


async def test_members_at_once_are_merged_and_resumed_wherever_the_run_was_cut() -> None:
    spec = pipeline("parallel", agent("north", "answer", "tags"), agent("south", "answer", "tags"), agent("west", "wind"))
    whole = await assert_resumes_everywhere(
        scene(
            spec,
            {**said("north", answer="Snow.", tags=["cold"]), "latency_s": 0.03},
            said("south", answer="Sun.", tags=["warm"]),
            {**said("west", wind="strong"), "latency_s": 0.01},
        )
    )
    assert whole.output == {"answer": "Snow.\n\nSun.", "tags": ["cold", "warm"], "wind": "strong"}


@pytest.mark.parametrize(("rule", "answer"), [("first", "Snow."), ("last", "Sun."), ("list", ["Snow.", "Sun."])])
async def test_a_declared_rule_settles_a_field_of_several_members(rule: str, answer: Any) -> None:
    spec = pipeline("parallel", agent("north"), agent("south"), conflict=rule)
    played = await play(scene(spec, said("north", answer="Snow."), said("south", answer="Sun.")))
    assert played.output == {"answer": answer}


async def test_a_conflict_may_be_declared_a_fault_and_equal_values_are_none() -> None:
    spec = pipeline("parallel", agent("north"), agent("south"), conflict="fail")
    played = await play(scene(spec, said("north", answer="Snow."), said("south", answer="Sun.")))
    assert played.outcome.error["code"] == "outputs_conflict"
    assert "north, south" in played.outcome.error["message"]
    agreed = await play(scene(spec, said("north", answer="Snow."), said("south", answer="Snow.")))
    assert agreed.output == {"answer": "Snow."}


async def test_one_failing_member_fails_the_whole_unless_failures_are_collected() -> None:
    broken = {"match": "You are the south.", "error_code": "unavailable", "error_message": "the model is down"}
    failed = await play(scene(pipeline("parallel", agent("north"), agent("south")), said("north", answer="Snow."), broken))
    assert failed.outcome.error["code"] == "unavailable"
    spec = pipeline("parallel", agent("north"), agent("south"), errors="collect")
    whole = await assert_resumes_everywhere(scene(spec, said("north", answer="Snow."), broken))
    assert whole.output["answer"] == "Snow."
    assert whole.output["failures"] == [{"member": "south", "code": "unavailable", "message": "the model is down"}]


async def test_collected_failures_fail_the_whole_when_nobody_answered() -> None:
    broken = {"match": "You are the", "error_code": "unavailable", "error_message": "the model is down"}
    played = await play(scene(pipeline("parallel", agent("north"), agent("south"), errors="collect"), broken))
    assert played.outcome.error["code"] == "no_member_answered"
    assert "south: the model is down" in played.outcome.error["message"]


def choice(member: str, confidence: float) -> dict[str, Any]:
    return {"match": "Decide who answers", "json": {"member": member, "confidence": confidence, "reason": "it fits"}}


async def test_router_lets_the_chosen_member_answer_and_shows_the_model_what_each_is_good_for() -> None:
    spec = pipeline(
        "router",
        agent("bills", description="Questions about invoices and payment"),
        agent("tech", description="Broken devices"),
        examples={"tech": ("my screen is black",)},
    )
    played = await play(scene(spec, choice("tech", 0.9), said("tech", answer="Restart it.")))
    assert played.output == {"answer": "Restart it.", "routed_to": "tech"}
    for told in ("Questions about invoices and payment", "Broken devices", "my screen is black", "hello"):
        assert told in played.prompts()[0]


async def test_router_takes_its_fallback_when_the_choice_is_unsure() -> None:
    spec = pipeline("router", agent("bills"), agent("tech"), fallback="bills", min_confidence=0.6)
    played = await play(scene(spec, choice("tech", 0.59), said("bills", answer="Let me see.")))
    assert played.output["routed_to"] == "bills"


async def test_router_with_an_unknown_member_in_its_parameters_lists_the_known() -> None:
    played = await play(scene(pipeline("router", agent("bills"), agent("tech"), fallback="nobody")))
    assert played.outcome.error["code"] == "unknown_member"
    assert "bills, tech" in played.outcome.error["message"]


async def test_a_pipeline_within_a_pipeline_answers_as_one_member() -> None:
    inner = pipeline("parallel", agent("north", "snow"), agent("south", "sun"))
    spec = pipeline("sequential", MemberSpec(name="views", spec=inner), agent("writer", inputs=("snow", "sun")))
    whole = await assert_resumes_everywhere(
        scene(spec, said("north", snow="much"), said("south", sun="little"), said("writer", answer="Stay home."))
    )
    assert whole.output["answer"] == "Stay home."
    assert "pipeline/0/views/0/north/0/model/0" in whole.steps("model")


async def test_a_declared_signature_is_what_comes_out() -> None:
    signature = agent("x", "answer").signature
    spec = pipeline("sequential", agent("reader", "fact"), agent("writer"), signature=signature)
    done = await play(scene(spec, said("reader", fact="x"), said("writer", answer="Blue.")))
    assert done.output == {"answer": "Blue."}
    short = pipeline("sequential", agent("reader", "fact"), signature=signature)
    failed = await play(scene(short, said("reader", fact="x")))
    assert failed.outcome.error["code"] == "invalid_outputs"
