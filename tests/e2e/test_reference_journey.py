"""The reference journey as a person lives it: from the printed link to a booking that another member approved."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewPerson
from tests.e2e.people import ANSWER_MS, TIME, Person
from tests.factories.site import Site

BOTH_TIERS = pytest.mark.parametrize(
    "site", ["embedded", pytest.param("production", marks=pytest.mark.production)], indirect=True
)


@BOTH_TIERS
def test_a_visitor_gets_from_the_printed_link_to_a_booking_that_a_colleague_approves(alice: Person, bob: Person) -> None:
    alice.use_healthcare()
    expect(alice.page.get_by_role("group", name="Suggestions").get_by_role("button")).to_have_count(3)
    assert "sorry to hear" in alice.say("I have back pain")
    assert alice.page.url.count("/sessions/") == 1

    alice.say("It is mild. Mornings please")
    assert alice.last_route() == "Intake Booking"
    reply = alice.say("Do you take my insurance?")
    assert "insurers" in reply
    assert alice.last_route() == "Booking Questions Booking", "the detour comes back by itself"

    alice.say("Yes, show me doctors")
    offered = TIME.findall(alice.say("Dr. Chen please"))
    assert offered
    alice.say("I am not sure, maybe I should wait")
    assert alice.last_route() == "Booking Reassurance"
    alice.say("ok, let us go on")
    assert alice.last_route() == "Reassurance Booking"

    bob.page.goto("/approvals/")
    expect(bob.page.get_by_text("Nothing waits for you")).to_be_visible()
    alice.write(offered[0])
    expect(alice.page.locator("[data-approval-card][data-open]")).to_be_visible(timeout=ANSWER_MS)
    card = bob.page.locator("[data-approval-card][data-open]")
    expect(card).to_be_visible()  # the inbox changes by itself
    expect(card.locator("pre").first).to_contain_text('"slot"')
    expect(bob.page.locator(".kz-bar [data-approvals-badge]").first).to_be_visible()
    card.get_by_role("button", name="Approve", exact=True).click()
    expect(bob.page.get_by_text("Approved. The run goes on.")).to_be_visible()

    expect(alice.page.locator(".turn").last.locator("[data-reply]")).to_contain_text("HC-", timeout=ANSWER_MS)
    expect(alice.page.locator(".turn-decided")).to_contain_text("Bob")
    expect(alice.page.locator("[data-approval-card][data-open]")).to_have_count(0)


@BOTH_TIERS
def test_a_reload_in_the_middle_of_an_answer_loses_nothing(alice: Person) -> None:
    alice.new_session()
    alice.write("I have back pain")
    live = alice.page.locator("[data-live]")
    expect(live).to_contain_text(re.compile(r"\w+ \w+"), timeout=ANSWER_MS)
    alice.page.reload()
    expect(alice.page.locator(".turn .msg-user")).to_have_text("I have back pain")
    expect(alice.page.locator("[data-reply]")).to_contain_text("just say so.", timeout=ANSWER_MS)
    expect(alice.page.locator(".turn")).to_have_count(1)


@BOTH_TIERS
def test_stop_ends_the_turn_within_two_seconds_and_the_message_can_be_tried_again(alice: Person) -> None:
    alice.new_session()
    alice.write("I have back pain")
    expect(alice.page.locator("[data-live]")).to_contain_text(re.compile(r"\w+ \w+"), timeout=ANSWER_MS)
    begun = time.monotonic()
    alice.page.get_by_role("button", name="Stop", exact=True).click()
    expect(alice.page.locator(".turn[data-status=cancelled]")).to_be_visible()
    assert time.monotonic() - begun < 3.5, "stopped within 2 s, plus the time to see it"
    expect(alice.page.locator(".msg-partial")).to_contain_text("Partial reply")
    alice.page.get_by_role("button", name="Try again").click()
    expect(alice.page.locator("[data-reply]")).to_be_visible(timeout=ANSWER_MS)
    expect(alice.page.locator(".turn")).to_have_count(1)


def test_the_second_of_two_approvers_is_told_who_was_first(alice: Person, bob: Person) -> None:
    bob.page.route_web_socket("**/ws/**", lambda socket: socket.close())  # so that his page stays as it was
    bob.forgiven = ("409", "WebSocket")
    alice.new_session()
    alice.ask_for_booking()
    bob.page.goto("/approvals/")
    late = bob.page.locator("[data-approval-card][data-open]")
    expect(late).to_be_visible()
    alice.page.get_by_role("button", name="Approve", exact=True).click()
    expect(alice.page.locator(".turn").last.locator("[data-reply]")).to_contain_text("HC-", timeout=ANSWER_MS)
    late.get_by_role("button", name="Approve", exact=True).click()
    expect(bob.page.get_by_role("alert")).to_contain_text("already decided: approved by owner@localhost")
    expect(bob.page.locator("[data-approval-card][data-open]")).to_have_count(0)


def test_a_decision_can_be_edited_and_is_refused_with_the_reason_when_it_cannot_be_used(alice: Person) -> None:
    alice.new_session()
    first, second = alice.ask_for_booking()[:2]
    alice.forgiven = ("422",)
    card = alice.page.locator("[data-approval-card][data-open]")
    alice.page.locator("body").click(position={"x": 5, "y": 400})
    alice.page.wait_for_timeout(700)  # a letter right after typing does nothing
    alice.page.keyboard.press("e")
    arguments = card.get_by_label("Arguments, as JSON")
    expect(arguments).to_be_focused()
    whole = arguments.input_value()
    arguments.fill('{"doctor": ')
    card.get_by_role("button", name="Approve these arguments").click()
    expect(card.get_by_role("alert")).to_contain_text("line 1, column")
    expect(card.get_by_label("Arguments, as JSON")).to_have_value('{"doctor": ')
    card.get_by_label("Arguments, as JSON").fill(_other_slot(whole, first, second))
    card.get_by_role("button", name="Approve these arguments").click()
    expect(alice.page.locator(".turn").last.locator("[data-reply]")).to_contain_text(second[-5:], timeout=ANSWER_MS)


def _other_slot(arguments: str, asked: str, wanted: str) -> str:
    """The arguments with the day and time of ``wanted`` in place of those of ``asked``, both of one month."""
    day, time_of_day = wanted.split()[1], wanted[-5:]
    return re.sub(rf"-\d\dT{asked[-5:]}", f"-{int(day):02}T{time_of_day}", arguments)


def test_a_stranger_finds_nothing(alice: Person, charlie: Person) -> None:
    session = alice.new_session()
    alice.say("I have back pain")
    run = alice.page.locator(".turn").last.get_attribute("data-run")
    charlie.forgiven = ("404",)
    for path in (session, f"/runs/{run}/", f"{session}turns/{run}/", f"{session}inspector/"):
        answer = charlie.page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
    expect(charlie.page.get_by_role("heading", name="Nothing here")).to_be_visible()
    charlie.page.goto("/runs/")
    expect(charlie.page.get_by_text("No runs yet")).to_be_visible()


def test_a_message_written_while_the_server_is_down_is_sent_once_when_it_is_back(alice: Person, site: Site) -> None:
    alice.new_session()
    alice.say("I have back pain")
    alice.forgiven = ("ERR_CONNECTION_REFUSED", "WebSocket", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")
    site.kill()
    expect(alice.page.locator("#link-state")).to_contain_text("Reconnecting")
    alice.write("It is mild. Mornings please")
    expect(alice.page.locator(".turn-local")).to_contain_text("kept here")
    site.start()
    site.wait_ready()
    expect(alice.page.locator(".turn[data-run]").nth(1).locator("[data-reply]")).to_contain_text("noted", timeout=60_000)
    expect(alice.page.locator(".turn")).to_have_count(2)
    expect(alice.page.locator("#link-state")).to_be_hidden()
    alice.page.reload()
    expect(alice.page.locator(".turn")).to_have_count(2)


def test_everything_works_without_javascript(alice: Person, new_person: NewPerson) -> None:
    state = alice.context.storage_state()
    plain = new_person(java_script_enabled=False, storage_state=state)
    plain.use_healthcare()
    plain.page.get_by_label("Message", exact=True).fill("I have back pain")
    plain.page.get_by_role("button", name="Send").click()
    plain.page.wait_for_url("**/sessions/*/")
    for _ in range(60):
        plain.page.reload()
        if plain.page.locator("[data-reply]").count():
            break
        time.sleep(0.5)
    expect(plain.page.locator("[data-reply]")).to_contain_text("back pain")
    plain.page.get_by_role("link", name="State").click()
    expect(plain.page.locator("#inspector")).to_contain_text("Symptoms")
    plain.page.get_by_role("link", name="Steps").click()
    expect(plain.page.locator("#inspector")).to_contain_text("Ask the model")
