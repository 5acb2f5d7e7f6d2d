"""A journey of any shape is the same after it was text: as Python, read without being run, and as YAML.

``KAIZEN_ROUND_TRIPS`` says how many journeys are tried; 10000 is the number that the product promises.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from agents.core.spec.runnable import canonical, parse_spec
from agents.core.spec.types import Constraints, FieldSpec, ModelType, ScalarType
from journeys.core.spec import JourneySpec, PathwaySpec
from journeys.core.text.printing import print_journey
from journeys.core.text.reading import read_journey
from journeys.core.text.yaml import read_yaml, write_yaml
from tests.factories.journey_strategies import journeys
from tests.journeys.test_declare_printing import compiled

COUNT = int(os.environ.get("KAIZEN_ROUND_TRIPS", "150"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.slow
@settings(max_examples=COUNT, deadline=None, suppress_health_check=SLOW)
@given(journeys())
def test_a_journey_survives_python_and_yaml(spec: JourneySpec) -> None:
    source = print_journey(spec)
    read = read_journey(source)
    assert read.problems == []
    assert read.spec == spec
    assert print_journey(read.spec) == source

    draft = canonical(spec)
    text = write_yaml(draft)
    found = read_yaml(text)
    assert found.problems == []
    assert found.draft is not None
    assert parse_spec(found.draft, kind="journey") == spec
    assert write_yaml(found.draft) == text


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(journeys())
def test_what_is_read_is_what_python_itself_makes_of_it(spec: JourneySpec) -> None:
    source = print_journey(spec)
    assert compiled(source) == read_journey(source).spec == spec


def test_the_class_of_a_variable_is_read_with_the_names_of_its_own_module() -> None:
    bounded = FieldSpec(name="unit", type=ScalarType(kind="str"), constraints=Constraints(min_length=2))
    place = FieldSpec(name="place", type=ModelType(name="Place", fields=(bounded,)), required=False)
    spec = JourneySpec(name="Referral", entry="ask", pathways=(PathwaySpec(id="ask"),), variables=(place,))
    assert compiled(print_journey(spec)) == spec
