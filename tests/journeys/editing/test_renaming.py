"""Renaming a field: every place follows, nothing else changes, and what would break is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agents.core.spec.runnable import canonical
from journeys.core.editing.renaming import rename_field, uses_of
from journeys.core.editing.words import fields_in, rename_in
from journeys.core.spec import JourneySpec
from trust.core.errors import Invalid


def field(name: str, kind: str = "str", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": {"kind": kind}, **more}


def signature(inputs: list[Any], outputs: list[Any]) -> dict[str, Any]:
    return {"name": "Test", "inputs": inputs, "outputs": [field("response"), *outputs]}


def draft() -> dict[str, Any]:
    return {
        "kind": "journey",
        "name": "Clinic",
        "entry": "intake",
        "context": [field("age", "int")],
        "pathways": [
            {
                "id": "intake",
                "signature": signature([field("message")], [field("age", "int")]),
                "accumulate": ["age"],
                "merge": {"age": "max"},
                "complete_when": ["age"],
                "complete_if": 'context.age > 17 && context.note != "age"',
                "next": "booking",
            },
            {
                "id": "booking",
                "agents": ["booker"],
                "bindings": {"patient_age": "age", "years": "=age + 1"},
            },
        ],
        "transitions": [
            {
                "id": "grown",
                "to_pathway": "booking",
                "from_pathways": ["intake"],
                "trigger": {"kind": "condition", "expression": "age >= 18"},
                "guard": "has(context.age)",
                "context_update": [{"op": "copy", "field": "age", "source": "age"}],
            }
        ],
        "agents": {
            "booker": {
                "name": "Booker",
                "signature": signature([field("message"), field("patient_age", "int"), field("years", "int")], []),
                "demo": [{"set": {"response": "You are {age}"}, "if_known": ["context.age", "age"]}],
            }
        },
        "patterns": {"correction": {"enabled": True, "fields": ["age"]}},
    }


def test_every_place_of_a_field_follows_its_new_name() -> None:
    before = draft()
    after = rename_field(before, "age", "years_old")
    intake, booking = after["pathways"]
    assert intake["signature"]["outputs"][1]["name"] == "years_old"
    assert (intake["accumulate"], intake["merge"], intake["complete_when"]) == (
        ["years_old"],
        {"years_old": "max"},
        ["years_old"],
    )
    assert intake["complete_if"] == 'context.years_old > 17 && context.note != "age"'
    assert booking["bindings"] == {"patient_age": "years_old", "years": "=years_old + 1"}
    (move,) = after["transitions"]
    assert (move["trigger"]["expression"], move["guard"]) == ("years_old >= 18", "has(context.years_old)")
    assert move["context_update"] == [{"op": "copy", "field": "years_old", "source": "years_old"}]
    assert after["context"][0]["name"] == "years_old"
    assert after["patterns"]["correction"]["fields"] == ["years_old"]
    assert after["agents"]["booker"]["demo"][0]["set"] == {"response": "You are {years_old}"}
    assert before == draft()


def test_a_rename_and_back_gives_the_same_draft() -> None:
    assert rename_field(rename_field(draft(), "age", "other"), "other", "age") == draft()


def test_a_renamed_journey_still_parses() -> None:
    spec = JourneySpec.model_validate(rename_field(draft(), "age", "years_old"))
    assert canonical(spec)["pathways"][0]["accumulate"] == ["years_old"]


def test_uses_tell_who_reads_a_field_before_it_is_changed() -> None:
    reads = {use.where for use in uses_of(draft(), "age") if use.role == "reads"}
    assert {
        "pathways.booking.bindings.patient_age",
        "pathways.booking.bindings.years",
        "pathways.intake.complete_when.age",
        "pathways.intake.complete_if",
        "transitions.grown.guard",
        "transitions.grown.trigger.expression",
        "patterns.correction",
    } <= reads
    assert uses_of(draft(), "nothing") == []


def test_a_published_agent_keeps_its_input_and_is_bound_to_the_new_name() -> None:
    published = {"teller": {"signature": signature([field("age", "int")], [])}}
    start = draft()
    start["pathways"][1] = {"id": "booking", "agents": ["teller"]}
    after = rename_field(start, "age", "years_old", published)
    assert after["pathways"][1]["bindings"] == {"age": "years_old"}


def test_an_output_of_a_published_agent_cannot_be_renamed_here() -> None:
    published = {"teller": {"signature": signature([], [field("age", "int")])}}
    start = draft()
    start["pathways"][0]["agents"] = ["teller"]
    with pytest.raises(Invalid, match="output of the published agent 'teller'"):
        rename_field(start, "age", "years_old", published)


@pytest.mark.parametrize("name", ["", "1st", "class", "message", "a b"])
def test_a_name_that_no_field_can_have_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        rename_field(draft(), "age", name)


def test_a_name_that_stands_in_the_same_signature_is_refused() -> None:
    with pytest.raises(Invalid, match="has a field 'response' already"):
        rename_field(draft(), "age", "response")


@pytest.mark.parametrize("wrong", [None, 3, "text", [1, "a"], {"id": 1}])
@pytest.mark.parametrize("key", ["pathways", "transitions", "agents", "patterns", "context"])
def test_a_draft_of_any_shape_is_passed_over(key: str, wrong: Any) -> None:
    odd = {**draft(), key: wrong}
    kept = copy.deepcopy(odd)
    rename_field(odd, "age", "years_old")
    assert odd == kept


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("age > 1", "n > 1"),
        ("context.age == user.age", "context.n == user.n"),
        ("person.age > 1", "person.age > 1"),
        ("other.context.age", "other.context.age"),
        ("'age' + age", "'age' + n"),
        ("age(1)", "age(1)"),
        ('context["age"]', 'context["n"]'),
        ("ages + age_ + age", "ages + age_ + n"),
        ("age && ", "n && "),
        ("// age\nage", "// age\nn"),
    ],
)
def test_only_names_of_fields_change_in_an_expression(text: str, after: str) -> None:
    assert rename_in(text, lambda name: "n" if name == "age" else name) == after


def test_the_fields_of_an_expression_are_told_once() -> None:
    assert fields_in("age > 1 && context.slot != '' && age < 9 && size(items) > 0") == ("age", "slot", "items")
