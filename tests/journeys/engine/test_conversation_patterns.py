"""Correction, cancel and digression: what every conversation needs, as data of the journey."""

from __future__ import annotations

from typing import Any

import pytest

from agents.adapters.llm.demo import DemoModel
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.llm.lexical import LexicalEmbedder
from journeys.core.declare.session import InMemorySession
from journeys.core.engine.state import JourneyState
from journeys.core.spec import JourneySpec, PathwaySpec, ReturnSpec
from tests.agents.pipelines.specs import agent, said
from tests.agents.strategies.resume import assert_resumes_everywhere, play
from tests.journeys.engine.talks import scene
from tests.journeys.specs import transition

ANSWER = said("talker", response="Noted.", day="Monday")
KNOWN = JourneyState(pathway="talk", context={"day": "Monday", "extras": ["tea"]}, changed={"day": 1, "extras": 1})


def journey(**patterns: Any) -> JourneySpec:
    return JourneySpec.model_validate(
        {
            "name": "Desk",
            "entry": "talk",
            "pathways": (
                PathwaySpec(
                    id="talk",
                    title="Your visit",
                    agents=("talker",),
                    accumulate=("day", "extras"),
                    merge={"extras": "append"},
                    complete_when=("done",),
                ),
                PathwaySpec(id="faq", agents=("helper",), return_behavior=ReturnSpec(kind="previous")),
            ),
            "transitions": (transition("faq", "question"),),
            "agents": {
                "talker": agent("talker", "response", "day", "extras", "done"),
                "helper": agent("helper", "response"),
            },
            "patterns": patterns,
            "intent_cache_s": 0,
        }
    )


def meant(intent: str) -> dict[str, Any]:
    values = {"intent": intent, "confidence": 0.9, "evidence": "so", "runner_up": "none", "runner_up_confidence": 0.0}
    return {"match": "You route the messages", "json": values}


def corrected(confidence: float = 0.9, **values: Any) -> dict[str, Any]:
    found = {"day": None, "extras": None, **values, "correction_confidence": confidence}
    return {"match": "The person may correct something", "json": found}


def only_day(day: str) -> dict[str, Any]:
    return {"match": "The person may correct something", "json": {"day": day, "correction_confidence": 0.9}}


def answer(**values: Any) -> dict[str, Any]:
    return said("talker", **{"response": "Noted.", "day": "Tuesday", "extras": [], "done": "", **values})


def confirmed(word: str) -> dict[str, Any]:
    return {"match": "can be answered with yes or no", "json": {"answer": word}}


async def test_corrected_value_is_replaced_whatever_its_merge_rule_and_told_before_the_answer() -> None:
    spec = journey(correction={"enabled": True})
    whole = await assert_resumes_everywhere(
        scene(
            spec, meant("correct_a_value"), corrected(day="Tuesday", extras=["milk"]), answer(), text="No, Tuesday", state=KNOWN
        )
    )
    assert whole.output["reply"] == "Corrected: day is now Tuesday, extras is now milk.\n\nNoted."
    assert whole.output["corrected"] == {"day": "Tuesday", "extras": ["milk"]}
    assert whole.output["changed"] == {"day": "Tuesday", "extras": ["milk"]}
    assert whole.output["ran"] == "talk"


async def test_unsure_correction_changes_nothing_and_the_stage_answers() -> None:
    spec = journey(correction={"enabled": True})
    played = await play(
        scene(spec, meant("correct_a_value"), corrected(0.3, day="Tuesday"), answer(day="Monday"), text="Hm", state=KNOWN)
    )
    assert (played.output["reply"], played.output["changed"]) == ("Noted.", {})
    assert "corrected" not in played.output


async def test_value_of_another_type_is_sent_back_to_be_repaired() -> None:
    spec = journey(correction={"enabled": True})
    wrong = {**corrected(extras="milk"), "times": 1}
    played = await play(
        scene(spec, meant("correct_a_value"), wrong, corrected(extras=["milk"]), answer(), text="Milk!", state=KNOWN)
    )
    assert played.output["corrected"] == {"extras": ["milk"]}


async def test_correction_that_never_fits_its_fields_is_no_correction() -> None:
    spec = journey(correction={"enabled": True})
    played = await play(scene(spec, meant("correct_a_value"), corrected(extras="milk"), answer(day="Monday"), state=KNOWN))
    assert (played.output["reply"], played.output["changed"]) == ("Noted.", {})


async def test_only_declared_fields_are_correctable_and_nothing_is_offered_while_none_is_known() -> None:
    spec = journey(correction={"enabled": True, "fields": ["day"]})
    played = await play(scene(spec, meant("correct_a_value"), only_day("Friday"), answer(day="Friday"), state=KNOWN))
    assert played.output["corrected"] == {"day": "Friday"}
    assert "extras" not in str(played.requests[1].json_schema)
    blank = await play(scene(spec, meant("none"), answer()))
    assert "correct_a_value" not in str(blank.requests[0].json_schema)


async def test_cancel_ends_the_conversation() -> None:
    spec = journey(cancel={"enabled": True, "reply": "All right, we stop here."})
    whole = await assert_resumes_everywhere(scene(spec, meant("give_up"), text="Forget it", state=KNOWN))
    assert (whole.output["reply"], whole.output["ended"]) == ("All right, we stop here.", True)


@pytest.mark.parametrize(
    ("to", "state", "where", "stack"),
    [
        ("entry", JourneyState(pathway="faq", stack=("talk",)), "talk", []),
        ("previous", JourneyState(pathway="faq", stack=("talk",)), "talk", []),
        ("previous", JourneyState(pathway="faq"), "talk", []),
        ("faq", JourneyState(pathway="talk"), "faq", []),
    ],
)
async def test_cancel_goes_where_it_is_told_to(to: str, state: JourneyState, where: str, stack: list[str]) -> None:
    spec = journey(cancel={"enabled": True, "to": to, "reply": "As you like."})
    played = await play(scene(spec, meant("give_up"), state=state))
    assert (played.output["pathway"], played.output["stack"]) == (where, stack)
    assert [move["kind"] for move in played.output["moves"]] == ["cancel"]


async def test_cancel_asks_first_where_it_is_to_and_keeps_the_question_in_the_state() -> None:
    spec = journey(cancel={"enabled": True, "confirm": True, "reply": "Stopped."})
    asked = await play(scene(spec, meant("give_up"), state=KNOWN))
    assert asked.output["reply"] == "Shall I stop here?"
    assert asked.output["pending"] == {"kind": "cancel", "turn": 1}
    assert asked.output["suggestions"] == ["Yes", "No"]
    waiting = JourneyState(pathway="talk", context=KNOWN.context, pending=asked.output["pending"])
    yes = await assert_resumes_everywhere(scene(spec, confirmed("yes"), text="Yes, please", state=waiting))
    assert (yes.output["reply"], yes.output["ended"]) == ("Stopped.", True)
    no = await play(scene(spec, confirmed("no"), answer(day="Monday"), text="No", state=waiting))
    assert (no.output["reply"], no.output["ended"], no.output["pending"]) == ("Noted.", False, {})
    helped = said("helper", response="Nine to five.")
    other = await play(scene(spec, confirmed("other"), meant("question"), helped, text="When are you open?", state=waiting))
    assert (other.output["ran"], other.output["pending"]) == ("faq", {})


async def test_return_from_a_detour_says_where_the_conversation_goes_on() -> None:
    spec = journey(digression={"resume": "Back to {title}."})
    helped = said("helper", response="Nine to five.")
    whole = await assert_resumes_everywhere(scene(spec, meant("question"), helped, state=KNOWN))
    assert whole.output["reply"] == "Nine to five.\n\nBack to Your visit."
    silent = await play(scene(journey(), meant("question"), helped, state=KNOWN))
    assert silent.output["reply"] == "Nine to five."


async def test_patterns_are_off_unless_the_journey_says_otherwise() -> None:
    played = await play(scene(journey(), meant("none"), answer(day="Monday"), state=KNOWN))
    schema = str(played.requests[0].json_schema)
    assert "give_up" not in schema and "correct_a_value" not in schema


def test_cancel_to_an_unknown_pathway_is_refused() -> None:
    with pytest.raises(ValueError, match="cancel .* unknown pathway 'nowhere'"):
        journey(cancel={"enabled": True, "to": "nowhere"})


def with_provider(spec: Any, provider: str) -> Any:
    return spec.model_copy(update={"model": spec.model.model_copy(update={"provider": provider})})


async def test_demo_model_follows_the_demo_patterns_of_correction_and_cancel() -> None:
    spec = journey(
        correction={"enabled": True, "demo_patterns": [r"re:^no, (?P<day>\w+day)"]},
        cancel={"enabled": True, "confirm": True, "demo_patterns": [r"re:^forget it"], "reply": "Stopped."},
    )
    demo = {name: with_provider(each, "demo") for name, each in spec.agents.items()}
    models = Providers({}, DefaultModel("demo"), {"demo": DemoModel(LexicalEmbedder())})
    session = InMemorySession(spec.model_copy(update={"agents": demo}), models=models)
    await session.start({"day": "Monday"})
    changed = await session.process_message("No, Tuesday please")
    assert changed.message.startswith("Corrected: day is now Tuesday.")
    assert (await session.process_message("Forget it")).message == "Shall I stop here?"
    assert (await session.process_message("Yes")).ended
