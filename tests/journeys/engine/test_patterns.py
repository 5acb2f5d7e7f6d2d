"""Conversation patterns of routing: asking back, off-topic messages, a person on request."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.core.engine.intents import OFF_TOPIC, Classification
from journeys.core.engine.machine import (
    AgentAnswered,
    CommitTurn,
    DetectIntent,
    IntentDetected,
    MessageReceived,
    RunAgent,
    step,
)
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.patterns.phrases import HAND_OVER
from journeys.core.spec import ClarifyPattern, FallbackPattern, HandOverPattern, JourneySpec, PatternsSpec
from tests.journeys.specs import clinic, turn

CLOSE = Classification("question", 0.72, "", "price", 0.66)


def asking(**more: Any) -> JourneySpec:
    return clinic(patterns=PatternsSpec(clarify=ClarifyPattern(enabled=True, margin=0.15)), **more)


def talk(
    spec: JourneySpec, state: JourneyState, message: str, found: Classification | None = None, number: int = 2, **outputs: Any
) -> tuple[CommitTurn, list[str]]:
    """One turn; also what each agent was given as the message. Without ``found`` no intent may be asked for."""
    current, (effect,) = step(spec, turn(state, message, number), MessageReceived())
    heard = []
    while not isinstance(effect, CommitTurn):
        if isinstance(effect, RunAgent):
            heard.append(effect.values["message"])
            current, (effect,) = step(spec, current, AgentAnswered({"response": "ok", **outputs}))
        else:
            assert isinstance(effect, DetectIntent)
            assert found is not None, "a model was asked"
            current, (effect,) = step(spec, current, IntentDetected(found))
    return effect, heard


def asked(spec: JourneySpec) -> JourneyState:
    done, heard = talk(spec, first_state(spec), "how much and what is it", CLOSE, number=1)
    assert heard == []
    assert done.reply == "Do you mean question or price?"
    assert done.summary["suggestions"] == ["question", "price"]
    assert done.summary["intent"]["asked"] == ["question", "price"]
    assert done.state.pathway == "intake"
    return done.state


@pytest.mark.parametrize(
    ("answer", "went"),
    [
        ("the second", "billing"),
        ("2", "billing"),
        ("I mean the latter please", "billing"),
        ("the last one", "billing"),
        ("Price!", "billing"),
        ("about the price", "billing"),
        ("1.", "faq"),
        ("first one", "faq"),
        ("question", "faq"),
    ],
)
def test_answer_to_the_question_back_takes_its_option_and_answers_the_original_message(answer: str, went: str) -> None:
    spec = asking()
    done, heard = talk(spec, asked(spec), answer)
    assert done.summary["ran"] == went
    assert heard == ["how much and what is it"]
    assert done.state.pending == {}
    assert done.summary["clarifies"] == 1
    assert done.summary["exercised"]["intents"] == ["price" if went == "billing" else "question"]
    assert "the person was asked and chose" in done.summary["moves"][0]["why"]


def test_neither_goes_on_with_the_stage_and_the_original_message() -> None:
    spec = asking()
    done, heard = talk(spec, asked(spec), "neither", symptoms=[])
    assert done.summary["ran"] == "intake"
    assert heard == ["how much and what is it"]


def test_other_words_are_understood_by_the_model_and_the_original_message_stays() -> None:
    spec = asking()
    done, heard = talk(spec, asked(spec), "the thing with the bill from before", Classification("price", 0.8))
    assert done.summary["ran"] == "billing"
    assert heard == ["how much and what is it\n\nthe thing with the bill from before"]


def test_new_wish_after_the_question_is_followed_alone_and_nobody_is_asked_twice() -> None:
    spec = asking()
    done, _ = talk(spec, asked(spec), "forget it, cancel everything", Classification("cancel", 0.9))
    assert done.state.ended
    again, heard = talk(spec, asked(spec), "hm, well, you know", CLOSE)
    assert again.summary["ran"] == "faq"
    assert again.state.pending == {}
    assert heard == ["how much and what is it\n\nhm, well, you know"]


def test_long_message_is_never_taken_for_an_answer_by_its_words() -> None:
    spec = asking()
    done, _ = talk(spec, asked(spec), "no. " * 5000 + "price", Classification("none", 0.9), symptoms=[])
    assert done.summary["ran"] == "intake"


def test_question_that_waits_survives_the_json_form_of_the_state() -> None:
    state = asked(asking())
    assert JourneyState.from_json(state.to_json()) == state


def test_person_is_called_on_request_and_the_session_stays_where_it_is() -> None:
    spec = clinic(patterns=PatternsSpec(hand_over=HandOverPattern(enabled=True, message="One moment.")))
    done, heard = talk(spec, first_state(spec), "get me a human", Classification(HAND_OVER, 0.9))
    assert done.reply == "One moment."
    assert done.summary["hand_over"] is True
    assert done.summary["intent"]["pattern"] == HAND_OVER
    assert done.summary["exercised"]["intents"] == [HAND_OVER]
    assert (done.state.pathway, heard) == ("intake", [])


def test_unsure_wish_for_a_person_changes_nothing() -> None:
    spec = clinic(patterns=PatternsSpec(hand_over=HandOverPattern(enabled=True)))
    done, _ = talk(spec, first_state(spec), "human?", Classification(HAND_OVER, 0.4), symptoms=[])
    assert done.summary["hand_over"] is False
    assert done.summary["ran"] == "intake"


LOST = Classification(OFF_TOPIC, 0.9)


def test_off_topic_messages_are_answered_counted_and_then_led_elsewhere() -> None:
    fallback = FallbackPattern(enabled=True, reply="Let us stay with your health.", after=3, pathway="faq")
    spec = clinic(patterns=PatternsSpec(fallback=fallback))
    state = first_state(spec)
    for count in (1, 2):
        done, heard = talk(spec, state, "who won the match?", LOST)
        assert done.reply == "Let us stay with your health."
        assert done.state.off_topic == count
        assert heard == []
        state = done.state
    done, _ = talk(spec, state, "and the weather?", LOST, response="")
    assert done.summary["ran"] == "faq"
    assert done.state.off_topic == 0
    assert done.summary["moves"][0]["why"] == "3 messages in a row did not fit"


def test_message_that_fits_starts_the_count_anew() -> None:
    spec = clinic(patterns=PatternsSpec(fallback=FallbackPattern(enabled=True, after=2, hand_over=True)))
    state = JourneyState(pathway="intake", off_topic=1)
    done, _ = talk(spec, state, "my back hurts", Classification("none", 0.9), symptoms=[])
    assert done.state.off_topic == 0
    done, _ = talk(spec, state, "who won?", LOST)
    assert done.summary["hand_over"] is True


def test_without_a_reply_the_stage_answers_an_off_topic_message_as_well_as_it_can() -> None:
    spec = clinic(patterns=PatternsSpec(fallback=FallbackPattern(enabled=True)))
    done, heard = talk(spec, first_state(spec), "who won?", LOST, symptoms=[])
    assert heard == ["who won?"]
    assert done.state.off_topic == 1
