"""A pathway that fails or takes too long: again with the reason, a transition, a reply, an error pathway, or the turn fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agents.core.runtime.events import EventType
from agents.core.runtime.memory import MemoryJournal
from journeys.core.declare.session import TurnFailed
from journeys.core.engine.state import JourneyState
from journeys.core.spec import ErrorRecoverySpec, EventTriggerSpec, JourneySpec, PathwaySpec, TransitionSpec
from tests.agents.pipelines.specs import agent, said
from tests.agents.strategies.resume import Played, assert_resumes_everywhere, play
from tests.journeys.engine.talks import scene, talk

DOWN = {"match": "You are the talker.", "error_code": "unavailable", "error_message": "the model is down"}
SLOW = {**said("talker", response="At last."), "latency_s": 5}


def journey(*transitions: TransitionSpec, on_error: dict[str, Any] | None = None, **talk_: Any) -> JourneySpec:
    """Talk, and a pathway for what goes wrong that reads why."""
    sorry = agent("sorry", "response", inputs=("message", "error_type", "error_message"))
    return JourneySpec(
        name="Desk",
        entry="talk",
        pathways=(
            PathwaySpec(id="talk", agents=("talker",), on_error=ErrorRecoverySpec.model_validate(on_error or {}), **talk_),
            PathwaySpec(id="trouble", agents=("sorry",)),
        ),
        transitions=transitions,
        agents={"talker": agent("talker", "response"), "sorry": sorry},
    )


def when(event: str, **more: Any) -> TransitionSpec:
    trigger = EventTriggerSpec.model_validate({"event": event, **more})
    return TransitionSpec(id=f"on_{event}", trigger=trigger, to_pathway="trouble")


async def test_without_recovery_the_turn_fails_and_the_session_stays() -> None:
    session, _ = talk(journey(), DOWN)
    await session.start()
    before = session.state
    with pytest.raises(TurnFailed, match="the model is down") as failure:
        await session.process_message("hello")
    assert failure.value.code == "unavailable"
    assert session.state == before


async def test_retry_tells_the_model_why_the_last_attempt_failed() -> None:
    whole = await assert_resumes_everywhere(
        scene(journey(on_error={"mode": "retry"}), {**DOWN, "times": 1}, said("talker", response="Here I am."))
    )
    assert whole.output["reply"] == "Here I am."
    assert "The last attempt at this could not be used: the model is down" in whole.prompts()[1]
    assert "The last attempt" not in whole.prompts()[0]
    assert whole.steps("model") == ["pathway/0/talker/0/model/0", "pathway/1/talker/0/model/0"]
    assert whole.output["error"]["recovered"] == "retry"


async def test_retries_are_bounded_and_then_the_turn_fails() -> None:
    played = await play(scene(journey(on_error={"mode": "retry", "retries": 2}), DOWN))
    assert len(played.requests) == 3
    assert played.outcome.error == {"code": "unavailable", "message": "the model is down"}


async def test_graceful_reply_holds_the_reason_and_leaves_the_session_where_it_was() -> None:
    spec = journey(on_error={"mode": "reply", "reply": "Sorry ({reason}) Please try again. {literal}"})
    whole = await assert_resumes_everywhere(scene(spec, DOWN, state=JourneyState(pathway="talk", context={"name": "Anna"})))
    assert whole.output["reply"] == "Sorry (the model is down.) Please try again. {literal}"
    assert (whole.output["pathway"], whole.output["moves"], whole.output["changed"]) == ("talk", [], {})
    assert whole.output["error"] == {
        "code": "unavailable",
        "message": "the model is down",
        "pathway": "talk",
        "recovered": "reply",
        "attempts": 1,
    }


async def test_error_pathway_answers_in_the_same_turn_and_knows_what_went_wrong() -> None:
    spec = journey(on_error={"mode": "pathway", "pathway": "trouble"})
    whole = await assert_resumes_everywhere(scene(spec, DOWN, said("sorry", response="I could not do it.")))
    assert (whole.output["reply"], whole.output["pathway"], whole.output["stack"]) == (
        "I could not do it.",
        "trouble",
        ["talk"],
    )
    assert "unavailable" in whole.prompts()[1] and "the model is down" in whole.prompts()[1]
    assert [move["kind"] for move in whole.output["moves"]] == ["error"]


async def test_error_pathway_that_fails_itself_fails_the_turn() -> None:
    spec = journey(on_error={"mode": "pathway", "pathway": "trouble"})
    played = await play(scene(spec, DOWN, {**DOWN, "match": "You are the sorry."}))
    assert played.outcome.error["code"] == "unavailable"


async def test_pathways_that_fail_into_each_other_do_not_go_round_for_ever() -> None:
    spec = journey(on_error={"mode": "pathway", "pathway": "trouble"})
    back = ErrorRecoverySpec(mode="pathway", pathway="talk")
    trouble = spec.pathway("trouble").model_copy(update={"on_error": back})
    spec = spec.model_copy(update={"pathways": (spec.pathway("talk"), trouble)})
    played = await play(scene(spec, {**DOWN, "match": "You are the"}))
    assert played.outcome.status == "failed"
    assert len(played.requests) == 3


async def test_transition_that_waits_for_the_error_comes_before_on_error() -> None:
    spec = journey(when("error", code="unavailable"), on_error={"mode": "reply"})
    whole = await assert_resumes_everywhere(scene(spec, DOWN, said("sorry", response="I could not do it.")))
    assert whole.output["moves"][0]["transition"] == "on_error"
    assert whole.output["error"]["recovered"] == "transition"


async def test_transition_for_another_error_is_not_taken() -> None:
    played = await play(scene(journey(when("error", code="rejected"), on_error={"mode": "reply", "reply": "Oh."}), DOWN))
    assert (played.output["reply"], played.output["moves"]) == ("Oh.", [])


async def test_inputs_that_nobody_brings_are_a_failure_of_the_pathway_like_any_other() -> None:
    spec = journey(on_error={"mode": "reply", "reply": "Sorry: {reason}"})
    greedy = agent("talker", "response", inputs=("message", "order"))
    played = await play(scene(spec.model_copy(update={"agents": {**spec.agents, "talker": greedy}})))
    assert played.output["error"]["code"] == "missing_input"
    assert played.output["reply"].startswith("Sorry: agent 'talker' needs the input 'order'")


async def test_slow_pathway_is_cut_off_and_its_transition_taken() -> None:
    spec = journey(when("timeout"), timeout_s=0.05)
    whole = await play(scene(spec, SLOW, said("sorry", response="That took too long.")))
    assert whole.output["reply"] == "That took too long."
    assert whole.output["error"]["code"] == "timeout"
    assert "it took longer than 0.05 s" in whole.prompts()[1]


async def test_slow_pathway_without_a_transition_follows_on_error() -> None:
    spec = journey(timeout_s=0.05, on_error={"mode": "retry", "retries": 1})
    whole = await play(scene(spec, {**SLOW, "times": 1}, said("talker", response="Quick.")))
    assert whole.output["reply"] == "Quick."
    failed = await play(scene(journey(timeout_s=0.05), SLOW))
    assert failed.outcome.error["code"] == "timeout"


async def test_turn_with_a_time_out_goes_on_wherever_it_was_cut() -> None:
    spec = journey(when("timeout"), timeout_s=0.3)
    first = scene(spec, SLOW, said("sorry", response="That took too long."))
    whole = await play(first)
    reached = next(n for n, e in enumerate(whole.events) if e.path == "pathway/0/timeout/0")
    for cut in range(reached + 1, len(whole.events) + 1):
        assert await _go_on(spec, whole, cut) == whole.outcome
    early = await _go_on(spec, whole, reached - 1)
    assert early.output is not None and early.output["reply"] == "Quick now.", "the limit was not written: time begins anew"


async def _go_on(spec: JourneySpec, whole: Played, cut: int) -> Any:
    """What the rest of the turn comes to after a crash behind its ``cut``-th event."""
    rest = scene(spec, said("talker", response="Quick now."), said("sorry", response="That took too long."))
    assert rest.journal is not None
    make = rest.journal

    def journal() -> MemoryJournal:
        made = make()
        made.events.extend(whole.events[:cut])
        return made

    played = await play(replace(rest, journal=journal))
    begun = [e.path for e in played.events[cut:] if e.type is EventType.STEP_STARTED]
    ended = {e.path for e in whole.events[:cut] if e.type in (EventType.STEP_FINISHED, EventType.STEP_FAILED)}
    assert not ended & set(begun)
    return played.outcome


def test_error_pathway_must_exist() -> None:
    with pytest.raises(ValueError, match="on_error.* unknown pathway 'nowhere'"):
        journey(on_error={"mode": "pathway", "pathway": "nowhere"})
