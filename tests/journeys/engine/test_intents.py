"""Intent detection: what is asked, thresholds per trigger, priority, none."""

from __future__ import annotations

from agents.core.spec.types import EnumType
from journeys.core.engine.intents import NONE, Classification, applicable, decide, detector, question
from journeys.core.engine.state import JourneyState, first_state
from tests.journeys.specs import clinic, transition

SPEC = clinic()
START = first_state(SPEC)


def test_transitions_come_by_priority_and_equal_ones_as_declared() -> None:
    spec = clinic(transitions=(transition("faq", "a"), transition("booking", "b", priority=1), transition("billing", "c")))
    assert [t.to_pathway for t in applicable(spec, START)] == ["booking", "faq", "billing"]


def test_only_transitions_from_here_apply_and_none_to_here() -> None:
    spec = clinic(transitions=(transition("faq", "a", from_pathways=("booking",)), transition("intake", "b")))
    assert applicable(spec, START) == ()
    assert [t.to_pathway for t in applicable(spec, JourneyState(pathway="booking"))] == ["faq", "intake"]


def test_detector_may_answer_only_the_intents_that_apply_or_none() -> None:
    [intent, _, _] = detector(SPEC, applicable(SPEC, START)).signature.outputs
    assert intent.type == EnumType(values=("cancel", "question", "price", NONE))


def test_detector_reads_descriptions_examples_and_the_newest_conversation() -> None:
    history = [{"role": "user", "text": str(n)} for n in range(10)]
    values = question(SPEC, START, applicable(SPEC, START), "hm", history)
    assert values["message"] == "hm"
    assert [m["text"] for m in values["conversation"]] == ["4", "5", "6", "7", "8", "9"]
    assert values["intents"][0] == {"name": "cancel", "meaning": "cancel", "examples": []}


def test_intent_below_the_threshold_of_its_own_trigger_does_nothing_and_says_why() -> None:
    spec = clinic(transitions=(transition("faq", "question", threshold=0.9), transition("billing", "price", threshold=0.2)))
    here = applicable(spec, START)
    refused = decide(here, Classification("question", 0.85))
    assert refused.transition is None
    assert "below the 0.90" in refused.why
    taken = decide(here, Classification("price", 0.25)).transition
    assert taken is not None
    assert taken.to_pathway == "billing"


def test_none_stays() -> None:
    assert decide(applicable(SPEC, START), Classification(NONE, 1.0)).transition is None


def test_first_by_priority_wins_among_transitions_that_listen_to_one_intent() -> None:
    both = (transition("faq", "help"), transition("billing", "help", priority=1, threshold=0.95))
    here = applicable(clinic(transitions=both), START)
    sure, unsure = decide(here, Classification("help", 0.99)), decide(here, Classification("help", 0.8))
    assert sure.transition is not None
    assert sure.transition.to_pathway == "billing"
    assert unsure.transition is not None
    assert unsure.transition.to_pathway == "faq"


def test_decision_is_a_card_for_the_inspector() -> None:
    card = decide(applicable(SPEC, START), Classification("question", 0.8, "what about")).to_json()
    assert card["taken"] == "faq"
    assert card["candidates"] == ["cancel", "question", "price"]
    assert card["evidence"] == "what about"
