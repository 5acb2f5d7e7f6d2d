"""What expressions may name, and of which type."""

from __future__ import annotations

from agents.core.spec.types import AnyType, EnumType, FieldSpec, ListType, ModelType, ScalarType
from journeys.core.engine.known import known_types, known_values
from journeys.core.expressions import check_expression
from journeys.core.spec import ContextUpdateSpec, PathwaySpec
from tests.journeys.specs import TEXT, agent, clinic, signature, some, text, transition


def test_accumulated_fields_have_the_type_of_their_output_as_the_merge_rule_leaves_it() -> None:
    intake = PathwaySpec(
        id="intake", signature=signature(text("response"), text("note"), some("symptoms")), accumulate=("note", "symptoms")
    )
    types = known_types(clinic(pathways=(intake,), transitions=()))
    assert types["note"] == TEXT
    assert types["symptoms"] == ListType(of=AnyType())
    merged = intake.model_copy(update={"merge": {"note": "append"}})
    assert known_types(clinic(pathways=(merged,), transitions=()))["note"] == ListType(of=TEXT)


def test_agents_bring_types_too_and_two_types_of_one_name_are_anything() -> None:
    number = FieldSpec(name="note", type=ScalarType(kind="int"))
    pathways = (
        PathwaySpec(id="intake", agents=("a",), accumulate=("note",)),
        PathwaySpec(id="other", signature=signature(number), accumulate=("note",)),
    )
    spec = clinic(pathways=pathways, transitions=(), agents={"a": agent("a", text("response"), text("note"))})
    assert known_types(spec)["note"] == AnyType()


def test_outputs_are_known_only_after_their_pathway() -> None:
    spec = clinic()
    assert "slot" in known_types(spec)
    assert "response" not in known_types(spec)
    assert known_types(spec, ["booking"])["response"] == TEXT


def test_context_updates_and_declared_fields_are_known() -> None:
    updates = (
        ContextUpdateSpec(op="set", field="asked", value=True),
        ContextUpdateSpec(op="append", field="log", source="slot"),
        ContextUpdateSpec(op="copy", field="day", source="slot"),
    )
    spec = clinic(
        transitions=(transition("faq", "question", context_update=updates),),
        context=(FieldSpec(name="vip", type=ScalarType(kind="bool")),),
    )
    types = known_types(spec)
    assert types["asked"] == types["vip"] == ScalarType(kind="bool")
    assert types["log"] == ListType(of=TEXT)
    assert types["day"] == TEXT


def test_person_message_turn_and_pathway_are_known() -> None:
    spec = clinic(variables=(text("plan", required=False, default="free"),))
    types = known_types(spec)
    assert isinstance(types["user"], ModelType)
    assert isinstance(types["pathway"], EnumType)
    assert check_expression('user.plan == "pro" && turn > 2 && pathway == "intake" && message.contains("x")', types) == ""
    assert "never 'bookin'" in check_expression('pathway == "bookin"', types)


def test_this_turns_outputs_stand_over_the_context_but_not_over_what_was_merged() -> None:
    values = known_values(
        clinic(),
        context={"symptoms": ["a", "b"], "mood": "old"},
        outputs={"symptoms": ["b"], "mood": "new"},
        user={},
        message="hi",
        turn=2,
        pathway="intake",
    )
    assert values["symptoms"] == ["a", "b"]
    assert values["mood"] == "new"
    assert values["turn"] == 2
