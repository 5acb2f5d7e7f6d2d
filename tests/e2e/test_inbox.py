"""The inbox as people use it: keys that decide nothing by accident, filters, quorum, delegation, what others see."""

from __future__ import annotations

import json
import os
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.e2e.people import Person
from tests.factories.site import Site

OPEN_CARD = "[data-approval-card][data-open]"
ASK = """
import json
from datetime import timedelta
from django.utils import timezone
from agents.core.approvals import approval_digest
from agents.models import Approval, Run
from agents.services.definitions import create_definition, publish_version
from agents.services.targets import start_published
from trust.services.setup import owner_principal
Approval.objects.filter(status="pending").delete()
p = owner_principal()
create_definition(p, "agent", {slug!r}, {draft!r})
publish_version(p, "agent", {slug!r})
for card in json.loads({cards!r}):
    run = start_published(principal=p, kind="agent", slug={slug!r}, inputs={{"message": "tidy up"}})
    Run.objects.filter(pk=run.pk).update(status="waiting", waiting_on={{"on": card["kind"], "title": card["title"]}})
    expires = card.pop("expires_s", None)
    digest = approval_digest(str(run.id), "agent/0/tool/0", card["tool"], card["arguments"])
    Approval.objects.create(organization_id=p.organization_id, run=run, path="agent/0/tool/0", digest=digest,
        created_at=timezone.now(), expires_at=timezone.now() + timedelta(seconds=expires) if expires else None, **card)
"""
DRAFT = {
    "kind": "agent",
    "name": "Keeper",
    "signature": {
        "kind": "signature",
        "name": "Keep",
        "inputs": [{"name": "message", "type": {"kind": "str"}}],
        "outputs": [{"name": "response", "type": {"kind": "str"}}],
    },
}
CARD: dict[str, Any] = {
    "kind": "approval",
    "title": "Look at the clock",
    "risk": "medium",
    "tool": "current_time",
    "arguments": {},
    "agent": "Keeper",
    "editable": True,
}


def ask(site: Site, *cards: dict[str, Any]) -> None:
    """These wait for a person, each of a run of its own, and nothing else does."""
    told = json.dumps([{**CARD, **card} for card in cards or ({},)])
    site.manage("shell", "-c", ASK.format(cards=told, slug=f"asker-{os.urandom(4).hex()}", draft=DRAFT))


def open_inbox(person: Person, query: str = "") -> Page:
    person.page.goto(f"/approvals/{query}")
    return person.page


def test_no_letter_decides_by_accident(alice: Person, site: Site) -> None:
    ask(site)
    page = open_inbox(alice)
    approve = page.get_by_role("button", name="Approve", exact=True)
    expect(approve).to_be_visible()
    page.get_by_label("Search").focus()
    page.keyboard.type("bare area", delay=5)
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("a")
    expect(approve).not_to_be_focused()
    page.wait_for_timeout(600)
    page.keyboard.press("a")
    expect(approve).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(approve).not_to_be_focused()
    expect(page.locator(OPEN_CARD)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("No letter decides anything by itself")
    page.keyboard.press("a")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(OPEN_CARD)).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved. The run goes on.")).to_be_visible()


def test_keys_move_through_the_list_and_open_what_is_to_be_written(alice: Person, site: Site) -> None:
    ask(site, {"title": "First thing"}, {"title": "Second thing"})
    page = open_inbox(alice)
    expect(page.locator(OPEN_CARD)).to_contain_text("First thing")
    page.keyboard.press("j")
    expect(page.locator(OPEN_CARD)).to_contain_text("Second thing")
    page.wait_for_load_state()
    page.keyboard.press("b")
    field = page.get_by_label("Your question")
    expect(field).to_be_focused()
    field.fill("What for?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Asked back. The agent is told your question")).to_be_visible()


def test_the_list_is_filtered_and_says_when_nothing_fits(alice: Person, site: Site) -> None:
    ask(site, {"title": "Harmless", "risk": "low"}, {"title": "Dangerous", "risk": "high"})
    page = open_inbox(alice)
    page.get_by_label("Risk").select_option("high")
    expect(page.locator(".inbox-list li")).to_have_count(1)
    expect(page.locator(OPEN_CARD)).to_contain_text("Dangerous")
    page.get_by_label("Kind").select_option("question")
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".inbox-list li")).to_have_count(2)


def test_two_people_must_approve_and_each_sees_the_other(alice: Person, bob: Person, site: Site) -> None:
    ask(site, {"title": "Launch", "risk": "high", "quorum": 2})
    page, other = open_inbox(alice), open_inbox(bob)
    expect(page.get_by_text("Also looking at this now: Bob")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Approve (1 of 2)").click()
    expect(page.get_by_text("Your approval counts. 1 more must approve.")).to_be_visible()
    expect(page.get_by_text("You have approved it already")).to_be_visible()
    expect(other.get_by_role("button", name="Approve (2 of 2)")).to_be_visible()
    other.get_by_role("button", name="Approve (2 of 2)").click()
    expect(other.get_by_text("Approved. The run goes on.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()


def test_an_approval_is_handed_over(alice: Person, bob: Person, site: Site) -> None:
    ask(site, {"title": "Yours to say"})
    page, other = open_inbox(alice), open_inbox(bob)
    page.locator("summary", has_text="Delegate").click()
    newest = page.locator("option", has_text="Bob (operator)").last.get_attribute("value")
    page.get_by_label("Who is to decide it").select_option(value=newest)
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Handed over to Bob")).to_be_visible()
    expect(page.get_by_text("It is delegated to Bob: only they decide it.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    other.goto("/approvals/?whose=mine")
    other.get_by_role("button", name="Approve", exact=True).click()
    expect(other.get_by_text("Approved. The run goes on.")).to_be_visible()


def test_all_further_calls_are_approved_where_that_is_offered(alice: Person, site: Site) -> None:
    ask(site, {"title": "Look again"}, {"title": "Burn it", "risk": "critical"})
    page = open_inbox(alice)
    page.get_by_label("and all further calls of").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. The run goes on.")).to_be_visible()
    page = open_inbox(alice)
    expect(page.locator(OPEN_CARD)).to_contain_text("Burn it")
    expect(page.get_by_label("and all further calls of")).to_have_count(0)


def test_a_budget_is_raised_and_a_ring_tells_the_time_that_is_left(alice: Person, site: Site) -> None:
    facts: dict[str, Any] = {
        "account": "run",
        "measure": "microusd",
        "limit": 100000,
        "used": 90000,
        "reserved": 0,
        "needed": 40000,
    }
    facts["title"] = "the run"
    card = {"kind": "budget", "title": "The next call may need $0.04", "tool": "", "arguments": facts, "expires_s": 600}
    ask(site, card)
    page = open_inbox(alice)
    expect(page.locator(".approval-ring")).to_contain_text("min left")
    expect(page.get_by_label("Raise by")).to_have_value("0.08")
    page.get_by_role("button", name="Raise and go on").click()
    expect(page.get_by_text("Raised. The run goes on.")).to_be_visible()


def test_several_harmless_ones_are_approved_after_reading_them(alice: Person, site: Site) -> None:
    ask(site, {"title": "One", "risk": "low"}, {"title": "Two"}, {"title": "Risky", "risk": "high"})
    page = open_inbox(alice)
    expect(page.locator("input.inbox-pick")).to_have_count(2)
    for box in page.locator("input.inbox-pick").all():
        box.check()
    page.get_by_role("button", name="Review picked").click()
    expect(page.get_by_role("heading", name="Approve several")).to_be_visible()
    page.get_by_role("button", name="Approve these").click()
    expect(page.get_by_text("2 approved.")).to_be_visible()
    expect(page.locator(".inbox-list li")).to_have_count(1)


def test_what_is_ticked_stays_ticked_when_the_inbox_has_news(alice: Person, site: Site) -> None:
    ask(site, {"title": "One", "risk": "low"}, {"title": "Two"}, {"title": "Three"})
    page = open_inbox(alice)
    for title in ("One", "Three"):
        page.get_by_role("checkbox", name=f"Pick {title}").check()
    page.locator(".inbox-list").evaluate("list => list.setAttribute('data-old', '')")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('approvals-changed', { bubbles: true }))")
    expect(page.locator(".inbox-list:not([data-old])")).to_be_visible()
    for title, ticked in (("One", True), ("Two", False), ("Three", True)):
        expect(page.get_by_role("checkbox", name=f"Pick {title}")).to_be_checked(checked=ticked)


def test_a_phone_shows_the_list_then_the_card(alice: Person, site: Site) -> None:
    ask(site, {"title": "On the road"})
    phone = alice.page
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto("/approvals/")
    expect(phone.locator(OPEN_CARD)).to_be_hidden()
    phone.get_by_role("link", name="On the road").click()
    expect(phone.locator(OPEN_CARD)).to_be_visible()
    width = phone.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390
    phone.get_by_role("link", name="All").click()
    expect(phone.locator(".inbox-list")).to_be_visible()


def test_news_of_a_decision_that_come_before_its_answer_do_not_hide_the_answer(alice: Person, site: Site) -> None:
    ask(site, {"title": "First"}, {"title": "Second"})
    page = open_inbox(alice)

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(1500)
        route.fulfill(response=answer)

    page.route("**/approvals/*/decide/", answer_late)
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. The run goes on.")).to_be_visible()
    expect(page.locator(".inbox-list li")).to_have_count(1)
