"""Hooks: told at nine events, in the journal and never twice; those before an event may veto it with a reason."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from agents.core.runtime.events import EventType
from journeys.core.declare.session import InMemorySession, TurnFailed
from journeys.core.errors import VetoedStart
from journeys.core.hooks.call import EVENTS, HookCall, Verdict, Veto
from journeys.core.hooks.registry import HookRegistry
from journeys.core.spec import AlwaysTriggerSpec, HookUse, JourneySpec, PathwaySpec, TransitionSpec
from tests.agents.pipelines.specs import agent, said
from tests.agents.strategies.resume import assert_resumes_everywhere, play
from tests.journeys.engine.talks import scene, talk
from tests.journeys.specs import transition

ANSWER = said("talker", response="Here I am.")
BOOKED = said("booker", response="Booked.")


def journey(*hooks: HookUse, **more: Any) -> JourneySpec:
    """Talk; the intent ``book`` leads to booking."""
    pathways = (PathwaySpec(id="talk", agents=("talker",)), PathwaySpec(id="booking", agents=("booker",)))
    return JourneySpec.model_validate(
        {
            "name": "Desk",
            "entry": "talk",
            "greeting": "Hello.",
            "pathways": pathways,
            "agents": {"talker": agent("talker", "response"), "booker": agent("booker", "response")},
            "hooks": hooks,
            "intent_cache_s": 0,
            **more,
        }
    )


def use(event: str, hook: str, **params: Any) -> HookUse:
    return HookUse.model_validate({"event": event, "hook": hook, "params": params})


def intent(name: str) -> dict[str, Any]:
    values = {"intent": name, "confidence": 0.9, "evidence": "so", "runner_up": "none", "runner_up_confidence": 0.0}
    return {"match": "You route the messages", "json": values}


async def opened(spec: JourneySpec, *replies: dict[str, Any], hooks: HookRegistry | None = None) -> InMemorySession:
    session, _ = talk(spec, *replies)
    session.hooks = hooks or HookRegistry()
    await session.start()
    return session


async def test_blocked_words_are_answered_kindly_and_nothing_is_asked() -> None:
    spec = journey(use("pre_message_process", "block_words", words=["Damn it"], reply="Gently, please."))
    whole = await assert_resumes_everywhere(scene(spec, ANSWER, text="Well, DAMN   it!"))
    assert whole.output["reply"] == "Gently, please."
    assert whole.output["vetoed"] == {"event": "pre_message_process", "hook": "block_words", "reason": "Gently, please."}
    assert whole.requests == ()
    fine = await play(scene(spec, ANSWER, text="The damn it-girl"))
    assert fine.output["reply"] == "Gently, please."
    whole_words = await play(scene(spec, ANSWER, text="goddamn it"))
    assert whole_words.output["reply"] == "Here I am."


async def test_redacted_text_never_reaches_a_model_and_stays_in_the_session() -> None:
    spec = journey(use("pre_message_process", "redact_pattern"))
    session, model = talk(spec, ANSWER)
    await session.start()
    await session.process_message("My card is 4111 1111 1111 1111, thanks")
    await session.process_message("Did you get it?")
    prompts = "".join(m.content for request in model.requests for m in request.messages)
    assert "4111" not in prompts
    assert "My card is [removed], thanks" in prompts
    assert "4111" in session.messages[1]["text"]


async def test_turns_are_limited() -> None:
    session = await opened(journey(use("pre_message_process", "limit_turns", turns=1, reply="Enough.")), ANSWER)
    assert (await session.process_message("one")).message == "Here I am."
    assert (await session.process_message("two")).message == "Enough."


async def test_vetoed_intent_transition_is_answered_by_the_reason_and_the_stage_stays() -> None:
    hook = use("pre_transition", "require_fields", fields=["full_name"], to=["booking"])
    spec = journey(hook, transitions=(transition("booking", "book"),))
    whole = await assert_resumes_everywhere(scene(spec, intent("book"), BOOKED))
    assert whole.output["reply"] == "Before that I need to know: full name."
    assert (whole.output["pathway"], [m["kind"] for m in whole.output["moves"]]) == ("talk", ["refused"])
    assert len(whole.requests) == 1, "only the intent was asked for"


async def test_move_is_made_when_the_fields_are_known() -> None:
    hook = use("pre_transition", "require_fields", fields=["full_name"])
    spec = journey(hook, transitions=(transition("booking", "book"),))
    session, _ = talk(spec, intent("book"), BOOKED)
    await session.start({"full_name": "Anna"})
    assert (await session.process_message("Book me in")).message == "Booked."


async def test_vetoed_move_after_an_answer_keeps_the_answer_and_tells_why() -> None:
    move = TransitionSpec(trigger=AlwaysTriggerSpec(), to_pathway="booking")
    spec = journey(use("pre_transition", "require_fields", fields=["age"]), transitions=(move,))
    whole = await assert_resumes_everywhere(scene(spec, ANSWER))
    assert whole.output["reply"] == "Here I am.\n\nBefore that I need to know: age."
    assert whole.output["pathway"] == "talk"


async def test_notes_are_in_the_journal_once() -> None:
    spec = journey(*(use(event, "note", text="{event} in {pathway}") for event in EVENTS), transitions=())
    whole = await assert_resumes_everywhere(scene(spec, ANSWER))
    notes = [e.payload["request"]["message"] for e in whole.events if e.type is EventType.STEP_STARTED and "progress" in e.path]
    assert notes == [
        "pre message process in talk",
        "pre pathway execute in talk",
        "post pathway execute in talk",
        "post message process in talk",
    ]


async def test_failed_turn_is_told_to_session_error() -> None:
    heard: list[HookCall] = []
    hooks = HookRegistry()
    hooks.register("SESSION_ERROR", heard.append)
    down = {"match": "You are the talker.", "error_code": "unavailable", "error_message": "the model is down"}
    session = await opened(journey(), down, hooks=hooks)
    with pytest.raises(TurnFailed, match="the model is down"):
        await session.process_message("hello")
    assert [call.error for call in heard] == [{"code": "unavailable", "message": "the model is down"}]


async def test_python_hooks_are_told_in_order_with_what_they_need() -> None:
    heard: list[tuple[str, str, str]] = []
    hooks = HookRegistry()

    async def hear(call: HookCall) -> None:
        heard.append((call.event, call.pathway, call.target or call.reply or str(call.outputs.get("response", ""))))

    for event in EVENTS:
        hooks.register(event, hear)
    session = await opened(journey(transitions=(transition("booking", "book"),)), intent("book"), BOOKED, hooks=hooks)
    await session.process_message("Book me in")
    assert heard == [
        ("pre_session_start", "talk", ""),
        ("post_session_start", "talk", "Hello."),
        ("pre_message_process", "talk", ""),
        ("pre_transition", "talk", "booking"),
        ("post_transition", "talk", "booking"),
        ("pre_pathway_execute", "booking", ""),
        ("post_pathway_execute", "booking", "Booked."),
        ("post_message_process", "booking", "Booked."),
    ]


@pytest.mark.parametrize("event", ["pre_message_process", "pre_pathway_execute"])
async def test_python_veto_becomes_the_reply(event: str) -> None:
    hooks = HookRegistry()
    hooks.register(event, lambda call: Veto("Not today."))
    whole = await assert_resumes_everywhere(scene(journey(), ANSWER, hooks=hooks))
    assert whole.output["reply"] == "Not today."
    assert whole.output["vetoed"]["event"] == event
    assert whole.requests == ()


async def test_python_hook_may_change_the_message_before_others_read_it() -> None:
    hooks = HookRegistry()
    hooks.register("pre_message_process", lambda call: Verdict(message=call.message.upper()))
    seen: list[str] = []
    hooks.register("pre_message_process", lambda call: seen.append(call.message))
    session, model = talk(journey(), ANSWER)
    session.hooks = hooks
    await session.start()
    await session.process_message("quietly")
    assert seen == ["QUIETLY"]
    assert "QUIETLY" in model.requests[0].messages[-1].content


def boom(call: HookCall) -> None:
    raise RuntimeError("boom")


async def test_failing_hook_is_reported_and_changes_nothing() -> None:
    hooks = HookRegistry()
    hooks.register("pre_message_process", boom)
    whole = await assert_resumes_everywhere(scene(journey(), ANSWER, hooks=hooks))
    assert whole.output["reply"] == "Here I am."
    failed = [e.payload["error"] for e in whole.events if e.type is EventType.STEP_FAILED]
    assert failed == [{"code": "hook_failed", "message": "the hook boom failed: RuntimeError: boom"}]


async def test_failing_hook_vetoes_where_it_was_declared_so() -> None:
    hooks = HookRegistry()
    hooks.register("pre_message_process", boom, vetoes_on_failure=True)
    whole = await play(scene(journey(), ANSWER, hooks=hooks))
    assert whole.output["reply"] == "This could not be checked, so it was not done: the hook boom failed: RuntimeError: boom"


async def test_slow_hook_is_cut_off_after_its_time() -> None:
    hooks = HookRegistry()
    release = threading.Event()
    hooks.register("pre_message_process", lambda call: release.wait(5) and None, timeout_s=0.05, name="slow")

    async def sleeps(call: HookCall) -> None:
        await asyncio.sleep(5)

    hooks.register("pre_message_process", sleeps, timeout_s=0.05)
    whole = await play(scene(journey(), ANSWER, hooks=hooks))
    release.set()
    failed = [e.payload["error"]["message"] for e in whole.events if e.type is EventType.STEP_FAILED]
    assert failed[0] == "the hook slow took longer than its 0.05 s"
    assert len(failed) == 2


async def test_what_is_no_verdict_is_a_failure_of_the_hook() -> None:
    hooks = HookRegistry()
    hooks.register("pre_message_process", lambda call: "maybe", name="vague")
    hooks.register("post_message_process", lambda call: Veto("too late"), name="late")
    whole = await play(scene(journey(), ANSWER, hooks=hooks))
    failed = [e.payload["error"]["message"] for e in whole.events if e.type is EventType.STEP_FAILED]
    assert "may return nothing, Veto('the reason') or a Verdict" in failed[0]
    assert "which has happened already" in failed[1]


async def test_replay_calls_no_hook_again() -> None:
    heard: list[str] = []
    hooks = HookRegistry()
    for event in EVENTS:
        hooks.register(event, lambda call: heard.append(call.event))
    first = scene(journey(), ANSWER, hooks=hooks)
    whole = await play(first)
    told = list(heard)
    assert told
    assert first.journal is not None
    make = first.journal

    def recorded() -> Any:
        made = make()
        made.events.extend(whole.events)
        return made

    from dataclasses import replace

    again = await play(replace(first, journal=recorded))
    assert again.outcome == whole.outcome
    assert heard == told


async def test_vetoed_start_opens_no_session() -> None:
    hooks = HookRegistry()
    hooks.register("pre_session_start", lambda call: Veto("We are closed."))
    session, _ = talk(journey())
    session.hooks = hooks
    with pytest.raises(VetoedStart, match="We are closed"):
        await session.start()
    assert session.state is None


def test_registering_says_what_is_wrong() -> None:
    hooks = HookRegistry()
    with pytest.raises(ValueError, match="there is: pre_session_start"):
        hooks.register("pre_breakfast", boom)
    with pytest.raises(TypeError, match="a function that takes a HookCall"):
        hooks.register("pre_transition", "boom")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="has happened when its hooks are told"):
        hooks.register("post_transition", boom, vetoes_on_failure=True)
    with pytest.raises(ValueError, match="needs a reason"):
        Veto(" ")


async def test_unregistered_hook_is_told_no_more() -> None:
    hooks = HookRegistry()
    hooks.register("pre_message_process", boom)
    hooks.unregister("pre_message_process", boom)
    whole = await play(scene(journey(), ANSWER, hooks=hooks))
    assert all(e.type is not EventType.STEP_FAILED for e in whole.events)
