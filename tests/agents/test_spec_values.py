"""Values against signatures, and the JSON schemas that say the same."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from agents.core.declare import InputField, OutputField, Signature
from agents.core.spec.errors import InvalidValues
from agents.core.spec.json_schema import input_schema, is_strict, output_schema
from agents.core.spec.values import validate_inputs, validate_outputs


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    street: str
    floor: int | None = None


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Everything(Signature):
    text: str = InputField(min_length=1, max_length=5)
    whole: int = InputField(ge=1, le=5)
    number: float = InputField(default=0)
    flag: bool = InputField(default=False)
    day: date = InputField(default=date(2026, 1, 2))
    moment: datetime | None = InputField()
    colour: Colour = InputField(default=Colour.RED)
    tags: list[str] = InputField(default=[], max_length=2)
    counts: dict[str, int] = InputField(default={})
    home: Address | None = InputField()
    where: Point | None = InputField()
    anything: list[Any] = InputField(default=[])
    nothing: str = InputField(default=None)
    empty: str = InputField(default="")
    answer: str = OutputField("The answer", min_length=2)
    mark: int | None = OutputField()


SIG = Everything.spec


def test_defaults_are_applied_and_falsy_values_are_kept() -> None:
    values = validate_inputs(SIG, {"text": "a", "whole": 1, "number": 0, "flag": False, "empty": "", "nothing": None})
    assert values == {
        "text": "a", "whole": 1, "number": 0.0, "flag": False, "day": "2026-01-02", "moment": None, "colour": "red",
        "tags": [], "counts": {}, "home": None, "where": None, "anything": [], "nothing": None, "empty": "",
    }  # fmt: skip
    assert json.loads(json.dumps(values)) == values


def test_a_default_list_is_nobodys_to_share() -> None:
    first = validate_inputs(SIG, {"text": "a", "whole": 1})
    first["tags"].append("x")
    assert validate_inputs(SIG, {"text": "a", "whole": 1})["tags"] == []


def test_pythons_own_objects_become_the_json_they_stand_for() -> None:
    values = validate_inputs(
        SIG,
        {
            "text": "a",
            "whole": 1,
            "day": date(2026, 3, 4),
            "moment": datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
            "colour": Colour.BLUE,
            "tags": ("x",),
            "home": Address(street="Elm"),
            "where": Point(1, 2),
        },
    )
    assert (values["day"], values["moment"], values["colour"]) == ("2026-03-04", "2026-03-04T05:06:00+00:00", "blue")
    assert (values["tags"], values["home"]) == (["x"], {"street": "Elm", "floor": None})
    assert values["where"] == {"x": 1.0, "y": 2.0}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"text": ""}, "text: got '', allowed: text of 1 to 5 characters"),
        ({"text": 5}, "text: got 5, allowed: text of 1 to 5 characters"),
        ({"text": None}, "text: got null, allowed: text of 1 to 5 characters"),
        ({"text": "\x00"}, "text: got '\\x00', allowed: text of 1 to 5 characters"),
        ({"text": "\ud800"}, "text: got '\\ud800', allowed: text of 1 to 5 characters"),
        ({"whole": True}, "whole: got true, allowed: a whole number from 1 to 5"),
        ({"whole": 9}, "whole: got 9, allowed: a whole number from 1 to 5"),
        ({"whole": "1"}, "whole: got '1', allowed: a whole number from 1 to 5"),
        ({"whole": 1.5}, "whole: got 1.5, allowed: a whole number from 1 to 5"),
        ({"number": True}, "number: got true, allowed: a number"),
        ({"number": float("nan")}, "number: got nan, allowed: a number"),
        ({"flag": 0}, "flag: got 0, allowed: true or false"),
        ({"day": "4.3.2026"}, "day: got '4.3.2026', allowed: a date like 2026-11-22"),
        (
            {"moment": "2026-03-04"},
            "moment: got '2026-03-04', allowed: a date and time like 2026-11-22T14:30:00, or null",
        ),
        ({"colour": "green"}, "colour: got 'green', allowed: one of 'red', 'blue'"),
        ({"tags": "x"}, "tags: got 'x', allowed: a list of texts of at most 2 items"),
        ({"tags": ["a", 2]}, "tags[1]: got 2, allowed: text"),
        ({"counts": {"a": "b"}}, "counts.a: got 'b', allowed: a whole number"),
        ({"home": {"street": "Elm", "flor": 2}}, "home.flor: is no input; allowed: street, floor"),
        ({"home": {}}, "home.street: is missing, allowed: text"),
        ({"anything": [float("inf")]}, "anything[0]: got inf, allowed: any JSON value"),
        ({"txt": "a"}, "txt: is no input of Everything; allowed: text, whole, number"),
    ],
)
def test_what_does_not_fit_is_told_with_the_value_and_what_is_allowed(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidValues) as caught:
        validate_inputs(SIG, {"text": "a", "whole": 1, **changed})
    assert caught.value.message.startswith(problem)
    assert len(caught.value.problems) == 1


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InvalidValues) as caught:
        validate_inputs(SIG, {"text": 1, "flag": 2})
    assert [problem["where"] for problem in caught.value.problems] == ["text", "whole", "flag"]


def test_outputs_are_strict() -> None:
    assert validate_outputs(SIG, {"answer": "yes"}) == {"answer": "yes", "mark": None}
    for values in ({}, {"answer": "yes", "more": 1}, {"answer": "y"}, {"answer": None}):
        with pytest.raises(InvalidValues):
            validate_outputs(SIG, values)


def test_the_output_schema_follows_the_rules_of_strict_mode() -> None:
    assert output_schema(SIG) == {
        "type": "object",
        "properties": {
            "answer": {"type": "string", "description": "The answer (text of at least 2 characters)"},
            "mark": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["answer", "mark"],
        "additionalProperties": False,
    }
    assert is_strict(SIG)


def test_free_forms_make_strict_mode_impossible() -> None:
    for annotation in (dict, list, dict[str, int], list[dict[str, str]], Any):
        free = type("Free", (Signature,), {"__annotations__": {"x": annotation}, "x": OutputField()})
        assert not is_strict(free.spec)  # type: ignore[attr-defined]


def test_the_input_schema_says_what_validation_says() -> None:
    schema = input_schema(SIG)
    assert schema["required"] == ["text", "whole"]
    assert schema["properties"]["text"] == {"type": "string", "minLength": 1, "maxLength": 5}
    assert schema["properties"]["colour"] == {"type": "string", "enum": ["red", "blue"], "default": "red"}
    jsonschema.Draft202012Validator.check_schema(schema)
    good = validate_inputs(SIG, {"text": "a", "whole": 1, "home": {"street": "Elm"}})
    jsonschema.validate(good, schema)
    for bad in ({"text": "", "whole": 1}, {"text": "a", "whole": 9}, {"text": "a", "whole": 1, "x": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)
