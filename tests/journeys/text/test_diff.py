"""Differences between journeys are told as people speak of them."""

from __future__ import annotations

import copy
from typing import Any

from journeys.core.spec import JourneySpec
from journeys.core.text.diff import JourneyChange, diff_journeys, diff_words

BASE: dict[str, Any] = {
    "kind": "journey",
    "name": "Desk",
    "entry": "intake",
    "greeting": "Hello, how can I help you today?",
    "guidelines": ["Be kind", "Ask for one thing at a time"],
    "pathways": [
        {"id": "intake", "title": "Intake", "agents": ["intake_agent"], "guidelines": ["Listen"], "next": "booking"},
        {"id": "booking", "title": "Booking", "agents": ["booking_agent"], "suggestions": ["Tuesday"]},
        {"id": "faq", "title": "Questions", "return_behavior": {"kind": "previous"}},
    ],
    "transitions": [
        {"id": "to_faq", "trigger": {"kind": "intent", "intents": ["help"]}, "to_pathway": "faq"},
        {"id": "stop", "trigger": {"kind": "intent", "intents": ["stop"]}, "to_pathway": "end"},
    ],
}


def changed() -> dict[str, Any]:
    return copy.deepcopy(BASE)


def told(changes: list[JourneyChange]) -> list[tuple[str, str, str]]:
    return [(change.sign, change.noun, change.label) for change in changes]


def test_the_same_journey_written_out_in_full_differs_in_nothing() -> None:
    assert diff_journeys(BASE, JourneySpec.model_validate(BASE).model_dump(mode="json")) == []


def test_each_change_is_told_by_what_it_is_about() -> None:
    after = changed()
    after["pathways"].append({"id": "thanks"})
    after["transitions"][0]["trigger"]["intents"] = ["help", "faq"]
    after["transitions"][1]["priority"] = 5
    after["guidelines"].append("Never guess")
    after["patterns"] = {"cancel": {"enabled": True}}
    after["session_ttl_s"] = 60.0
    assert told(diff_journeys(BASE, after)) == [
        ("+", "guideline", "Guidelines"),
        ("+", "pathway", "Pathway thanks"),
        ("+", "transition", "Transition to_faq · Trigger · Intents"),
        ("≠", "transition", "Transition stop · Priority"),
        ("+", "pattern", "Patterns"),
        ("≠", "setting", "Lifetime of a session"),
    ]


def test_a_changed_prompt_is_told_word_by_word() -> None:
    after = changed()
    after["greeting"] = "Hello, what can I do for you today?"
    (change,) = diff_journeys(BASE, after)
    assert [(piece.kind, piece.text) for piece in change.words if piece.kind != "same"] == [
        ("gone", "how"),
        ("new", "what"),
        ("gone", "help"),
        ("new", "do for"),
    ]
    assert "".join(piece.text for piece in change.words if piece.kind != "gone") == after["greeting"]


def test_a_guideline_that_was_reworded_is_a_change_and_no_removal() -> None:
    after = changed()
    after["guidelines"][1] = "Ask for two things at a time"
    (change,) = diff_journeys(BASE, after)
    assert (change.kind, change.noun, change.before) == ("changed", "guideline", "Ask for one thing at a time")


def test_a_renamed_pathway_is_one_change_and_not_every_place_that_names_it() -> None:
    after = changed()
    after["pathways"][0]["id"] = after["entry"] = "welcome"
    after["pathways"][1]["id"] = after["pathways"][0]["next"] = "appointment"
    changes = diff_journeys(BASE, after)
    assert [(c.kind, c.before, c.after) for c in changes] == [
        ("renamed", "intake", "welcome"),
        ("renamed", "booking", "appointment"),
    ]


def test_a_moved_transition_is_told_once() -> None:
    after = changed()
    after["transitions"].reverse()
    (change,) = diff_journeys(BASE, after)
    assert (change.kind, change.noun) == ("moved", "transition")


def test_a_trigger_of_another_kind_is_a_change_as_a_whole() -> None:
    after = changed()
    after["transitions"][0]["trigger"] = {"kind": "always"}
    (change,) = diff_journeys(BASE, after)
    assert (change.path, change.kind, change.after) == ("transitions[to_faq].trigger", "changed", {"kind": "always"})


def test_drafts_of_any_shape_can_be_compared() -> None:
    assert [c.kind for c in diff_journeys(BASE, {**BASE, "pathways": 3})] == ["changed"]
    assert [c.kind for c in diff_journeys({}, {"name": "x", "pathways": [1]})] == ["changed", "added"]


def test_words_put_together_again_are_both_texts() -> None:
    pieces = diff_words("one  two\nthree", "one two\nfour, three")
    assert "".join(p.text for p in pieces if p.kind != "new") == "one  two\nthree"
    assert "".join(p.text for p in pieces if p.kind != "gone") == "one two\nfour, three"
