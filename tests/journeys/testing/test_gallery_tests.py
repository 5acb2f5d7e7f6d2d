"""A ready journey brings its tests: taken over with it, and never over what people changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.gallery.catalog import GALLERY, gallery_tests
from journeys.services.gallery import use_gallery_item
from journeys.services.testing.cases import case_of, list_tests, update_test
from trust.core.principal import Principal

ITEM = """
from journeys import Journey, Pathway
from journeys.gallery.catalog import GalleryJourney

class Tiny(Journey):
    class StartPath(Pathway):
        pass

ITEM = GalleryJourney("tiny", Tiny)
"""
TESTS = """
from journeys.core.testing.case import CaseTurn, TestCase

TESTS = [TestCase(name="Greets", turns=(CaseTurn(says="Hello"),))]
"""


@pytest.mark.django_db
def test_a_used_journey_has_its_tests_once(alice: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tiny_gallery"
    folder.mkdir()
    (folder / "__init__.py").write_text(ITEM)
    (folder / "tests.py").write_text(TESTS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(GALLERY, "tiny", "tiny_gallery:ITEM")
    use_gallery_item(principal=alice, slug="tiny")
    (test,) = list_tests(alice, "tiny")
    assert (test.name, test.source) == ("Greets", "gallery")
    changed = case_of(test).model_copy(update={"description": "ours"})
    update_test(principal=alice, slug="tiny", test_id=test.id, case=changed)
    use_gallery_item(principal=alice, slug="tiny")
    assert [case_of(each).description for each in list_tests(alice, "tiny")] == ["ours"]


def test_a_journey_without_a_tests_file_has_none() -> None:
    assert isinstance(gallery_tests("healthcare-referral"), list)
