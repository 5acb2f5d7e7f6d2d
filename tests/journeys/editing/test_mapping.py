"""The mapping on an edge: what feeds each input, matching by name and type, and fixes that do what they say."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.core.editing.mapping import (
    accumulate_field,
    auto_map,
    convert_input,
    default_input,
    extract_output,
    list_mapping,
    set_mapping,
    unset_mapping,
)
from tests.journeys.editing.test_renaming import field, signature
from trust.core.errors import Invalid

BOOLEAN = {"bool": True}


def draft(*inputs: dict[str, Any], outputs: tuple[dict[str, Any], ...] = (), **intake: Any) -> dict[str, Any]:
    return {
        "name": "Clinic",
        "entry": "intake",
        "pathways": [
            {"id": "intake", "signature": signature([field("message")], list(outputs)), "next": "booking", **intake},
            {
                "id": "booking",
                "signature": {"name": "Book", "inputs": [field("message"), *inputs], "outputs": [field("reply")]},
            },
        ],
    }


def row(data: dict[str, Any], name: str) -> Any:
    return next(r for r in list_mapping(data, "intake", "booking") if r.input == name)


def test_an_accumulated_output_of_the_same_name_feeds_its_input() -> None:
    found = row(draft(field("age", "int"), outputs=(field("age", "int"),), accumulate=["age"]), "age")
    assert (found.how, found.state, found.source) == ("name", "ok", "age")


def test_the_message_is_given_without_a_mapping() -> None:
    assert row(draft(), "message").how == "given"


def test_an_output_that_is_not_accumulated_feeds_nothing_and_is_offered() -> None:
    found = row(draft(field("age", "int"), outputs=(field("age", "int"),)), "age")
    assert (found.state, found.options) == ("unbound", (("response", "broken"), ("age", "ok")))
    assert found.mends[0].op == {
        "op": "map_input",
        "source": "intake",
        "target": "booking",
        "input": "age",
        "output": "age",
    }


def test_types_that_do_not_fit_are_broken_with_a_conversion() -> None:
    found = row(draft(field("age"), outputs=(field("age", "int"),), accumulate=["age"]), "age")
    assert (found.state, found.why) == ("broken", "a whole number is not text")
    assert {"op": "convert_input", "target": "booking", "input": "age", "expression": "string(age)"} in [
        m.op for m in found.mends
    ]


def test_a_list_that_becomes_text_is_lossy() -> None:
    several = {"name": "symptoms", "type": {"kind": "list", "of": {"kind": "str"}}}
    assert row(draft(field("symptoms"), outputs=(several,), accumulate=["symptoms"]), "symptoms").state == "lossy"


def test_matching_goes_by_name_then_words_then_the_only_type() -> None:
    start = draft(
        field("age", "int"),
        field("patientName"),
        field("urgent", "bool"),
        outputs=(field("age", "int"), field("patient_name"), field("is_urgent", "bool")),
    )
    after = auto_map(start, "intake", "booking")
    assert after["pathways"][0]["accumulate"] == ["age", "patient_name", "is_urgent"]
    assert after["pathways"][1]["bindings"] == {"patientName": "patient_name", "urgent": "is_urgent"}
    assert {r.state for r in list_mapping(after, "intake", "booking")} == {"ok"}


def test_matching_leaves_alone_what_fits_nothing() -> None:
    start = draft(field("age", "int"), outputs=(field("age", "bool"),))
    assert auto_map(start, "intake", "booking") == start


def test_a_mapping_can_be_set_and_taken_back() -> None:
    start = draft(field("years", "int"), outputs=(field("age", "int"),), accumulate=[], merge={}, bindings={})
    start["pathways"][1]["bindings"] = {}
    mapped = set_mapping(start, "intake", "booking", "years", "age")
    assert mapped["pathways"][0]["accumulate"] == ["age"]
    assert mapped["pathways"][1]["bindings"] == {"years": "age"}
    assert unset_mapping(mapped, "intake", "booking", "years") == start


def test_a_field_that_others_read_stays_accumulated() -> None:
    start = draft(field("years", "int"), outputs=(field("age", "int"),), complete_when=["age"])
    mapped = set_mapping(start, "intake", "booking", "years", "age")
    assert unset_mapping(mapped, "intake", "booking", "years")["pathways"][0]["accumulate"] == ["age"]


def test_a_mapping_to_nothing_is_refused_with_what_there_is() -> None:
    with pytest.raises(Invalid, match="context, history, message, response"):
        set_mapping(draft(field("age", "int")), "intake", "booking", "age", "height")
    with pytest.raises(Invalid, match="is no input of 'booking'; the inputs are: message, age"):
        set_mapping(draft(field("age", "int")), "intake", "booking", "height", "response")


def test_a_conversion_a_default_and_an_extraction_feed_the_input() -> None:
    start = draft(field("age", "int"))
    assert row(start, "age").state == "unbound"
    assert row(convert_input(start, "booking", "age", "size(message)"), "age").how == "expression"
    assert row(default_input(start, "booking", "age", 0), "age").how == "default"
    asked = extract_output(start, "intake", "booking", "age")
    assert row(asked, "age").state == "ok"
    assert [f["name"] for f in asked["pathways"][0]["signature"]["outputs"]] == ["response", "age"]
    assert accumulate_field(asked, "intake", "age") == asked


def test_a_default_is_refused_where_the_agent_is_not_this_journeys() -> None:
    start = draft()
    start["pathways"][1] = {"id": "booking", "agents": ["teller"]}
    with pytest.raises(Invalid, match="no signature of 'booking' that this journey holds"):
        default_input(start, "booking", "age", 0)
