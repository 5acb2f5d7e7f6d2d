"""A key is entered, tested, replaced and removed in the browser; the usage page is read by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.people import Person
from tests.factories.model_server import ModelServer

pytestmark = pytest.mark.browser
KEY = "sk-browser-0123456789-abcdWXYZ"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def row(alice: Person) -> Iterator[Locator]:
    """The provider that takes any address, with nothing entered; and again so afterwards."""
    alice.page.goto("/settings/models/")
    found = alice.page.locator("#provider-custom")
    yield found
    alice.page.goto("/settings/models/")
    if alice.page.get_by_role("button", name="Take the choice back").is_visible():
        alice.page.get_by_role("button", name="Take the choice back").click()
    remove = found.get_by_role("button", name="Remove")
    if remove.count():
        found.locator(".model-enter summary").click()
        remove.click()
        expect(alice.page.locator("#others ~ ul #provider-custom")).to_be_visible()


def test_a_key_is_entered_tested_used_and_replaced(alice: Person, row: Locator, server: ModelServer) -> None:
    row.locator(".model-enter summary").click()
    row.get_by_label("Address").fill(server.url)
    row.get_by_label("Key").fill(KEY)
    server.plan(text="ready")
    row.get_by_role("button", name="Save and test").click()
    expect(row.get_by_text("••••WXYZ")).to_be_visible()
    expect(row.get_by_text("test failed")).to_be_visible()  # no model is named, and this server has no list
    row.get_by_label("Model").fill("house")
    row.get_by_role("button", name="Test").click()
    expect(row.get_by_text(re.compile("answered in"))).to_be_visible()
    expect(row.get_by_label("Model")).to_have_value("house")
    server.plan(status=401, error={"message": f"wrong key {KEY}"})
    row.get_by_role("button", name="Test").click()
    expect(row.get_by_text("does not accept this key")).to_be_visible()
    row.get_by_text(re.compile("^What .* said$")).click()
    expect(row.get_by_text("wrong key ***")).to_be_visible()
    row.get_by_role("button", name="Use").click()
    expect(alice.page.get_by_role("heading", name=re.compile("Answering now: .*house"))).to_be_visible()
    row.locator(".model-enter summary").click()
    row.get_by_label("Address").fill("http://169.254.169.254/v1")
    row.get_by_role("button", name="Save", exact=True).last.click()
    expect(alice.page.get_by_role("alert")).to_contain_text("metadata service")
    alice.forgiven = ("422",)
    alice.problems.clear()
    assert KEY not in alice.page.content()
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_a_member_who_does_not_own_sees_no_form_for_keys(bob: Person) -> None:
    bob.page.goto("/settings/models/")
    expect(bob.page.get_by_role("heading", name="Ready to answer")).to_be_visible()
    expect(bob.page.locator("input[name=key]")).to_have_count(0)
    expect(bob.page.get_by_role("button", name="Use")).to_have_count(0)


def test_the_usage_page_shows_a_conversation_and_each_day_is_a_link(alice: Person) -> None:
    alice.use_healthcare()
    alice.new_session()
    alice.write("Hello")
    alice.page.locator(".turn[data-status=succeeded]").first.wait_for()
    alice.page.goto("/usage/")
    alice.page.get_by_role("link", name="Calls", exact=True).click()
    bar = alice.page.locator(".usage-chart[data-size=wide] .usage-bar").last
    expect(bar).to_have_attribute("aria-label", re.compile(r"\d+ calls?, .* tokens, \$0"))
    alice.page.get_by_text("The same as a table").click()
    expect(alice.page.get_by_role("region", name="Usage by day").get_by_role("row")).not_to_have_count(0)
    bar.focus()
    alice.page.keyboard.press("Enter")
    alice.page.wait_for_url(re.compile(r"from=\d{4}-\d\d-\d\d&to="))
    with alice.page.expect_download() as download:
        alice.page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.startswith("model-calls-")
    alice.page.get_by_label("From", exact=True).fill("2020-01-01")
    alice.page.get_by_label("To", exact=True).fill("2020-01-02")
    alice.page.get_by_role("button", name="Show").click()
    expect(alice.page.get_by_text("No model was called in this period")).to_be_visible()
