"""A journey's code and versions in a browser: a fault is found by a click, a saved text is compared, promoted and exported."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import owner_link
from tests.e2e.people import Person
from tests.factories.site import Site

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("KAIZEN_SHOTS", "")


def shoot(page: Page, name: str) -> None:
    """Pictures for whoever looks at the page: both themes, both widths."""
    if not SHOTS:
        return
    size = page.viewport_size
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{SHOTS}/{name}-{theme}-{width}.png", full_page=False)
    if size:
        page.set_viewport_size(size)


def test_a_journey_is_edited_as_text_and_its_versions_are_compared(chromium: Browser, sites: Callable[[str], Site]) -> None:
    site = sites("embedded")
    person = Person(chromium, site.url)
    person.follow(owner_link(site))
    page = person.page
    page.goto("/gallery/")
    page.get_by_role("button", name="Use").first.click()
    page.goto("/journeys/healthcare-referral/code/?form=python")
    area = page.get_by_label("The draft as Python")
    text = area.input_value()
    area.fill(text.replace("class Healthcare_referral(Journey):", "class Healthcare_referral(Journey):\n    __greting__ = 'x'"))
    page.get_by_role("button", name="Save to the draft").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("__greting__ means nothing here")
    alert.get_by_role("link").click()
    expect(area).to_be_focused()
    assert "__greting__" in page.evaluate(
        "() => { const a = document.activeElement; return a.value.slice(a.selectionStart - 4, a.selectionEnd); }"
    )
    shoot(page, "code-fault")
    area.fill(text.replace("Hello, I am your", "Good morning, I am your"))
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_text("Saved as revision")).to_be_visible()
    page.get_by_role("link", name="YAML").click()
    expect(page.get_by_label("The draft as YAML")).to_have_value(re.compile("Good morning, I am your"))
    shoot(page, "code-yaml")
    page.goto("/journeys/healthcare-referral/versions/")
    expect(page.get_by_text("1 difference", exact=True)).to_be_visible()
    expect(page.locator("ins").first).to_contain_text("Good morning")
    page.get_by_role("button", name="Bring to dev").click()
    expect(page.get_by_role("button", name="Promote v2 to staging")).to_be_visible()
    shoot(page, "versions")
    page.goto("/journeys/import/")
    shoot(page, "import")
    assert [problem for problem in person.problems if "422" not in problem] == [], "a refused text is answered with 422"
    person.close()
