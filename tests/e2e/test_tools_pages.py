"""The pages of tools and of the network in a browser: reading what a tool does, testing an address, changing the rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import owner_link
from tests.e2e.people import Person
from tests.factories.site import Site

pytestmark = pytest.mark.browser


def test_an_owner_reads_a_tool_tests_an_address_and_changes_the_rules(chromium: Browser, sites: Callable[[str], Site]) -> None:
    site = sites("embedded")
    person = Person(chromium, site.url)
    person.follow(owner_link(site))
    page = person.page
    page.goto("/settings/tools/")
    page.locator("summary", has_text="bash_command").click()
    expect(page.get_by_role("rowheader", name="working_dir")).to_be_visible()
    page.get_by_role("link", name="Network").first.click()
    page.get_by_label("Address", exact=True).fill("http://169.254.169.254/latest/meta-data/")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_role("status").get_by_text("Refused.")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("a cloud machine's metadata service; no rule can open it")
    page.get_by_label("Denied").fill("93.184.216.34")
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_text("Last changed by")).to_be_visible()
    page.get_by_label("Address", exact=True).fill("https://93.184.216.34/")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator("#verdict")).to_contain_text("denied by the entry '93.184.216.34'")
    page.get_by_label("Denied").fill("")
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_text("Every public address", exact=True)).to_be_visible()
    assert person.problems == []
    person.close()
