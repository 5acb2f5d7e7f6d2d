"""Two drafts that two people changed at the same time become one, and only what they disagree on is asked."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from journeys.core.spec import JourneySpec
from journeys.core.text.merge import merge_journeys, merge_sequences

BASE: dict[str, Any] = {
    "kind": "journey",
    "name": "Desk",
    "entry": "intake",
    "guidelines": ["Be kind", "Be short"],
    "pathways": [
        {"id": "intake", "title": "Intake", "agents": ["intake_agent"], "next": "booking"},
        {"id": "booking", "guidelines": ["Offer three"]},
        {"id": "faq", "return_behavior": {"kind": "previous"}},
    ],
    "transitions": [
        {"id": "to_faq", "trigger": {"kind": "intent", "intents": ["help"]}, "to_pathway": "faq"},
        {"id": "stop", "trigger": {"kind": "intent", "intents": ["stop"]}, "to_pathway": "end"},
    ],
}


def changed() -> dict[str, Any]:
    return copy.deepcopy(BASE)


def test_two_changes_of_different_places_are_both_kept() -> None:
    mine, theirs = changed(), changed()
    mine["pathways"][0]["title"] = "Welcome"
    mine["transitions"].insert(0, {"id": "new", "trigger": {"kind": "always"}, "to_pathway": "faq"})
    theirs["pathways"][1]["guidelines"].append("Ask first")
    theirs["guidelines"].insert(0, "Be true")
    del theirs["transitions"][1]
    merged, conflicts = merge_journeys(BASE, mine, theirs)
    assert conflicts == []
    assert [p["title"] for p in merged["pathways"]] == ["Welcome", "", ""]
    assert merged["pathways"][1]["guidelines"] == ["Offer three", "Ask first"]
    assert merged["guidelines"] == ["Be true", "Be kind", "Be short"]
    assert [t["id"] for t in merged["transitions"]] == ["new", "to_faq"]
    assert JourneySpec.model_validate(merged).max_depth == 10, "a valid journey is written out in full"


def test_a_place_that_both_changed_is_told_with_both_sides_and_mine_stands_unless_chosen_otherwise() -> None:
    mine, theirs = changed(), changed()
    mine["pathways"][0]["title"], theirs["pathways"][0]["title"] = "Welcome", "Reception"
    merged, (conflict,) = merge_journeys(BASE, mine, theirs)
    assert (conflict.path, conflict.label) == ("pathways[intake].title", "Pathway intake · Title")
    assert (conflict.base, conflict.mine, conflict.theirs) == ("Intake", "Welcome", "Reception")
    assert merged["pathways"][0]["title"] == "Welcome"
    chosen, again = merge_journeys(BASE, mine, theirs, {conflict.path: "theirs"})
    assert chosen["pathways"][0]["title"] == "Reception"
    assert len(again) == 1, "a choice decides a conflict, it does not hide it"


def test_a_pathway_that_one_removed_and_the_other_changed_is_a_conflict() -> None:
    mine, theirs = changed(), changed()
    del mine["pathways"][2]
    theirs["pathways"][2]["title"] = "Questions"
    merged, (conflict,) = merge_journeys(BASE, mine, theirs)
    assert (conflict.path, conflict.mine) == ("pathways[faq]", None)
    assert [p["id"] for p in merged["pathways"]] == ["intake", "booking"]
    back, _ = merge_journeys(BASE, mine, theirs, {"pathways[faq]": "theirs"})
    assert back["pathways"][2]["title"] == "Questions"


def test_a_pathway_that_one_moved_and_the_other_changed_is_moved_and_changed() -> None:
    mine, theirs = changed(), changed()
    mine["pathways"].reverse()
    theirs["pathways"][0]["title"] = "Welcome"
    merged, conflicts = merge_journeys(BASE, mine, theirs)
    assert conflicts == []
    assert [(p["id"], p["title"]) for p in merged["pathways"]] == [("faq", ""), ("booking", ""), ("intake", "Welcome")]


def test_two_kinds_of_trigger_are_never_mixed() -> None:
    mine, theirs = changed(), changed()
    mine["transitions"][0]["trigger"] = {"kind": "always", "description": "At once"}
    theirs["transitions"][0]["trigger"]["description"] = "Asks for help"
    merged, (conflict,) = merge_journeys(BASE, mine, theirs)
    assert conflict.path == "transitions[to_faq].trigger"
    assert merged["transitions"][0]["trigger"]["kind"] == "always"


def test_a_value_that_is_written_out_is_no_change_beside_one_that_is_left_out() -> None:
    mine, theirs = changed(), changed()
    mine["pathways"][0]["title"] = "Welcome"
    full = JourneySpec.model_validate(theirs).model_dump(mode="json")
    merged, conflicts = merge_journeys(BASE, mine, full)
    assert conflicts == []
    assert merged["pathways"][0]["title"] == "Welcome"


@pytest.mark.parametrize("wrong", [[], "x", [1], [{"id": "a"}, {"id": "a"}], None])
def test_drafts_of_any_shape_are_merged_or_asked_about(wrong: Any) -> None:
    mine, theirs = changed(), changed()
    mine["pathways"] = wrong
    theirs["greeting"] = "Hello"
    merged, conflicts = merge_journeys(BASE, mine, theirs)
    assert (merged["pathways"], merged["greeting"], conflicts) == (wrong, "Hello", [])


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("ab", "abc", "abd", "abcd"),
        ("ab", "xab", "ab", "xab"),
        ("abc", "ac", "abcd", "acd"),
        ("abc", "axc", "ayc", None),
        ("abc", "axc", "axc", "axc"),
        ("abc", "ac", "ayc", None),
        ("", "a", "b", "ab"),
    ],
)
def test_sequences_merge_unless_the_same_items_changed(base: str, mine: str, theirs: str, merged: str | None) -> None:
    assert merge_sequences(base, mine, theirs) == (None if merged is None else list(merged))
