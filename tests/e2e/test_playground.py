"""Trying a journey out in the browser: a branch, an opinion, what the model saw, two versions side by side."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.people import ANSWER_MS, Person


def faults(person: Person) -> list[str]:
    person.forgiven = ("style-src", "Failed to load resource")  # what axe itself tries in the page to measure it
    return [violation["id"] for violation in Axe().run(person.page).response["violations"]]


def test_a_message_is_edited_into_a_branch_and_both_ways_stay(alice: Person) -> None:
    alice.use_healthcare()
    alice.write("I have back pain")
    expect(alice.page.locator("[data-reply]")).to_be_visible(timeout=ANSWER_MS)
    first = alice.page.url
    alice.page.get_by_role("button", name="Edit and branch").click()
    dialog = alice.page.get_by_role("dialog", name="Edit and branch")
    dialog.get_by_label("What you say instead").fill("I have a headache")
    dialog.get_by_role("button", name="Branch", exact=True).click()
    alice.page.wait_for_url(lambda address: "/sessions/" in address and address != first)
    expect(alice.page.locator(".msg-user")).to_have_text("I have a headache")
    expect(alice.page.locator("[data-reply]")).to_contain_text("headache", timeout=ANSWER_MS)
    ways = alice.page.get_by_role("navigation", name="Ways from here")
    expect(ways).to_contain_text("2/2")
    ways.get_by_role("link", name="The way before").click()
    expect(alice.page.locator(".msg-user")).to_have_text("I have back pain")
    expect(alice.page.get_by_role("navigation", name="Ways from here")).to_contain_text("1/2")


def test_an_answer_is_judged_with_a_comment_and_the_judgement_is_listed(alice: Person) -> None:
    alice.use_healthcare()
    alice.write("How much does it cost?")
    expect(alice.page.locator("[data-reply]")).to_be_visible(timeout=ANSWER_MS)
    alice.page.get_by_role("button", name="Bad answer, say why").click()
    dialog = alice.page.get_by_role("dialog", name="What is wrong with this answer")
    dialog.get_by_label("Comment").fill("It does not say what a visit costs")
    dialog.get_by_role("button", name="Keep").click()
    expect(alice.page.get_by_role("button", name="Bad answer, say why")).to_have_attribute("aria-pressed", "true")
    alice.page.goto("/journeys/healthcare-referral/feedback/?opinion=bad")
    expect(alice.page.get_by_role("main")).to_contain_text("It does not say what a visit costs")
    assert faults(alice) == []


def test_the_context_tab_shows_what_the_model_saw_and_the_test_tab_lets_tools_fail(alice: Person) -> None:
    alice.use_healthcare()
    alice.write("I have back pain")
    expect(alice.page.locator("[data-reply]")).to_be_visible(timeout=ANSWER_MS)
    alice.page.get_by_role("link", name="Context", exact=True).click()
    inspector = alice.page.locator("#inspector")
    inspector.locator("summary", has_text="Message").first.click()
    expect(inspector.locator(".pg-window-text:visible").first).to_contain_text("I have back pain")
    assert faults(alice) == []
    alice.page.get_by_role("link", name="Test", exact=True).click()
    expect(inspector.get_by_role("button", name="Its tools fail")).to_be_visible()
    inspector.get_by_label("Pathway").select_option("confirmation")
    inspector.get_by_role("button", name="Go on there").click()
    expect(alice.page.get_by_text("jumped from intake to confirmation")).to_be_visible()
    assert faults(alice) == []


def test_a_version_and_the_draft_answer_side_by_side(alice: Person) -> None:
    alice.use_healthcare()
    alice.page.goto("/journeys/healthcare-referral/compare/")
    assert faults(alice) == []
    alice.page.get_by_role("button", name="Open side by side").click()
    box = alice.page.get_by_label("Write to all of them")
    box.fill("I have back pain")
    box.press("Enter")
    columns = alice.page.locator(".cmp-column")
    expect(columns).to_have_count(2)
    for n in range(2):
        expect(columns.nth(n).locator(".msg-agent").last).to_contain_text("back pain", timeout=ANSWER_MS)
    assert faults(alice) == []
