"""Signatures as classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, ClassVar, Dict, List, Literal, NotRequired, Optional, TypedDict, Union  # noqa: UP035

import pytest
from pydantic import BaseModel, Field

from agents import InputField, OutputField, Signature
from agents.core.spec.types import AnyType, DictType, EnumType, FieldSpec, ListType, ModelType, OptionalType, ScalarType

TEXT, WHOLE = ScalarType(kind="str"), ScalarType(kind="int")


class Severity(Enum):
    MILD = "mild"
    URGENT = "urgent"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Preferences(BaseModel):
    time: Literal["morning", "evening"] = Field(description="When")
    stars: Annotated[int, Field(gt=0, lt=6)] = 3
    notes: list[str] = Field(default_factory=list)


class Slot(TypedDict):
    doctor: str
    room: NotRequired[int]


@dataclass
class Person:
    name: str
    tags: list[str] = field(default_factory=list)


class Triage(Signature):
    """Find out how urgent it is.

    Be kind.
    """

    __intent__ = "Sort patients"
    __guidelines__ = ["Ask first"]

    message: str = InputField("What they say")
    age: int = InputField(description="In years", desc="ignored", default=None)
    severity: Severity = OutputField(desc="How bad")


def type_of(annotation: Any) -> Any:
    made: Any = type("Made", (Signature,), {"__annotations__": {"x": annotation}, "x": OutputField()})
    return made.spec.outputs[0].type


def test_a_signature_compiles_to_a_spec() -> None:
    spec = Triage.spec
    assert (spec.name, spec.instructions, spec.intent) == (
        "Triage",
        "Find out how urgent it is.\n\nBe kind.",
        "Sort patients",
    )
    assert spec.guidelines == ("Ask first",)
    assert spec.inputs == (
        FieldSpec(name="message", type=TEXT, description="What they say"),
        FieldSpec(name="age", type=WHOLE, description="In years", required=False, default=None),
    )
    assert spec.outputs[0].type == EnumType(values=("mild", "urgent"), name="Severity")
    assert Triage().spec == spec
    assert Triage().guidelines == Triage.guidelines == ["Ask first"]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (str, TEXT),
        (date, ScalarType(kind="date")),
        (datetime, ScalarType(kind="datetime")),
        (Literal["a", 1, True], EnumType(values=("a", 1, True)) if False else None),
        (Literal["a", None], OptionalType(of=EnumType(values=("a",)))),
        (Level, EnumType(values=(1, 2), name="Level")),
        (Optional[int], OptionalType(of=WHOLE)),  # noqa: UP045
        (Union[None, int], OptionalType(of=WHOLE)),  # noqa: UP007
        (int | None, OptionalType(of=WHOLE)),
        (list, ListType(of=AnyType())),
        (List[int], ListType(of=WHOLE)),  # noqa: UP006
        (list[int | None], ListType(of=OptionalType(of=WHOLE))),
        (dict, DictType(of=AnyType())),
        (Dict[str, int], DictType(of=WHOLE)),  # noqa: UP006
        (dict[str, list[str]], DictType(of=ListType(of=TEXT))),
        (Any, AnyType()),
    ],
)
def test_every_allowed_annotation_has_its_type(annotation: Any, expected: Any) -> None:
    if expected is None:
        with pytest.raises(TypeError, match="lists a value twice"):
            type_of(annotation)
    else:
        assert type_of(annotation) == expected


def test_nested_models_dataclasses_and_typed_dicts_are_objects() -> None:
    preferences = type_of(Preferences)
    assert isinstance(preferences, ModelType)
    assert preferences.name == "Preferences"
    time, stars, notes = preferences.fields
    assert (time.required, time.description) == (True, "When")
    assert (stars.required, stars.default, stars.constraints.ge, stars.constraints.le) == (False, 3, 1, 5)
    assert (notes.required, notes.default) == (False, [])
    assert [(f.name, f.required) for f in type_of(Slot).fields] == [("doctor", True), ("room", False)]
    assert [(f.name, f.required, f.default) for f in type_of(Person).fields] == [
        ("name", True, None),
        ("tags", False, []),
    ]


def test_a_field_is_required_unless_it_has_a_default_or_may_be_none() -> None:
    class Some(Signature):
        plain: str = InputField()
        none: str = InputField(default=None)
        zero: int = InputField(default=0)
        optional: str | None = InputField()
        demanded: str | None = InputField(required=True)
        waived: str = InputField(required=False)
        enum: Severity = InputField(default=Severity.MILD)
        day: date = InputField(default=date(2026, 1, 2))
        out: str | None = OutputField()

    fields = {f.name: (f.required, f.default) for f in (*Some.spec.inputs, *Some.spec.outputs)}
    assert fields == {
        "plain": (True, None), "none": (False, None), "zero": (False, 0), "optional": (False, None),
        "demanded": (True, None), "waived": (False, None), "enum": (False, "mild"), "day": (False, "2026-01-02"),
        "out": (False, None),
    }  # fmt: skip


def test_types_declared_within_a_function_are_found() -> None:
    class Inner(BaseModel):
        n: int

    def make() -> type[Signature]:
        class Outer(BaseModel):
            inner: Inner

        class Local(Signature):
            outer: Outer = OutputField()

        return Local

    assert make().spec.outputs[0].type.fields[0].type.name == "Inner"  # type: ignore[union-attr]


def test_subclasses_inherit_and_replace() -> None:
    class Child(Triage):
        message: str = InputField("Again", max_length=9)
        extra: bool = OutputField()

    class Grandchild(Child):
        """Other words."""

        __guidelines__ = ["Only this"]

    assert [f.name for f in Child.spec.inputs] == ["message", "age"]
    assert (Child.spec.inputs[0].description, Child.spec.instructions) == ("Again", Triage.spec.instructions)
    assert [f.name for f in Grandchild.spec.outputs] == ["severity", "extra"]
    assert (Grandchild.instructions, Grandchild.guidelines, Grandchild.intent) == (
        "Other words.",
        ["Only this"],
        "Sort patients",
    )


def test_changed_copies_leave_the_original_alone() -> None:
    for original in (Triage, Triage()):
        other = original.with_instructions("New").with_guidelines(["Then act"])
        assert (other.spec.instructions, other.spec.guidelines) == ("New", ("Ask first", "Then act"))
        assert isinstance(other, type) == isinstance(original, type)
        assert Triage.spec.guidelines == ("Ask first",)
        assert Triage.instructions.startswith("Find out")

    class Child(Triage.with_guidelines(["More"])):  # type: ignore[misc]
        more: str = OutputField()

    assert [f.name for f in Child.spec.outputs] == ["severity", "more"]
    assert Child.guidelines == ["Ask first", "More"]
    with pytest.raises(TypeError, match="must be a list of texts"):
        Triage.with_guidelines("one")


def test_a_field_may_have_the_name_of_what_a_signature_has() -> None:
    class Named(Signature):
        """Do it."""

        spec: str = InputField()  # type: ignore[assignment]
        instructions: str = OutputField()

    assert [f.name for f in Named.with_guidelines([]).spec.inputs] == ["spec"]
    assert Named.instructions == "Do it."


def test_a_base_without_outputs_is_allowed_until_it_is_used() -> None:
    class Base(Signature):
        message: str = InputField()
        count: ClassVar[int] = 3

    class Whole(Base):
        answer: str = OutputField()

    assert [f.name for f in Whole.spec.inputs] == ["message"]
    with pytest.raises(TypeError, match="Base has no OutputField"):
        _ = Base.spec


class Recursive(BaseModel):
    children: list[Recursive]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"x": (complex, InputField())}, "Bad.x: complex is not a type a field can have; allowed: str, int, float"),
        ({"x": (set[str], InputField())}, "Bad.x: set[str] is not a type"),
        ({"x": (int | str, InputField())}, "Bad.x: int | str is a choice of several types"),
        ({"x": (dict[int, str], InputField())}, "Bad.x: dict[int, str] has keys that are not texts"),
        ({"x": (Recursive, InputField())}, "Recursive holds itself"),
        ({"x": ("Nowhere", InputField())}, "Bad.x: the annotation 'Nowhere' cannot be read"),
        ({"x": (str, InputField(ge=1))}, "type str cannot have ge; allowed: min_length, max_length, pattern"),
        ({"x": (str, InputField(default=3))}, "Bad.x: x: got 3, allowed: text"),
        ({"x": (str, InputField(default="a", required=True))}, "is required and has the default 'a'"),
        ({"x": (str, InputField(pattern="("))}, "the pattern '(' cannot be used"),
        ({"x": (str, "just a text")}, "Bad.x is neither an InputField nor an OutputField"),
        ({"_x": (str, InputField())}, "Bad._x"),
        ({"__intents__": (None, "x")}, "Bad.__intents__ means nothing here; did you mean __intent__?"),
        ({"__guidelines__": (None, "x")}, "Bad.__guidelines__ must be a list of texts"),
    ],
)
def test_a_mistake_is_told_where_the_class_is_made(body: dict[str, tuple[Any, Any]], told: str) -> None:
    scope: dict[str, Any] = {name: value for name, (_, value) in body.items()}
    scope["__annotations__"] = {n: a for n, (a, _) in body.items() if a is not None} | {"y": str}
    with pytest.raises(TypeError) as caught:
        type("Bad", (Signature,), {**scope, "y": OutputField()})
    assert told in str(caught.value)


def test_a_field_without_a_type_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Bad.x has no type"):
        type("Bad", (Signature,), {"x": OutputField()})
