"""Approval by a person: the answer waits, is shown in full, and a rejection's reason reaches the result or the model."""

from __future__ import annotations

from typing import Any

from agents import HumanApprovalAgent, InputField, OutputField, Signature
from agents.core.runtime.events import EventType
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import outputs_asked, spec_for, spec_of

PROMPT = {"prompt": "Tell the customer"}
PATH = "agent/0/approval/0"


def decided(**by_path: Any) -> dict[str, Any]:
    return {path: (EventType.APPROVAL_DECIDED, decision) for path, decision in by_path.items()}


APPROVE = {"decision": "approve"}
REJECT = {"decision": "reject", "reason": "too rude"}


async def test_the_answer_waits_for_a_person_who_sees_it_in_full() -> None:
    played = await play(Scene(spec_of(HumanApprovalAgent), PROMPT, [{"json": {"response": "No."}}]))
    assert played.outcome.waiting_on["on"] == "approval"
    asked = next(e for e in played.events if e.type is EventType.APPROVAL_REQUESTED)
    assert asked.payload["arguments"] == {"response": "No."}
    assert asked.payload["editable"] is False
    assert outputs_asked(played.requests[0]) == ["response"]


async def test_an_approved_answer_is_given() -> None:
    scene = Scene(
        spec_of(HumanApprovalAgent), PROMPT, [{"json": {"response": "No."}}], decisions={PATH: decided(x=APPROVE)["x"]}
    )
    played = await assert_resumes_everywhere(scene)
    assert played.output == {
        "response": "No.",
        "approved": True,
        "decision": "approved",
        "rejection_reason": "",
        "revisions": 0,
    }


async def test_a_rejections_reason_reaches_the_result() -> None:
    scene = Scene(
        spec_of(HumanApprovalAgent), PROMPT, [{"json": {"response": "No."}}], decisions={PATH: decided(x=REJECT)["x"]}
    )
    played = await assert_resumes_everywhere(scene)
    assert (played.output["approved"], played.output["decision"]) == (False, "rejected")
    assert played.output["rejection_reason"] == "too rude"


async def test_a_rejected_answer_is_revised_and_asked_about_again() -> None:
    decisions = {PATH: decided(x=REJECT)["x"], "agent/0/approval/1": decided(x=APPROVE)["x"]}
    replies = [{"json": {"response": "No."}}, {"json": {"response": "Sorry, no."}}]
    played = await assert_resumes_everywhere(
        Scene(spec_of(HumanApprovalAgent, {"max_revisions": 2}), PROMPT, replies, decisions=decisions)
    )
    assert "too rude" in played.prompts()[1]
    assert '"No."' in played.prompts()[1]
    assert (played.output["response"], played.output["revisions"]) == ("Sorry, no.", 1)


async def test_the_question_is_asked_as_the_config_says() -> None:
    config = {"title": "May this go out?", "risk": "high", "quorum": 2, "other_person": True}
    played = await play(Scene(spec_of(HumanApprovalAgent, config), PROMPT, [{"json": {"response": "No."}}]))
    asked = next(e for e in played.events if e.type is EventType.APPROVAL_REQUESTED).payload
    assert [asked[name] for name in config] == list(config.values())


class Plain(Signature):
    """Answer."""

    question: str = InputField("A question")
    answer: str = OutputField("An answer")


async def test_a_signature_that_cannot_tell_of_a_rejection_fails_with_its_reason() -> None:
    scene = Scene(
        spec_for(Plain, "human_approval"),
        {"question": "x"},
        [{"json": {"answer": "y"}}],
        decisions={PATH: decided(x=REJECT)["x"]},
    )
    played = await play(scene)
    assert (played.outcome.error["code"], played.outcome.error["message"]) == ("rejected", "too rude")
