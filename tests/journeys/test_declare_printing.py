"""A journey prints as Python source that compiles to an equal spec."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from journeys import Journey
from journeys.core.spec import JourneySpec
from journeys.core.text.printing import print_journey
from journeys.core.text.reading import read_journey
from journeys.gallery.catalog import GALLERY, get_gallery_journey
from tests.journeys.test_declare import PatientJourney


def compiled(source: str) -> JourneySpec:
    module = ModuleType("printed_journey")
    sys.modules["printed_journey"] = module
    exec(compile(source, "<printed>", "exec"), module.__dict__)
    own = [v for v in vars(module).values() if isinstance(v, type) and v.__module__ == "printed_journey"]
    (journey,) = [c for c in own if issubclass(c, Journey)]
    return journey.spec


def test_the_seeds_journey_prints_and_compiles_again() -> None:
    source = print_journey(PatientJourney.spec)
    assert "    class FaqPath(Pathway):\n" in source
    assert "        __return_behavior__ = ReturnToPrevious()\n" in source
    assert compiled(source) == read_journey(source).spec == PatientJourney.spec


@pytest.mark.parametrize("slug", sorted(GALLERY))
def test_every_journey_of_the_gallery_prints_and_compiles_again(slug: str) -> None:
    spec = get_gallery_journey(slug).journey.spec
    source = print_journey(spec)
    assert compiled(source) == read_journey(source).spec == spec
    assert max(map(len, source.splitlines())) < 200, "long lists and texts stand on several lines"
