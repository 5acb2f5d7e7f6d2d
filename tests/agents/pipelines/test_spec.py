"""A pipeline as data: its members by kind, its derived signature, its problems with their places, its source in Python."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from agents.core.spec.errors import InvalidSpec
from agents.core.spec.pipeline import MemberSpec, PipelineSpec, agents_in, signature_of
from agents.core.spec.printing import print_pipeline
from agents.core.spec.runnable import canonical, digest_spec, parse_spec
from agents.services.catalogs import catalog_problems
from agents.services.tools import tool_names_of
from tests.agents.pipelines.specs import agent, pipeline


def nested() -> PipelineSpec:
    inner = pipeline(
        "parallel", agent("north", "snow", tools=[{"name": "calculator"}]), agent("south", "sun"), errors="collect"
    )
    writer = MemberSpec(name="writer", spec=agent("writer", inputs=("weather",)), bindings={"weather": "snow"})
    return pipeline("sequential", MemberSpec(name="views", spec=inner), writer, description="Weather reports")


def test_a_pipeline_is_equal_after_its_json_form_and_has_one_digest() -> None:
    spec = nested()
    again = parse_spec(canonical(spec))
    assert again == spec
    assert digest_spec(again) == digest_spec(spec)


def test_a_member_without_a_kind_is_an_agent() -> None:
    data = canonical(pipeline("sequential", agent("reader")))
    del data["members"][0]["spec"]["kind"]
    assert parse_spec(data) == pipeline("sequential", agent("reader"))


def test_a_problem_within_a_member_is_told_at_its_place() -> None:
    data = canonical(nested())
    data["members"][0]["spec"]["members"][1]["spec"]["max_repairs"] = -1
    with pytest.raises(InvalidSpec) as error:
        parse_spec(data)
    assert [p["where"] for p in error.value.problems] == ["members[0].spec.members[1].spec.max_repairs"]


def test_a_member_of_another_kind_is_refused_with_the_kinds_there_are() -> None:
    data = canonical(pipeline("sequential", agent("reader")))
    data["members"][0]["spec"] = {"kind": "journey"}
    with pytest.raises(InvalidSpec, match="'agent' or a 'pipeline'"):
        parse_spec(data)


def test_members_of_one_name_and_bindings_of_no_input_are_refused() -> None:
    with pytest.raises(ValueError, match="twice: reader"):
        pipeline("sequential", agent("reader"), agent("reader"))
    with pytest.raises(ValueError, match="its inputs are: message"):
        MemberSpec(name="reader", spec=agent("reader"), bindings={"text": "message"})


def test_signature_follows_from_the_members() -> None:
    signature = signature_of(nested())
    assert [f.name for f in signature.inputs] == ["message"]
    assert [f.name for f in signature.outputs] == ["snow", "sun", "answer"]
    assert not signature.outputs[0].required, "a member of a parallel pipeline may fail"


def test_every_agent_within_is_found_with_its_place_and_its_tools() -> None:
    found = dict(agents_in(nested()))
    assert list(found) == ["members[0].spec.members[0].spec.", "members[0].spec.members[1].spec.", "members[1].spec."]
    assert tool_names_of(nested()) == {"calculator"}


def test_unknown_patterns_and_strategies_within_are_problems_with_their_place() -> None:
    inner = pipeline("circle", agent("north", strategy="magic"))
    problems = catalog_problems(pipeline("sequential", MemberSpec(name="views", spec=inner), zeal=1))
    assert {p["where"] for p in problems} >= {
        "params.zeal",
        "members[0].spec.pattern",
        "members[0].spec.members[0].spec.strategy",
    }


def test_its_python_source_makes_the_same_pipeline() -> None:
    source = print_pipeline(nested())
    module = ModuleType("printed")
    sys.modules["printed"] = module
    exec(compile(source, "<printed>", "exec"), module.__dict__)
    made = [value for value in vars(module).values() if isinstance(value, PipelineSpec)]
    assert nested() in made
