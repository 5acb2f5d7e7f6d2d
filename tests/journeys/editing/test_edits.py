"""Edits of a draft by operations: what each does, what it refuses and says, and that it keeps what it does not know."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.editing.catalog import EDITS, Edited, apply_edits, read_edits
from journeys.core.editing.changes import changed_places, meeting
from trust.core.errors import Invalid

Draft = dict[str, Any]


def draft() -> Draft:
    return {
        "kind": "journey",
        "name": "Clinic",
        "entry": "intake",
        "pathways": [
            {"id": "intake", "title": "Intake", "agents": ["nurse"], "next": "booking", "note": "kept"},
            {"id": "booking", "agents": ["nurse", "booker"], "on_error": {"mode": "pathway", "pathway": "faq"}},
            {"id": "faq", "return_behavior": {"kind": "specific", "target": "booking"}},
        ],
        "transitions": [
            {"to_pathway": "faq", "trigger": {"kind": "intent", "intents": ["question"]}},
            {"id": "back", "to_pathway": "intake", "from_pathways": ["booking", "faq"], "trigger": {"kind": "always"}},
        ],
        "agents": {"nurse": agent("Nurse")},
        "patterns": {"cancel": {"to": "faq"}, "fallback": {"pathway": "faq"}},
    }


def agent(name: str) -> Draft:
    outputs = [{"name": "response", "type": {"kind": "str"}}]
    return {"kind": "agent", "name": name, "signature": {"name": f"{name}Signature", "outputs": outputs}}


def run(*ops: Draft, on: Draft | None = None) -> Edited:
    return apply_edits(draft() if on is None else on, read_edits(list(ops)))


def after(*ops: Draft) -> Draft:
    return run(*ops).draft


def refused(*ops: Any, on: Draft | None = None) -> str:
    with pytest.raises(Invalid) as refusal:
        apply_edits(draft() if on is None else on, read_edits(list(ops)))
    return refusal.value.message


def ids(made: Draft) -> list[str]:
    return [row["id"] for row in made["pathways"]]


# --- pathways


def test_the_first_pathway_of_an_empty_draft_is_its_entry() -> None:
    made = run({"op": "add_pathway", "title": "Say hello"}, on={}).draft
    assert made == {"pathways": [{"id": "say_hello", "title": "Say hello"}], "entry": "say_hello"}


def test_a_pathway_that_follows_another_takes_its_place_in_the_conversation() -> None:
    made = after({"op": "add_pathway", "title": "Triage", "after": "intake", "follow": True})
    assert ids(made) == ["intake", "triage", "booking", "faq"]
    assert (made["pathways"][0]["next"], made["pathways"][1]["next"]) == ("triage", "booking")


def test_a_taken_id_is_refused_with_those_there_are() -> None:
    assert "the pathways are: intake, booking, faq" in refused({"op": "add_pathway", "id": "faq"})
    assert "small letters" in refused({"op": "add_pathway", "id": "Not an id"})
    assert "journey's end" in refused({"op": "add_pathway", "id": "end"})


def test_a_removed_pathway_leaves_nothing_that_names_it_and_tells_what_went() -> None:
    edited = run({"op": "remove_pathway", "pathway": "faq"})
    assert "faq" not in str({**edited.draft, "transitions": edited.draft["transitions"]})
    assert edited.draft["transitions"] == [draft()["transitions"][1] | {"from_pathways": ["booking"]}]
    told = " ".join(edited.done[0].removed)
    assert "the transition t1 is gone" in told
    assert "giving up ends the journey" in told


def test_a_removed_pathway_takes_its_own_agents_along_but_no_shared_ones() -> None:
    assert "nurse" in after({"op": "remove_pathway", "pathway": "intake"})["agents"]
    made = run({"op": "remove_pathway", "pathway": "intake"}, {"op": "remove_pathway", "pathway": "booking"})
    assert made.draft["agents"] == {}
    assert made.draft["entry"] == "faq"


def test_a_renamed_pathway_is_renamed_everywhere() -> None:
    made = after({"op": "rename_pathway", "pathway": "booking", "to": "appointment"})
    assert "booking" not in str(made)
    assert made["pathways"][2]["return_behavior"]["target"] == "appointment"
    assert "unknown" not in refused({"op": "rename_pathway", "pathway": "booking", "to": "faq"})


def test_a_duplicate_has_its_own_copies_of_the_journeys_agents() -> None:
    made = after({"op": "duplicate_pathway", "pathway": "booking"})
    assert ids(made) == ["intake", "booking", "booking_2", "faq"]
    assert made["pathways"][2]["agents"] == ["nurse_2", "booker"]
    assert made["agents"]["nurse_2"] == made["agents"]["nurse"]


def test_order_next_return_and_entry_are_set() -> None:
    made = after(
        {"op": "move_pathway", "pathway": "faq", "index": 0},
        {"op": "set_next", "pathway": "booking", "to": "end"},
        {"op": "set_return", "pathway": "booking", "kind": "previous", "max_depth": 2},
        {"op": "set_return", "pathway": "faq", "kind": ""},
        {"op": "set_entry", "pathway": "booking"},
    )
    assert ids(made) == ["faq", "intake", "booking"]
    assert made["pathways"][2]["return_behavior"] == {"kind": "previous", "target": "", "max_depth": 2}
    assert (made["pathways"][2]["next"], made["pathways"][0]["return_behavior"], made["entry"]) == ("end", None, "booking")
    assert "allowed: intake, booking, faq, end" in refused({"op": "set_next", "pathway": "faq", "to": "nowhere"})
    assert "allowed: intake" in refused({"op": "set_return", "pathway": "faq", "kind": "specific", "target": "gone"})
    assert "there is no pathway 'gone'" in refused({"op": "set_entry", "pathway": "gone"})


# --- transitions


def test_a_transition_is_added_set_duplicated_moved_and_removed() -> None:
    made = after(
        {"op": "add_transition", "to_pathway": "end", "from_pathways": ["intake"]},
        {"op": "set_transition", "transition": "t3", "values": {"label": "Stop", "guard": "true"}},
        {"op": "duplicate_transition", "transition": "t3"},
        {"op": "set_transition", "transition": "t3", "values": {"guard": None}},
        {"op": "move_transition", "transition": "t4", "index": 0},
        {"op": "remove_transition", "transition": "back"},
    )
    assert [t["id"] for t in made["transitions"]] == ["t4", "t1", "t3"]
    assert made["transitions"][0]["guard"] == "true"
    assert made["transitions"][2] == {
        "id": "t3", "to_pathway": "end", "from_pathways": ["intake"], "label": "Stop",
        "trigger": {"kind": "intent", "intents": ["end"]},
    }  # fmt: skip
    assert "the transitions are: t1, back" in refused({"op": "remove_transition", "transition": "gone"})
    assert "unknown pathway 'gone'" in refused({"op": "add_transition", "to_pathway": "gone"})
    assert "unknown pathway" in refused({"op": "set_transition", "transition": "t1", "values": {"to_pathway": "gone"}})


# --- agents


def test_a_new_agent_answers_in_its_pathway_and_has_a_signature() -> None:
    made = after({"op": "add_agent", "pathway": "faq", "name": "Help desk"})
    assert made["pathways"][2]["agents"] == ["help_desk"]
    assert made["agents"]["help_desk"]["signature"]["name"] == "HelpDeskSignature"
    assert "answers in Faq already" in refused(
        {"op": "add_agent", "pathway": "faq", "agent": "nurse"}, {"op": "add_agent", "pathway": "faq", "agent": "nurse"}
    )


def test_an_agent_moves_and_is_gone_where_it_answers_nowhere_else() -> None:
    made = after({"op": "move_agent", "pathway": "booking", "agent": "booker", "to_pathway": "intake", "index": 0})
    assert (made["pathways"][0]["agents"], made["pathways"][1]["agents"]) == (["booker", "nurse"], ["nurse"])
    edited = run({"op": "remove_agent", "pathway": "intake", "agent": "nurse"})
    assert "nurse" in edited.draft["agents"]
    gone = run({"op": "remove_agent", "pathway": "booking", "agent": "nurse"}, on=edited.draft)
    assert gone.draft["agents"] == {}
    assert gone.done[0].removed == ("the agent nurse is gone: it answered nowhere else",)
    assert "the agents there are: nurse" in refused({"op": "remove_agent", "pathway": "intake", "agent": "booker"})


def test_an_agent_is_set_renamed_duplicated_and_made_the_journeys_own() -> None:
    made = after(
        {"op": "set_agent", "agent": "nurse", "values": {"description": "Asks", "kind": None}},
        {"op": "rename_agent", "agent": "nurse", "to": "triage-nurse"},
        {"op": "duplicate_agent", "pathway": "intake", "agent": "triage-nurse"},
        {"op": "own_agent", "agent": "booker", "spec": agent("Booker")},
    )
    assert made["pathways"][0]["agents"] == ["triage-nurse", "triage_nurse"]
    assert made["pathways"][1]["agents"] == ["triage-nurse", "booker"]
    assert "kind" not in made["agents"]["triage-nurse"]
    assert set(made["agents"]) == {"triage-nurse", "triage_nurse", "booker"}
    assert "holds no agent 'booker' of its own; it holds: nurse" in refused(
        {"op": "set_agent", "agent": "booker", "values": {}}
    )


# --- fields


def test_a_field_is_set_by_ids_and_names_and_cleared() -> None:
    made = after(
        {"op": "set_field", "path": "pathways.intake.title", "value": "Hello"},
        {"op": "set_field", "path": "pathways.faq.on_error.mode", "value": "retry"},
        {"op": "set_field", "path": "agents.nurse.signature.outputs.response.description", "value": "What is said"},
        {"op": "set_field", "path": "greeting", "value": "Hi"},
        {"op": "clear_field", "path": "pathways.booking.on_error"},
    )
    assert made["pathways"][0]["title"] == "Hello"
    assert made["pathways"][2]["on_error"] == {"mode": "retry"}
    assert made["agents"]["nurse"]["signature"]["outputs"][0]["description"] == "What is said"
    assert made["greeting"] == "Hi"
    assert "on_error" not in made["pathways"][1]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("pathways.gone.title", "there are: intake, booking, faq"),
        ("pathways.intake.id", "rename_pathway"),
        ("pathways", "replace_draft"),
        ("pathways.intake", "field by field"),
        ("pathways.intake.title.more", "ends at 'title'"),
        ("a..b", "is no path"),
        ("", "is no path"),
        ("transitions[7].label", "a list with 2 items"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_what_there_is(path: str, says: str) -> None:
    assert says in refused({"op": "set_field", "path": path, "value": 1})


def test_a_mapping_is_set_and_taken_out() -> None:
    made = after(
        {"op": "set_mapping", "pathway": "booking", "field": "symptoms", "source": "complaints"},
        {"op": "set_mapping", "pathway": "booking", "field": "age", "source": "= user.age"},
        {"op": "set_mapping", "pathway": "booking", "field": "symptoms", "source": " "},
    )
    assert made["pathways"][1]["bindings"] == {"age": "= user.age"}


def nursing() -> Draft:
    """Intake brings symptoms and an age in words; booking wants complaints and a whole number."""
    made = draft()
    made["agents"]["nurse"]["signature"]["outputs"] += [
        {"name": "symptoms", "type": {"kind": "list", "of": {"kind": "str"}}},
        {"name": "age", "type": {"kind": "str"}},
    ]
    made["agents"]["booker"] = agent("Booker")
    made["agents"]["booker"]["signature"]["inputs"] = [
        {"name": "complaints", "type": {"kind": "list", "of": {"kind": "str"}}},
        {"name": "place", "type": {"kind": "str"}},
        {"name": "age", "type": {"kind": "int"}},
    ]
    made["pathways"][1]["agents"] = ["booker"]
    return made


def test_mappings_are_made_converted_given_defaults_asked_for_and_taken_back() -> None:
    edge = {"source": "intake", "target": "booking"}
    made = run(
        {"op": "map_input", **edge, "input": "complaints", "output": "symptoms"},
        {"op": "convert_input", "target": "booking", "input": "age", "expression": "int(age)"},
        {"op": "extract_output", **edge, "input": "place"},
        {"op": "accumulate_field", "pathway": "intake", "field": "age"},
        on=nursing(),
    ).draft
    assert made["pathways"][1]["bindings"] == {"complaints": "symptoms", "age": "=int(age)"}
    assert made["pathways"][0]["accumulate"] == ["symptoms", "place", "age"]
    assert [f["name"] for f in made["agents"]["nurse"]["signature"]["outputs"]] == ["response", "symptoms", "age", "place"]
    again = run({"op": "unmap_input", **edge, "input": "complaints"}, on=made).draft
    assert "symptoms" not in again["pathways"][0]["accumulate"]
    given = run({"op": "default_input", "target": "booking", "input": "place", "value": "here"}, on=nursing()).draft
    assert given["agents"]["booker"]["signature"]["inputs"][1]["default"] == "here"
    assert "there is:" in refused({"op": "map_input", **edge, "input": "place", "output": "gone"}, on=nursing())


def test_a_field_is_renamed_wherever_the_journey_names_it() -> None:
    made = run({"op": "accumulate_field", "pathway": "intake", "field": "symptoms"}, on=nursing()).draft
    edited = run({"op": "rename_field", "field": "symptoms", "to": "complaints"}, on=made)
    assert "symptoms" not in str(edited.draft)
    assert edited.draft["pathways"][0]["accumulate"] == ["complaints"]
    assert "Renamed the field symptoms to complaints in 2 places" in edited.label


# --- the whole


def test_pasted_pathways_get_free_ids_and_keep_what_joins_them() -> None:
    part = draft()
    edited = run(
        {"op": "paste", "pathways": part["pathways"][:2], "transitions": part["transitions"], "agents": part["agents"]}
    )
    made = edited.draft
    assert ids(made) == ["intake", "booking", "faq", "intake_2", "booking_2"]
    assert made["pathways"][3]["next"] == "booking_2"
    assert made["agents"] == part["agents"]
    assert [(t["id"], t["to_pathway"], t.get("from_pathways")) for t in made["transitions"][2:]] == [
        ("t3", "faq", None),
        ("t4", "intake_2", ["booking_2", "faq"]),
    ]
    assert "the pathway intake is pasted as intake_2" in edited.done[0].removed


def test_another_draft_takes_the_place_of_this_one() -> None:
    edited = run({"op": "replace_draft", "draft": {"name": "New"}, "label": "Undo"})
    assert (edited.draft, edited.label) == ({"name": "New"}, "Undo")


def test_all_operations_are_done_or_none_and_the_place_of_the_fault_is_told() -> None:
    before = draft()
    said = refused({"op": "set_entry", "pathway": "faq"}, {"op": "set_entry", "pathway": "gone"}, on=before)
    assert said.startswith("ops[1].pathway:")
    assert before == draft()
    assert "the operations are: accumulate_field, add_agent" in refused({"op": "explode"})
    assert "ops[0].to: Field required" in refused({"op": "set_next", "pathway": "faq"})
    with pytest.raises(Invalid, match="must be a list"):
        read_edits({"op": "set_next"})


def test_a_draft_of_another_shape_is_not_thrown_away() -> None:
    odd = {"pathways": "none yet", "agents": 7}
    assert "is str, not a list" in refused({"op": "add_pathway", "title": "A"}, on=odd)
    assert odd == {"pathways": "none yet", "agents": 7}


# --- properties

NAMES = st.sampled_from(["intake", "booking", "faq", "end", "*", "gone", "t1", "back", "nurse", "booker", ""])
TEXTS = st.text(max_size=8)


@st.composite
def operations(pick: st.DrawFn) -> Draft:
    """Any operation with values that may or may not fit."""
    name = pick(st.sampled_from(sorted(set(EDITS) - {"replace_draft"})))
    op: Draft = {"op": name}
    for field, about in EDITS[name].model_fields.items():
        if field == "op":
            continue
        kind = str(about.annotation)
        if field in ("values", "spec"):
            op[field] = pick(st.dictionaries(st.sampled_from(["title", "label", "extra"]), TEXTS, max_size=2))
        elif "list[str]" in kind:
            op[field] = pick(st.lists(NAMES, min_size=1, max_size=2))
        elif kind.startswith(("list", "dict")) or "dict" in kind:
            continue
        elif "int" in kind:
            op[field] = pick(st.integers(0, 4))
        elif "bool" in kind:
            op[field] = pick(st.booleans())
        elif field == "kind":
            op[field] = pick(st.sampled_from(["", "previous", "specific", "entry"]))
        elif field == "path":
            op[field] = pick(st.sampled_from(["name", "pathways.intake.title", "pathways.faq.on_error.mode", "hooks[0].event"]))
        elif field != "value" or pick(st.booleans()):
            op[field] = pick(NAMES)
    return op


@pytest.mark.slow
@given(st.lists(operations(), max_size=4))
def test_no_operation_loses_what_it_does_not_know(ops: list[Draft]) -> None:
    """Keys of the draft and of elements that stay, which no spec knows, stand as they stood; the given draft never changes."""
    before = draft() | {"x_note": {"deep": [1, 2]}}
    for row in before["pathways"]:
        row["x_mark"] = row["id"]
    kept = copy.deepcopy(before)
    try:
        made = apply_edits(before, read_edits(ops)).draft
    except Invalid:
        assert before == kept
        return
    assert before == kept
    assert made["x_note"] == {"deep": [1, 2]}
    gone = {op["pathway"] for op in ops if op["op"] == "remove_pathway"}
    marks = [row["x_mark"] for row in made["pathways"] if "x_mark" in row]
    assert {"intake", "booking", "faq"} - gone <= set(marks) | gone


def test_places_meet_when_one_lies_in_the_other() -> None:
    before, mine, theirs = draft(), draft(), draft()
    mine["pathways"][0]["title"] = "Mine"
    theirs["pathways"][0]["note"] = "theirs"
    theirs["pathways"][1]["title"] = "Theirs"
    assert changed_places(before, mine) == {("pathways", "intake", "title")}
    assert meeting(changed_places(before, mine), changed_places(before, theirs)) == []
    del theirs["pathways"][0]
    assert meeting(changed_places(before, mine), changed_places(before, theirs)) == [("pathways", "intake", "title")]
    swapped = copy.deepcopy(before)
    swapped["pathways"].reverse()
    assert changed_places(before, swapped) == {("pathways", "#")}
