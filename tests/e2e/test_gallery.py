"""The gallery in the browser: every journey has its card, which fits a phone, and one that is used talks at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.gallery.catalog import GALLERY
from tests.e2e.people import Person


@pytest.mark.parametrize("width", [390, 1280])
def test_the_gallery_shows_a_card_for_each_journey_that_fits(alice: Person, width: int) -> None:
    page = alice.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/gallery/")
    expect(page.locator(".gallery-card")).to_have_count(len(GALLERY))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for card in page.locator(".gallery-card").all():
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_a_journey_of_the_gallery_is_used_and_answers_its_suggestions(alice: Person) -> None:
    page = alice.page
    page.goto("/gallery/")
    page.get_by_role("button", name="Use IT service desk").click()
    page.wait_for_url("**/playground/**")
    page.get_by_role("button", name="New session").click()
    page.wait_for_url("**/sessions/*/")
    assert "outage" in alice.say("The wifi does not work")
    assert "third floor" in alice.say("Yes please")
