"""Tests of journeys as people use them: made by hand and from a session, red and green, the gate, the intent laboratory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.people import ANSWER_MS, Person

HERE = "/journeys/healthcare-referral/tests/"
LAB = "/journeys/healthcare-referral/intents/"
PUBLISH = """async token => {
  const body = new URLSearchParams({csrfmiddlewaretoken: token});
  await fetch('/journeys/healthcare-referral/publish/', {method: 'POST', body, redirect: 'manual'});
}"""


@pytest.fixture
def owner(alice: Person) -> Iterator[Person]:
    """Alice with the sample journey and none of its tests; what she set up is taken away again: the site is everybody's."""
    alice.use_healthcare()
    delete_tests(alice)
    yield alice
    alice.page.goto(HERE)
    alice.page.get_by_label("Every test passes on what is published").uncheck()
    alice.page.get_by_label("Transitions that passing tests take, percent").fill("0")
    alice.page.get_by_role("button", name="Save the gate").click()
    delete_tests(alice)


def delete_tests(person: Person) -> None:
    person.page.goto(HERE)
    while person.page.locator(".test-more").count():
        person.page.locator(".test-more > summary").first.click()
        person.page.get_by_role("button", name="Delete with its results").first.click()


def make_by_hand(page: Page, name: str, says: str, pathway: str) -> None:
    page.goto(f"{HERE}new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("The person says").fill(says)
    page.get_by_label("Assertion to add to turn 1").select_option("pathway")
    page.get_by_role("button", name="Expect this of turn 1").click()
    page.get_by_label("Pathway", exact=True).fill(pathway)
    page.get_by_role("button", name="Save the test").last.click()
    expect(page.get_by_role("heading", name="Tests of", exact=False)).to_be_visible()


def run_all(page: Page) -> None:
    page.goto(HERE)
    page.get_by_role("button", name="Run all tests").click()
    expect(page.locator("#round:not([hx-get])")).to_be_visible(timeout=ANSWER_MS)


def faults(page: Page) -> list[Any]:
    return [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in Axe().run(page).response["violations"]]


def too_wide(page: Page) -> int:
    page.set_viewport_size({"width": 390, "height": 860})
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 860})
    return wide


def test_a_test_made_by_hand_is_green_or_red_and_shows_why(owner: Person) -> None:
    page = owner.page
    make_by_hand(page, "Back pain stays in intake", "I have back pain", "intake")
    make_by_hand(page, "Back pain books at once", "I have back pain", "booking")
    assert (faults(page), too_wide(page)) == ([], 0)
    run_all(page)
    expect(page.locator("h1")).to_have_text("Draft: 1 of 2 passed")
    assert (faults(page), too_wide(page)) == ([], 0)
    page.get_by_role("link", name="Back pain books at once").click()
    failed = page.locator(".test-checks [data-passed=no]")
    expect(failed).to_contain_text("in booking")
    expect(failed).to_contain_text("in intake")
    expect(page.locator(".test-said")).to_have_text("Person: I have back pain")
    assert (faults(page), too_wide(page)) == ([], 0)
    page.get_by_role("link", name="Edit").click()
    assert (faults(page), too_wide(page)) == ([], 0)


def test_a_session_becomes_a_test_that_passes(owner: Person) -> None:
    page, session = owner.page, owner.new_session()
    owner.say("I have back pain")
    owner.say("How much does it cost?")
    page.goto(f"{session}make-test/")
    expect(page.get_by_label("The person says").nth(1)).to_have_value("How much does it cost?")
    expect(page.get_by_label("Transition", exact=True)).not_to_have_value("")
    page.get_by_label("Name", exact=True).fill("A question in between")
    page.get_by_role("button", name="Save the test").last.click()
    page.wait_for_url(f"**{HERE}")
    run_all(page)
    expect(page.locator("h1")).to_have_text("Draft: 1 of 1 passed")


def test_the_gate_blocks_publishing_and_names_the_transition(owner: Person) -> None:
    page = owner.page
    make_by_hand(page, "Back pain stays in intake", "I have back pain", "intake")
    page.get_by_label("Transitions that passing tests take, percent").fill("100")
    page.get_by_role("button", name="Save the gate").click()
    gate = page.locator("section[aria-labelledby=gate-h]")
    expect(gate).to_contain_text("closed")
    first = str(gate.locator("code").first.text_content())
    assert first.startswith("transitions.")
    page.evaluate(PUBLISH, page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value"))
    page.goto("/journeys/healthcare-referral/")
    expect(page.get_by_text(f"{first}: no passing test takes it").first).to_be_visible()


def test_the_laboratory_shows_the_colliding_pair(owner: Person) -> None:
    page = owner.page
    page.goto(LAB)
    page.get_by_label("Means", exact=True).select_option("hesitation")
    page.get_by_label("What people say, a line each").fill("How much does it cost?\nI'm not sure about this")
    page.get_by_role("button", name="Add the lines").click()
    assert (faults(page), too_wide(page)) == ([], 0)
    page.get_by_role("button", name="Measure 2 utterances").click()
    expect(page.locator("#lab:not([hx-get]) h1")).to_have_text("50 % agreement", timeout=ANSWER_MS)
    pair = page.locator(".lab-pair")
    expect(pair).to_contain_text("faq and hesitation")
    expect(pair).to_contain_text("“How much does it cost?” means hesitation, was taken for faq")
    assert (faults(page), too_wide(page)) == ([], 0)
    page.goto(LAB)
    while page.locator(".lab-group form button").count():
        page.locator(".lab-group form button").first.click()
