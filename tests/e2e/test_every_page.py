"""Every main page for everybody: accessible by axe's rules in both colour schemes, and as wide as a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import owner_link
from tests.e2e.people import Person
from tests.factories.site import Site

PAGES = {
    "start": "/",
    "gallery": "/gallery/",
    "journeys": "/journeys/",
    "journey": "/journeys/healthcare-referral/",
    "tests": "/journeys/healthcare-referral/tests/",
    "new test": "/journeys/healthcare-referral/tests/new/",
    "intents": "/journeys/healthcare-referral/intents/",
    "playground": "/journeys/healthcare-referral/playground/",
    "session": "{session}",
    "state": "{session}?tab=state",
    "steps": "{session}?tab=steps",
    "context window": "{session}?tab=context",
    "tester": "{session}?tab=debug",
    "compare": "/journeys/healthcare-referral/compare/",
    "feedback": "/journeys/healthcare-referral/feedback/",
    "versions": "/journeys/healthcare-referral/versions/",
    "code": "/journeys/healthcare-referral/code/",
    "yaml": "/journeys/healthcare-referral/code/?form=yaml",
    "problems": "/journeys/healthcare-referral/build/problems/",
    "manifest": "/journeys/healthcare-referral/build/manifest/",
    "canvas": "/journeys/healthcare-referral/build/",
    "outline": "/journeys/healthcare-referral/build/?view=outline",
    "new journey": "/journeys/new/",
    "import": "/journeys/import/",
    "agents": "/agents/",
    "agents of the gallery": "/agents/?show=gallery",
    "agent": "/agents/booking_agent/",
    "runs": "/runs/",
    "run": "/runs/{run}/",
    "events": "/runs/{run}/?tab=events",
    "approvals": "/approvals/",
    "budgets": "/settings/budgets/",
    "permissions": "/settings/permissions/",
    "decided": "/approvals/?show=decided",
    "models": "/settings/models/",
    "mcp servers": "/settings/mcp/",
    "tools": "/settings/tools/",
    "network": "/settings/network/",
    "usage": "/usage/",
    "members": "/members/",
    "keys": "/api-keys/",
    "account": "/account/",
    "live": "/live/",
    "live conversation": "{live}",
    "deploy": "/journeys/healthcare-referral/deploy/",
    "personal data": "/settings/personal-data/",
    "nothing": "/nothing-here/",
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FORBIDDEN_STYLE = "document.querySelectorAll('[style], style, script:not([src])').length"


@pytest.fixture(scope="module")
def visited(chromium: Browser, sites: Callable[[str], Site]) -> Iterator[dict[str, str]]:
    """A session that waits for an approval, so that the pages have something to show; its addresses and cookies."""
    site = sites("embedded")
    person = Person(chromium, site.url)
    person.follow(owner_link(site))
    person.new_session()
    person.ask_for_booking()
    run = person.page.locator(".turn").last.get_attribute("data-run")
    person.context.storage_state(path=site.folder / "owner.json")
    session = person.page.url.removeprefix(site.url)
    yield {"session": session, "live": session.replace("/sessions/", "/live/"), "run": str(run)}
    person.page.get_by_role("button", name="Stop", exact=True).click()
    expect(person.page.locator(".turn[data-status=cancelled]")).to_be_visible()
    person.close()


@pytest.fixture(scope="module")
def wide(chromium: Browser, visited: dict[str, str], sites: Callable[[str], Site]) -> Iterator[Page]:
    yield from _page(chromium, sites("embedded"), 1280)


@pytest.fixture(scope="module")
def phone(chromium: Browser, visited: dict[str, str], sites: Callable[[str], Site]) -> Iterator[Page]:
    yield from _page(chromium, sites("embedded"), 390)


def _page(browser: Browser, site: Site, width: int) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.url,
        storage_state=site.folder / "owner.json",
        viewport={"width": width, "height": 860},
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


@pytest.mark.xdist_group("accessibility")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_accessibility_fault(wide: Page, visited: dict[str, str], name: str) -> None:
    faults = {}
    for colours in SCHEMES:
        wide.emulate_media(color_scheme=colours)
        wide.goto(PAGES[name].format(**visited))
        found = Axe().run(wide)
        faults[colours] = [(v["id"], [_fault(node) for node in v["nodes"]][:3]) for v in found.response["violations"]]
    assert faults == {"light": [], "dark": []}


@pytest.mark.xdist_group("phones")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(phone: Page, visited: dict[str, str], name: str) -> None:
    phone.goto(PAGES[name].format(**visited))
    too_wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    inline = phone.evaluate(FORBIDDEN_STYLE)
    assert (too_wide, inline) == (0, 0)


def _fault(node: dict[str, Any]) -> tuple[Any, str]:
    """Where it is and what axe says about it."""
    return node["target"], next((check["message"] for check in node.get("any", [])), "")
