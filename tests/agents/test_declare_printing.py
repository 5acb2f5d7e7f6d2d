"""Every spec prints as Python source that compiles to an equal spec."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.core.declare.agent import BaseAgent
from agents.core.declare.signature import Signature
from agents.core.spec.agent import AgentSpec, DemoRule, ModelSpec, ToolUse
from agents.core.spec.printing import print_agent, print_signature
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
)


def compiled(source: str, base: type[Any], name: str) -> Any:
    """The spec of the class in ``source`` whose spec has ``name``."""
    module = ModuleType("printed")  # as an import would: dataclasses look their module up
    sys.modules["printed"] = module
    exec(compile(source, "<printed>", "exec"), module.__dict__)
    classes: list[Any] = [
        v for v in vars(module).values() if isinstance(v, type) and issubclass(v, base) and v.__module__ == "printed"
    ]
    made: list[Any] = [c.spec if issubclass(c, Signature) else c().spec for c in classes]
    return next(spec for spec in made if spec.name == name)


AWKWARD = [
    "str",
    "int",
    "list",
    "Enum",
    "InputField",
    "Signature",
    "BaseModel",
    "schema",
    "copy",
    "model_x",
    "date",
    "spec",
]
NAMES = st.one_of(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True), st.sampled_from(AWKWARD)).filter(
    lambda name: not __import__("keyword").iskeyword(name)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WORDS = st.one_of(TEXTS, st.sampled_from(['"""', "'quoted'", "back\\slash", "two\nlines", " edge ", "grün 🎉", 'ends with "']))
SCALARS = st.builds(ScalarType, kind=st.sampled_from(["str", "int", "float", "bool", "date", "datetime"]))
ENUMS = st.builds(
    EnumType,
    values=st.lists(st.one_of(WORDS, st.integers(-9, 9), st.booleans()), min_size=1, max_size=4, unique=True).map(tuple),
    name=st.one_of(st.just(""), NAMES),
)


@st.composite
def fields(draw: st.DrawFn, types: st.SearchStrategy[TypeSpec], names: st.SearchStrategy[str] = NAMES) -> FieldSpec:
    type_ = draw(types)
    inner = type_.of if isinstance(type_, OptionalType) else type_
    required = draw(st.booleans())
    bounds: dict[str, Any] = {}
    if inner.kind in ("int", "float") and draw(st.booleans()):
        highest = draw(st.floats(100, 1e6)) if inner.kind == "float" else draw(st.integers(100, 2**53 - 1))
        bounds = {"ge": draw(st.integers(-5, 0)), "le": highest}
    elif inner.kind in ("str", "list", "dict") and draw(st.booleans()):
        bounds = {"min_length": 0, "max_length": draw(st.integers(50, 99))}
    default: Any = None
    if not required and draw(st.booleans()):
        default = {
            "str": draw(WORDS),
            "int": 3,
            "float": 2.5,
            "bool": False,
            "date": "2026-01-31",
            "datetime": "2026-01-31T10:00:00+00:00",
            "list": [],
            "dict": {},
            "any": {"a": [1, None, "x"]},
            "enum": inner.values[0] if isinstance(inner, EnumType) else None,
        }.get(inner.kind)
    return FieldSpec(
        name=draw(names),
        type=type_,
        description=draw(WORDS),
        required=required,
        default=default,
        constraints=Constraints(**bounds),
    )


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    models = st.builds(ModelType, name=NAMES, fields=st.lists(fields(inner), max_size=3, unique_by=lambda f: f.name).map(tuple))
    plain = inner.filter(lambda t: not isinstance(t, OptionalType))
    return st.one_of(st.builds(ListType, of=inner), st.builds(DictType, of=inner), st.builds(OptionalType, of=plain), models)


TYPES: st.SearchStrategy[Any] = st.recursive(st.one_of(SCALARS, ENUMS, st.just(AnyType())), _deeper, max_leaves=4)


@st.composite
def signatures(draw: st.DrawFn) -> SignatureSpec:
    chosen = draw(st.lists(fields(TYPES), min_size=1, max_size=5, unique_by=lambda f: f.name))
    cut = draw(st.integers(0, len(chosen) - 1))
    return SignatureSpec(
        name=draw(st.one_of(NAMES, st.sampled_from(["My Task", "a-b", "class"]))),
        instructions=draw(WORDS),
        intent=draw(WORDS),
        guidelines=tuple(draw(st.lists(WORDS, max_size=3))),
        inputs=tuple(chosen[:cut]),
        outputs=tuple(chosen[cut:]),
    )


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signatures())
def test_a_signature_prints_as_source_that_compiles_to_an_equal_spec(spec: SignatureSpec) -> None:
    assert compiled(print_signature(spec), Signature, spec.name) == spec


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signatures(), WORDS, st.sampled_from(["Helper", "Help desk", "Agent", "ModelSpec"]))
def test_an_agent_prints_as_source_that_compiles_to_an_equal_spec(sig: SignatureSpec, text: str, name: str) -> None:
    spec = AgentSpec(
        name=name,
        description=text,
        signature=sig,
        model=ModelSpec(provider="openai", temperature=0.0),
        tools=(ToolUse(name="search"), ToolUse(name="book", ask=True)),
        max_repairs=0,
        budget_microusd=5,
        demo=(DemoRule(when=("hi", text), set={"response": text, "n": [1, {"a": None}]}), DemoRule(call="book")),
    )
    assert compiled(print_agent(spec), BaseAgent, spec.name) == spec


def test_a_field_may_have_the_name_of_a_class_that_its_neighbour_needs() -> None:
    number, inner = (
        ScalarType(kind="int"),
        ModelType(name="point", fields=(FieldSpec(name="x", type=ScalarType(kind="float")),)),
    )
    fields = (FieldSpec(name="point", type=number, required=False, default=3), FieldSpec(name="at", type=inner))
    outer = ModelType(name="Place", fields=fields)
    spec = SignatureSpec(name="Find", outputs=(FieldSpec(name="place", type=outer),))
    assert compiled(print_signature(spec), Signature, spec.name) == spec


def test_a_type_may_hold_one_whose_fields_have_names_of_types() -> None:
    whole, bound = ScalarType(kind="int"), Constraints(le=123.5)
    fields = (
        FieldSpec(name="float", type=whole, required=False, default=3),
        FieldSpec(name="int", type=ScalarType(kind="float"), constraints=bound),
    )
    held = FieldSpec(name="held", type=ListType(of=ModelType(name="Inner", fields=fields)))
    spec = SignatureSpec(name="Find", outputs=(FieldSpec(name="place", type=ModelType(name="Outer", fields=(held,))),))
    assert compiled(print_signature(spec), Signature, spec.name) == spec


def test_printed_source_reads_like_written_source() -> None:
    spec = SignatureSpec(
        name="Triage",
        instructions="Find out how urgent it is.",
        intent="Sort patients",
        guidelines=("Ask first",),
        inputs=(FieldSpec(name="message", type=ScalarType(kind="str"), description="What they say"),),
        outputs=(FieldSpec(name="urgent", type=EnumType(values=("yes", "no"))),),
    )
    assert print_signature(spec) == (
        "from __future__ import annotations\n\n"
        "from typing import Literal\n\n"
        "from agents import InputField, OutputField, Signature\n\n\n"
        "class Triage(Signature):\n"
        '    """Find out how urgent it is."""\n\n'
        "    __intent__ = 'Sort patients'\n"
        "    __guidelines__ = ['Ask first']\n\n"
        "    message: str = InputField('What they say')\n"
        "    urgent: Literal['yes', 'no'] = OutputField()\n"
    )


def test_a_word_of_python_cannot_name_a_field() -> None:
    with pytest.raises(ValidationError, match="word of Python"):
        FieldSpec(name="class", type=ScalarType(kind="str"))
