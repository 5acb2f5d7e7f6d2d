"""The ready journeys by slug. A new one is a folder here and one line."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from journeys.core.declare.journey import Journey
from journeys.core.testing.case import TestCase

GALLERY: dict[str, str] = {
    "healthcare-referral": "journeys.gallery.healthcare_referral:ITEM",
}


@dataclass(frozen=True, slots=True)
class GalleryJourney:
    """A journey class with the slug it is published under.

    ``seed`` names a function that makes the journey's data, given an organization's id.
    """

    slug: str
    journey: type[Journey]
    seed: str = ""


def get_gallery_journey(slug: str) -> GalleryJourney:
    """Imported on first use. Raises ``KeyError`` that lists the slugs."""
    if slug not in GALLERY:
        raise KeyError(f"the gallery has no journey {slug!r}; it has: {', '.join(GALLERY)}")
    module, _, name = GALLERY[slug].partition(":")
    item: GalleryJourney = getattr(import_module(module), name)
    return item


def gallery_tests(slug: str) -> list[TestCase]:
    """The journey's test cases: ``TESTS``, a list of ``TestCase``, in ``tests.py`` beside it; none without such a file."""
    module, _, _ = GALLERY[slug].partition(":")
    name = f"{module}.tests"
    if find_spec(name) is None:
        return []
    tests: list[TestCase] = list(import_module(name).TESTS)
    return tests
