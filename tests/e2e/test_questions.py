"""Questions of an agent to a person, in the conversation and in the inbox; the keys of the inbox; a run forked by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.people import ANSWER_MS, Person
from tests.factories.site import Site
from tests.journeys.talking import talk_draft

OPEN_CARD = "[data-approval-card][data-open]"


@pytest.fixture
def asking(site: Site) -> str:
    """The page of a journey whose agent asks the person, as its script says."""
    draft = talk_draft()
    draft["agents"]["talker"]["tools"] = [{"name": "ask_user_question"}]
    key = site.make_key()
    site.call("POST", "/api/v1/journeys", {"slug": "asking", "draft": draft}, key=key)
    assert site.call("POST", "/api/v1/journeys/asking/publish", {}, key=key).status in (200, 201)
    return "/journeys/asking/playground/"


def test_a_question_is_answered_by_a_text_in_the_conversation(alice: Person, asking: str) -> None:
    alice.page.goto(asking)
    alice.write("Which colour?")
    card = alice.page.locator(OPEN_CARD)
    expect(card).to_contain_text("Which colour do you like?", timeout=ANSWER_MS)
    card.locator("summary[data-key=a]").click()
    field = card.get_by_label("Your answer")
    expect(field).to_be_focused()
    field.fill("The blue one, please")
    card.get_by_role("button", name="Send the answer").click()
    expect(alice.page.locator("[data-reply]")).to_have_text("You prefer the blue one, noted.", timeout=ANSWER_MS)
    expect(alice.page.locator(".turn-decided")).to_contain_text("“The blue one, please”")


def test_a_question_is_answered_in_the_inbox_while_the_asker_looks_on(alice: Person, bob: Person, asking: str) -> None:
    alice.page.goto(asking)
    bob.page.goto("/approvals/")
    alice.write("How do I get there?")
    expect(alice.page.locator(OPEN_CARD)).to_contain_text("How do you want to travel?", timeout=ANSWER_MS)
    expect(bob.page.locator(".inbox-list")).to_contain_text("question")
    bob.page.locator(OPEN_CARD).get_by_role("button", name="By bicycle").click()
    expect(bob.page.get_by_text("Answered. The run goes on.")).to_be_visible()
    expect(alice.page.locator("[data-reply]")).to_have_text("By bicycle, then.", timeout=ANSWER_MS)
    expect(alice.page.locator(".turn-decided")).to_contain_text("by Bob: “By bicycle”")


def test_two_people_see_the_same_request_vanish_when_one_of_them_decides(alice: Person, bob: Person) -> None:
    alice.new_session()
    alice.ask_for_booking()
    onlooker = alice.open_page()
    onlooker.goto("/approvals/")
    bob.page.goto("/approvals/")
    expect(onlooker.locator(OPEN_CARD)).to_be_visible()
    expect(bob.page.locator(OPEN_CARD)).to_be_visible()
    bob.page.keyboard.press("r")
    expect(bob.page.locator(OPEN_CARD).get_by_label(re.compile("Reason"))).to_be_focused()
    bob.page.keyboard.type("The clinic is closed")
    bob.page.locator(OPEN_CARD).get_by_role("button", name="Reject").click()
    expect(onlooker.get_by_text("Nothing waits for you")).to_be_visible()
    expect(onlooker.locator(".kz-bar [data-approvals-badge]").first).to_be_hidden()
    expect(alice.page.locator(".turn").last.locator("[data-reply]")).to_contain_text("The clinic is closed", timeout=ANSWER_MS)


def test_somebody_who_is_writing_a_reason_sees_at_once_that_another_has_decided(alice: Person, bob: Person) -> None:
    alice.new_session()
    alice.ask_for_booking()
    bob.page.goto("/approvals/")
    expect(bob.page.locator(OPEN_CARD)).to_be_visible()
    bob.page.keyboard.press("r")
    expect(bob.page.locator(OPEN_CARD).get_by_label(re.compile("Reason"))).to_be_focused()
    bob.page.keyboard.type("I was about to sa")
    alice.page.locator(OPEN_CARD).get_by_role("button", name="Approve", exact=True).click()
    expect(bob.page.locator("[data-approval-card]")).to_contain_text("owner@localhost")
    expect(bob.page.locator("[data-approval-card]")).to_contain_text("Approved")
    expect(bob.page.locator(OPEN_CARD)).to_have_count(0)


def test_the_key_a_points_at_approve_and_enter_presses_it(alice: Person) -> None:
    alice.new_session()
    alice.ask_for_booking()
    inbox = alice.open_page()
    inbox.goto("/approvals/")
    expect(inbox.locator(OPEN_CARD)).to_be_visible()
    inbox.keyboard.press("a")
    expect(inbox.get_by_role("button", name="Approve", exact=True)).to_be_focused()
    expect(inbox.locator(OPEN_CARD)).to_be_visible()
    inbox.keyboard.press("Enter")
    expect(inbox.get_by_text("Approved. The run goes on.")).to_be_visible()
    expect(alice.page.locator(".turn").last.locator("[data-reply]")).to_contain_text("HC-", timeout=ANSWER_MS)


def test_a_run_is_forked_with_a_result_of_ones_own(alice: Person) -> None:
    alice.new_session()
    alice.say("I have back pain")
    alice.page.locator(".turn").last.get_by_role("link", name="Open the run").click()
    alice.page.locator("summary", has_text="Fork with another result").click()
    field = alice.page.get_by_label("Result of this step, as JSON")
    field.fill(field.input_value().replace("sorry to hear about", "glad to hear of"))
    alice.page.get_by_role("button", name="Fork with this result").click()
    expect(alice.page.get_by_text("forked from")).to_be_visible()
    expect(alice.page.get_by_text("Succeeded").first).to_be_visible(timeout=ANSWER_MS)
    alice.page.get_by_role("link", name="Input and output").click()
    expect(alice.page.locator("main")).to_contain_text("glad to hear of")
