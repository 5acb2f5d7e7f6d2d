"""The outline by keyboard alone: a journey with three pathways, a typed mapping, an intent with return and an approval is
built, published and talked to; no view has an axe violation; what is changed in another window arrives."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.people import Person

SAVED = re.compile(r"Saved \d\d:\d\d:\d\d UTC")
FORBIDDEN_STYLE = "document.querySelectorAll('main [style]:not(flow-editor *), style').length"


def new_journey(person: Person, name: str) -> None:
    """An empty journey, made by keyboard; its builder is open."""
    page = person.page
    page.goto("/journeys/new/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/build/")
    page.get_by_role("link", name="Outline", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**view=outline**")
    expect(page.locator(".bd-row")).to_have_count(1)


def to_row(page: Page, at: str) -> None:
    """The focus on a row, by arrow keys from wherever in the outline it is."""
    page.keyboard.press("Escape")
    page.locator(".bd-row").first.focus()
    for _ in range(40):
        if page.evaluate("document.activeElement?.getAttribute('data-at')") == at:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no row {at}")


def open_row(page: Page, at: str) -> None:
    to_row(page, at)
    page.keyboard.press("Enter")
    expect(page.locator(".bd-open")).to_have_attribute("data-at", at)
    expect(page.locator("#bd-open-title")).to_be_focused()


def row(page: Page, at: str) -> None:
    expect(page.locator(f".bd-row[data-at='{at}']")).to_be_visible()


def choose(page: Page, name: str, value: str) -> None:
    """An option of a select by keyboard: Home and the arrows."""
    control = page.locator(f"[id='{name}']")
    control.focus()
    options = control.locator("option")
    values = [options.nth(n).get_attribute("value") for n in range(options.count())]
    page.keyboard.press("Home")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")
    expect(control).to_have_value(value)


def saved(page: Page) -> None:
    expect(page.locator("#bd-saved")).to_have_text(SAVED, timeout=10_000)


def open_tab(page: Page, name: str) -> None:
    page.locator(f"[data-tab-link='{name}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-tab-link='{name}']")).to_have_attribute("aria-current", "page")


def add_pathway(page: Page, title: str, made: str) -> None:
    to_row(page, "journey")
    page.keyboard.press("n")
    expect(page.locator("#new-title")).to_be_focused()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    row(page, f"pathway:{made}")


def add_agent(page: Page, pathway: str, name: str, made: str) -> None:
    to_row(page, f"pathway:{pathway}")
    page.keyboard.press("n")
    expect(page.locator("#new-agent")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    row(page, f"agent:{made}:{pathway}")


def connect(page: Page, source: str, target: str, link: str, text: str = "") -> None:
    to_row(page, f"pathway:{source}")
    page.keyboard.press("c")
    expect(page.locator("#connect-to")).to_be_focused()
    choose(page, "connect-to", target)
    choose(page, "connect-link", link)
    page.locator("#connect-text").focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#connect-to")).to_be_hidden()


def publish(page: Page) -> None:
    page.locator(".bd-publish summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Publish this draft").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def check_axe(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate(FORBIDDEN_STYLE) == 0


def test_a_journey_is_built_published_and_talked_to_by_keyboard_alone(alice: Person) -> None:
    page = alice.page
    new_journey(alice, "Keyboard clinic")
    for title in ("Intake", "Booking", "Questions"):
        add_pathway(page, title, title.lower())
    for pathway, name in (("intake", "Nurse"), ("booking", "Booker"), ("questions", "Help desk")):
        add_agent(page, pathway, name, name.lower().replace(" ", "_"))
    connect(page, "intake", "booking", "next")
    connect(page, "intake", "questions", "detour", "question")
    row(page, "transition:t1")
    expect(page.locator(".bd-row[data-at='pathway:questions']")).to_contain_text("back to where it came from")

    open_row(page, "agent:nurse:intake")  # what the nurse finds out
    open_tab(page, "signature")
    page.locator("[id='add:signature.outputs']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='signature.outputs[1].name']")).to_be_focused()
    page.keyboard.type("complaint")
    page.keyboard.press("Tab")
    saved(page)

    open_row(page, "agent:booker:booking")  # what the booker needs, and that a person approves its tool
    open_tab(page, "signature")
    page.locator("[id='add:signature.inputs']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='signature.inputs[1].name']")).to_be_focused()
    page.keyboard.type("reason")
    page.keyboard.press("Tab")
    saved(page)
    open_tab(page, "policy")
    page.locator("[id='tools[write_file].use']").focus()
    page.keyboard.press("Space")
    page.locator("[id='tools[write_file].ask']").focus()
    page.keyboard.press("Space")
    expect(page.locator(".bd-row[data-at='agent:booker:booking']")).to_contain_text("asks first")

    open_row(page, "pathway:booking")  # the typed mapping
    open_tab(page, "mapping")
    choose(page, "map-intake-reason", "complaint")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".bd-map").filter(has_text="reason")).to_contain_text("fits")
    page.get_by_role("button", name="End the journey after it").focus()  # what preflight offers
    page.keyboard.press("Enter")
    expect(page.locator(".bd-row[data-at='pathway:booking']")).to_contain_text("then the end")
    expect(page.locator("#bd-problems .kz-chip[data-tone=bad]")).to_have_count(0)

    publish(page)
    page.get_by_role("link", name="Open the playground").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/playground/")
    page.get_by_role("button", name="New session").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/*/")
    alice.say("My knee hurts")
    expect(page.locator(".turn[data-run]")).to_have_count(1)
    assert alice.problems == []


def test_rows_are_renamed_moved_duplicated_removed_and_brought_back_by_keys(alice: Person) -> None:
    page = alice.page
    new_journey(alice, "Keys only")
    for title in ("First", "Second"):
        add_pathway(page, title, title.lower())
    to_row(page, "pathway:first")
    page.keyboard.press("F2")
    expect(page.locator("#title")).to_be_focused()
    page.keyboard.type("Welcome")
    page.keyboard.press("Tab")
    expect(page.locator(".bd-row[data-at='pathway:first']")).to_contain_text("Welcome")
    to_row(page, "pathway:first")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".bd-row").nth(1)).to_have_attribute("data-at", "pathway:second")
    to_row(page, "pathway:second")
    page.keyboard.press("Control+d")
    row(page, "pathway:second_2")
    to_row(page, "pathway:second_2")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.locator(".bd-row[data-at='pathway:second_2']")).to_have_count(0)
    to_row(page, "journey")
    page.keyboard.press("Control+z")
    row(page, "pathway:second_2")
    page.reload()
    page.locator(".bd-row").first.focus()
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".bd-row[data-at='pathway:second_2']")).to_have_count(0)
    assert alice.problems == []


def test_a_change_in_another_window_arrives_by_itself(alice: Person) -> None:
    page = alice.page
    new_journey(alice, "Together")
    add_pathway(page, "Shared", "shared")
    other = alice.open_page()
    other.goto(page.url)
    to_row(other, "pathway:shared")
    other.keyboard.press("F2")
    other.keyboard.type("Renamed elsewhere")
    other.keyboard.press("Tab")
    expect(page.locator(".bd-row[data-at='pathway:shared']")).to_contain_text("Renamed elsewhere", timeout=15_000)
    assert alice.problems == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_view_of_the_builder_has_a_violation(colours: str, alice: Person) -> None:
    page = alice.page
    new_journey(alice, f"Axe {colours}")
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")
    check_axe(page)
    add_pathway(page, "Intake", "intake")
    add_pathway(page, "Booking", "booking")
    add_agent(page, "intake", "Nurse", "nurse")
    connect(page, "intake", "booking", "intent", "book")
    for at, tabs in (
        ("journey", ("configure", "signature", "code")),
        ("pathway:booking", ("configure", "mapping", "signature", "code")),
        ("transition:t1", ("configure", "mapping", "code")),
        ("agent:nurse:intake", ("configure", "signature", "policy", "code")),
    ):
        for tab in tabs:
            page.goto(re.sub(r"\?.*", "", page.url) + f"?view=outline&at={at}&tab={tab}")
            check_axe(page)
    for summary in ("c", "n", "delete"):
        to_row(page, "pathway:intake")
        page.keyboard.press({"c": "c", "n": "n", "delete": "Delete"}[summary])
        expect(page.locator(f"[data-act='{summary}'][open]")).to_be_visible()
        check_axe(page)
    page.goto("/journeys/new/")
    check_axe(page)
