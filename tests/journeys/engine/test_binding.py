"""Input binding: the order of sources, and the message of an input that has none."""

from __future__ import annotations

from typing import Any

import pytest

from agents.core.spec.types import AnyType, DictType, FieldSpec
from journeys.core.engine.binding import bind_inputs
from journeys.core.errors import MissingInput
from tests.journeys.specs import signature, some, text

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
