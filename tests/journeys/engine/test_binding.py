"""Input binding: the order of sources, and the message of an input that has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agents.core.spec.types import AnyType, DictType, FieldSpec, ScalarType
from journeys.core.engine.binding import bind_inputs
from journeys.core.engine.machine import MessageReceived, RunAgent, step
from journeys.core.engine.state import first_state
from journeys.core.errors import MissingInput
from journeys.core.expressions import explain
from journeys.core.spec import PathwaySpec
from tests.journeys.specs import clinic, signature, some, text, turn

HISTORY = [{"role": "user", "text": "hi"}, {"role": "assistant", "text": "hello"}]


def bind(*inputs: FieldSpec, bindings: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    values = {"context": {}, "outputs": {}, **more}
    return bind_inputs("helper", signature(inputs=inputs), bindings or {}, message="my back", history=HISTORY, **values)


def test_message_history_and_context_are_bound_by_name() -> None:
    anything = FieldSpec(name="context", type=DictType(of=AnyType()))
    bound = bind(text("message"), some("history"), anything, context={"age": 3})
    assert bound == {"message": "my back", "history": HISTORY, "context": {"age": 3}}


def test_history_reads_as_lines_where_the_field_is_a_text() -> None:
    assert bind(text("message"), text("history"))["history"] == "user: hi\nassistant: hello"


def test_declared_binding_wins_over_the_name() -> None:
    assert bind(text("patient_message"), bindings={"patient_message": "message"}) == {"patient_message": "my back"}
    assert bind(text("message"), bindings={"message": "note"}, context={"note": "x"}) == {"message": "x"}


def test_outputs_of_this_turn_win_over_the_context() -> None:
    bound = bind(text("message"), text("doctor"), context={"doctor": "old"}, outputs={"doctor": "new"})
    assert bound["doctor"] == "new"


def test_default_is_used_when_nothing_has_the_name() -> None:
    assert bind(text("message"), text("tone", required=False, default="warm"))["tone"] == "warm"


def test_false_zero_and_empty_text_are_values() -> None:
    values = {"a": "", "b": 0, "c": False}
    fields = [FieldSpec(name=name, type=AnyType()) for name in values]
    assert bind(text("message"), *fields, context=values) == {"message": "my back", **values}


def test_only_text_without_a_source_is_what_the_person_said() -> None:
    assert bind(text("question")) == {"question": "my back"}


def test_missing_input_names_the_field_and_what_there_is() -> None:
    with pytest.raises(MissingInput) as refusal:
        bind(text("message"), text("doctor"), context={"symptoms": ["x"]})
    assert "'doctor'" in str(refusal.value)
    assert "context, history, message, symptoms" in str(refusal.value)
    assert refusal.value.details["available"] == ["context", "history", "message", "symptoms"]


def test_two_texts_without_a_source_are_not_guessed() -> None:
    with pytest.raises(MissingInput, match="'question'"):
        bind(text("question"), text("topic"))


def test_value_of_the_wrong_type_is_refused_with_its_field() -> None:
    with pytest.raises(MissingInput, match="symptoms"):
        bind(text("message"), some("symptoms"), context={"symptoms": "cough"})


def calculate(expression: str) -> tuple[Any, str]:
    return explain(expression, {"symptoms": ["cough"], "user": {"plan": "pro"}}, {})


def test_binding_may_be_an_expression() -> None:
    bound = bind(
        text("message"),
        FieldSpec(name="count", type=ScalarType(kind="int")),
        bindings={"count": "=size(symptoms)"},
        calculate=calculate,
    )
    assert bound["count"] == 1


def test_expression_without_a_value_leaves_the_default_and_tells_why_where_there_is_none() -> None:
    assert (
        bind(text("message"), text("tone", required=False, default="warm"), bindings={"tone": "=mood"}, calculate=calculate)[
            "tone"
        ]
        == "warm"
    )
    with pytest.raises(MissingInput, match="mood is not known yet"):
        bind(text("message"), text("tone"), bindings={"tone": "=mood"}, calculate=calculate)


def test_user_variables_are_sources_by_name_after_the_context_and_by_path() -> None:
    user = {"plan": "pro", "city": "Bern"}
    assert bind(text("message"), text("plan"), user=user)["plan"] == "pro"
    assert bind(text("message"), text("plan"), user=user, context={"plan": "free"})["plan"] == "free"
    assert bind(text("message"), text("level"), user=user, bindings={"level": "user.plan"})["level"] == "pro"


def test_binding_may_be_a_path_into_the_context() -> None:
    offer = {"price": 5}
    field = FieldSpec(name="price", type=ScalarType(kind="int"))
    assert bind(text("message"), field, context={"offer": offer}, bindings={"price": "offer.price"})["price"] == 5
    with pytest.raises(MissingInput, match="bound to 'offer.cost'"):
        bind(text("message"), field, context={"offer": offer}, bindings={"price": "offer.cost"})


def test_pathway_binds_expressions_over_what_its_turn_knows() -> None:
    fields = (text("message"), text("who"), FieldSpec(name="times", type=ScalarType(kind="int")))
    pathway = PathwaySpec(
        id="intake",
        signature=signature(text("response"), inputs=fields),
        bindings={"who": "=has(name) ? name : user.name", "times": "=turn * 2"},
    )
    spec = clinic(pathways=(pathway,), transitions=(), variables=(text("name"),), context=(text("name"),))
    started = replace(turn(first_state(spec), number=4), user={"name": "Ann"})
    _, (effect,) = step(spec, started, MessageReceived())
    assert isinstance(effect, RunAgent)
    assert effect.values == {"message": "hello", "who": "Ann", "times": 8}
