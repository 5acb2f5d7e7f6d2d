"""A visitor in the widget asks for a person; an operator takes over, both see each other live, then the journey goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.people import ANSWER_MS, Person
from tests.e2e.test_widget import Shop, answers, say
from tests.factories.site import Site

JOURNEY = "healthcare-referral"


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_person_takes_over_answers_and_hands_back(
    new_person: NewPerson, alice: Person, bob: Person, shop: Shop, site: Site
) -> None:
    alice.use_healthcare()
    alice.page.goto(f"/journeys/{JOURNEY}/deploy/")
    alice.page.get_by_label("The widget is switched on").check()
    alice.page.get_by_label("Allowed origins, one a line").fill(shop.origin)
    alice.page.get_by_role("button", name="Save", exact=True).first.click()
    script = str(alice.page.locator("[data-copy*='/widget/']").first.get_attribute("data-copy")).split('"')[1]
    shop.embed(script, site.url)

    visitor = new_person().page
    visitor.goto(shop.origin)
    visitor.get_by_role("button", name="Open the chat").click()
    say(visitor, "I have back pain")
    expect(visitor.locator(".msg.assistant:not(.live)")).to_have_count(2, timeout=ANSWER_MS)

    bob.page.goto("/live/")
    visitor.get_by_role("button", name="Talk to a person").click()
    expect(visitor.get_by_text("A person will answer here soon.")).to_be_visible()
    expect(bob.page.locator("#live-rows li[data-handling=waiting]").first).to_be_visible(timeout=15_000)

    bob.page.locator("#live-rows li[data-handling=waiting] a").first.click()
    bob.page.get_by_role("button", name="Take over").click()
    expect(visitor.get_by_text("Bob answers now.")).to_be_visible()
    bob.page.get_by_label("Message", exact=True).fill("Hello, this is Bob.")
    bob.page.keyboard.press("Enter")
    expect(visitor.locator(".msg.human")).to_have_text(["Bob: Hello, this is Bob."])
    before = answers(visitor)
    say(visitor, "Thank you, Bob")
    expect(bob.page.locator("#live-said [data-role=user]").last).to_contain_text("Thank you, Bob")
    assert answers(visitor) == before, "the journey is silent"

    alice.page.goto(bob.page.url)
    expect(alice.page.get_by_text("only they write in it")).to_be_visible()
    bob.forgiven = ("Applying inline style", "Failed to load resource")  # what axe itself tries in the page
    faults = [violation["id"] for violation in Axe().run(bob.page).response["violations"]]
    assert faults == []

    bob.page.get_by_label("What the assistant has to know").fill("Bob has promised to call back.")
    bob.page.get_by_role("button", name="Hand back").click()
    expect(bob.page.get_by_text("Bob has promised to call back.")).to_be_visible()
    expect(visitor.get_by_text("has handed the conversation back")).to_be_visible()
    say(visitor, "It is mild. Mornings please")
    expect(visitor.locator(".msg.assistant:not(.live)")).to_have_count(before + 1, timeout=ANSWER_MS)
