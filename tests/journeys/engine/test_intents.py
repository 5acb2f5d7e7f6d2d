"""Intent detection: what is asked, thresholds per trigger, priority, none, and the card that explains it."""

from __future__ import annotations

from agents.core.spec.types import EnumType
from journeys.core.engine.deciding import decide
from journeys.core.engine.intents import NONE, OFF_TOPIC, Choices, Classification, detector, question
from journeys.core.engine.routing import choices_of
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.engine.transitions import leaving, survey
from journeys.core.patterns.phrases import HAND_OVER
from journeys.core.spec import ClarifyPattern, FallbackPattern, HandOverPattern, PatternsSpec
from tests.journeys.specs import clinic, transition, turn

SPEC = clinic()
START = first_state(SPEC)
HERE = Choices(leaving(SPEC, START))


def test_transitions_come_by_priority_and_equal_ones_as_declared() -> None:
    spec = clinic(transitions=(transition("faq", "a"), transition("booking", "b", priority=1), transition("billing", "c")))
    assert [t.to_pathway for t in leaving(spec, START)] == ["booking", "faq", "billing"]


def test_only_transitions_from_here_apply_and_none_to_here() -> None:
    spec = clinic(transitions=(transition("faq", "a", from_pathways=("booking",)), transition("intake", "b")))
    assert leaving(spec, START) == ()
    assert [t.to_pathway for t in leaving(spec, JourneyState(pathway="booking"))] == ["faq", "intake"]


def test_guard_that_is_false_takes_an_intent_out_of_the_question_and_says_why() -> None:
    guarded = transition("faq", "question", guard='slot == "Monday"')
    found = survey(clinic(transitions=(guarded,)), turn(START))
    assert found.options == ()
    assert "slot is not known yet" in found.considered[0].why
    known = survey(clinic(transitions=(guarded,)), turn(first_state(SPEC, {"slot": "Monday"})))
    assert len(known.options) == 1


def test_detector_may_answer_only_the_intents_that_apply_or_none() -> None:
    [intent, *_] = detector(SPEC, HERE).signature.outputs
    assert intent.type == EnumType(values=("cancel", "question", "price", NONE))


def test_detector_knows_the_patterns_that_are_switched_on() -> None:
    patterns = PatternsSpec(hand_over=HandOverPattern(enabled=True), fallback=FallbackPattern(enabled=True))
    spec = clinic(patterns=patterns)
    choices = choices_of(spec, turn(START))
    [intent, *_] = detector(spec, choices).signature.outputs
    assert intent.type == EnumType(values=(HAND_OVER, NONE, OFF_TOPIC))


def test_detector_reads_descriptions_examples_and_the_newest_conversation() -> None:
    history = [{"role": "user", "text": str(n)} for n in range(10)]
    values = question(SPEC, START, HERE, "hm", history)
    assert values["message"] == "hm"
    assert [m["text"] for m in values["conversation"]] == ["4", "5", "6", "7", "8", "9"]
    assert values["intents"][0] == {"name": "cancel", "meaning": "cancel", "examples": []}


def test_intent_below_the_threshold_of_its_own_trigger_does_nothing_and_says_why() -> None:
    spec = clinic(transitions=(transition("faq", "question", threshold=0.9), transition("billing", "price", threshold=0.2)))
    here = Choices(leaving(spec, START))
    refused = decide(here, Classification("question", 0.85))
    assert refused.transition is None
    assert "below the 0.90" in refused.why
    taken = decide(here, Classification("price", 0.25)).transition
    assert taken is not None
    assert taken.to_pathway == "billing"


def test_none_stays() -> None:
    assert decide(HERE, Classification(NONE, 1.0)).transition is None


def test_first_by_priority_wins_among_transitions_that_listen_to_one_intent() -> None:
    both = (transition("faq", "help"), transition("billing", "help", priority=1, threshold=0.95))
    here = Choices(leaving(clinic(transitions=both), START))
    sure, unsure = decide(here, Classification("help", 0.99)), decide(here, Classification("help", 0.8))
    assert sure.transition is not None
    assert sure.transition.to_pathway == "billing"
    assert unsure.transition is not None
    assert unsure.transition.to_pathway == "faq"


def test_decision_is_a_card_for_the_inspector() -> None:
    found = Classification("question", 0.8, "what about", "price", 0.3)
    card = decide(HERE, found).to_json()
    assert card["taken"] == "faq"
    assert card["candidates"] == ["cancel", "question", "price"]
    assert card["evidence"] == "what about"
    by_intent = {c["intent"]: c for c in card["considered"]}
    assert [c["intent"] for c in card["considered"] if c["taken"]] == ["question"]
    assert by_intent["price"]["confidence"] == 0.3
    assert by_intent["price"]["why"] == "0.30 is the second best, after 'question' with 0.80"
    assert by_intent["cancel"]["why"] == "the message means 'question'"


def test_two_close_intents_are_asked_about_only_where_the_journey_says_so() -> None:
    found = Classification("question", 0.66, "", "price", 0.6)
    clarify = ClarifyPattern(enabled=True, margin=0.1)
    assert [o.intent for o in decide(HERE, found, clarify).close] == ["question", "price"]
    assert decide(HERE, found).close == ()
    assert decide(HERE, Classification("question", 0.9, "", "price", 0.6), clarify).close == ()
    assert decide(HERE, Classification("question", 0.5, "", "price", 0.45), clarify).close == ()
    assert decide(HERE, Classification("question", 0.8, "", NONE, 0.75), clarify).close == ()
