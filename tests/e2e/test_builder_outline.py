"""The outline of the builder by keyboard alone, and other people in the same draft: no view has an axe violation."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.e2e.canvas import Canvas
from tests.e2e.outline import add_agent, add_pathway, connect, new_journey, press, row, to_row, write
from tests.e2e.people import Person
from tests.e2e.test_builder_canvas import MAPPED
from tests.factories.site import Site

FORBIDDEN_STYLE = "document.querySelectorAll('main [style]:not(flow-editor *), style').length"


def check_axe(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate(FORBIDDEN_STYLE) == 0


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


@pytest.mark.parametrize("opened", ["pathway:first", "pathway:second"])
def test_what_is_typed_while_an_answer_is_on_its_way_is_kept(opened: str, alice: Person) -> None:
    page = alice.page
    new_journey(alice, "Hasty")
    for title in ("Second", "First"):
        add_pathway(page, title, title.lower())
    parts, held = re.compile("/build/parts/"), list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route(parts, hold, times=1)
    with page.expect_request(parts):
        page.locator(f".bd-row[data-at='{opened}']").click()
    write(page.locator("#title"), "Typed meanwhile")
    held[0].continue_()
    expect(page.locator(".bd-open")).to_have_attribute("data-at", opened)
    expect(page.locator(".bd-row[data-at='pathway:first']")).to_contain_text("Typed meanwhile")
    assert alice.problems == []


def test_a_problem_puts_the_focus_on_its_field(alice: Person, site: Site) -> None:
    page = alice.page
    made = Canvas(alice, site, {**MAPPED, "pathways": [{**MAPPED["pathways"][0], "next": "booking"}, *MAPPED["pathways"][1:]]})
    page.goto(f"/journeys/{made.slug}/build/?view=outline")
    for problem, field in (
        ("complaint", "#map-intake-complaint"),
        ("cost", "#budget_microusd"),
        ("complaint", "#map-intake-complaint"),
    ):
        press(page.locator("#bd-problems a", has_text=problem).first)
        expect(page.locator(field)).to_be_focused()
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
        ("pathway:intake", ("prompt",)),
        ("transition:t1", ("configure", "mapping", "code")),
        ("agent:nurse:intake", ("configure", "signature", "policy", "prompt", "code", "try")),
    ):
        for tab in tabs:
            page.goto(re.sub(r"\?.*", "", page.url) + f"?view=outline&at={at}&tab={tab}")
            if tab == "prompt":
                expect(page.locator("#bd-inspector")).to_contain_text("What the model will see")
            check_axe(page)
    for part in ("Data", "Log"):
        page.locator(".bd-dock-tabs summary", has_text=part).click()
    check_axe(page)
    for summary in ("c", "n", "delete"):
        to_row(page, "pathway:intake")
        page.keyboard.press({"c": "c", "n": "n", "delete": "Delete"}[summary])
        expect(page.locator(f"[data-act='{summary}'][open]")).to_be_visible()
        check_axe(page)
    page.goto("/journeys/new/")
    check_axe(page)
