"""Two people build one journey in two browsers: each sees the other, and where both change one field, nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import Canvas
from tests.e2e.conftest import NewPerson, invited
from tests.e2e.people import Person
from tests.e2e.test_builder_canvas import MAPPED
from tests.e2e.test_builder_outline import check_axe
from tests.factories.site import Site

SEEN_MS = 20_000  # a page tells every ten seconds who is there


@pytest.fixture
def bea(new_person: NewPerson, alice: Person) -> Person:
    """A colleague of Alice who builds too."""
    return invited(new_person, alice, "builder", "Bea")


def test_two_people_see_each_other_and_what_both_change_is_merged(alice: Person, bea: Person, site: Site) -> None:
    address = f"/journeys/{Canvas(alice, site, MAPPED).slug}/build/?view=outline&at=pathway:intake"
    for person in (alice, bea):
        person.forgiven = ("409",)
        person.page.goto(address)
    alice.page.reload()  # told at once who is there, not only after ten seconds
    expect(alice.page.locator("#bd-people")).to_contain_text("Bea is here", timeout=SEEN_MS)
    expect(alice.page.locator("#bd-inspector")).to_contain_text("Bea is editing this too")

    bea.page.locator("#title").fill("Hers")
    bea.page.locator("#title").press("Tab")
    expect(bea.page.locator(".bd-row[data-at='pathway:intake']")).to_contain_text("Hers")
    alice.page.locator("#title").fill("Mine")
    alice.page.locator("#title").press("Tab")
    expect(alice.page.locator("#bd-notice")).to_contain_text("Bea")
    alice.page.get_by_role("link", name="Merge both changes").click()
    expect(alice.page.get_by_role("heading", level=1)).to_have_text("Two changes of one draft")
    for colours in ("light", "dark"):
        alice.page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")
        alice.page.reload()
        check_axe(alice.page)
    expect(alice.page.locator("main")).to_contain_text("Hers")
    alice.page.get_by_role("radio", name="Mine").check()
    alice.page.get_by_role("button", name="Merge both").click()
    expect(alice.page.locator(".bd-row[data-at='pathway:intake']")).to_contain_text("Mine")
    expect(bea.page.locator(".bd-row[data-at='pathway:intake']")).to_contain_text("Mine", timeout=SEEN_MS)
