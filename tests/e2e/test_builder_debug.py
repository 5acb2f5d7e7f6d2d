"""Debugging in the builder: a test beside the canvas paints it, waits where it is told to, and a failed run opens there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.people import Person
from tests.factories.site import Site

ANSWER_MS = 20_000
TEXT = {"kind": "str"}
TALKER = {
    "kind": "agent",
    "name": "Talker",
    "model": {"provider": "scripted"},
    "signature": {
        "kind": "signature",
        "name": "Talk",
        "inputs": [{"name": "message", "type": TEXT}],
        "outputs": [
            {"name": "response", "type": TEXT},
            {"name": "topic", "type": {"kind": "optional", "of": TEXT}, "required": False, "default": None},
        ],
    },
}
TALK: dict[str, Any] = {
    "kind": "journey",
    "name": "Talk",
    "entry": "talk",
    "pathways": [{"id": "talk", "agents": ["talker"], "accumulate": ["topic"]}, {"id": "other", "agents": ["talker"]}],
    "transitions": [
        {
            "id": "over",
            "from_pathways": ["talk"],
            "to_pathway": "other",
            "trigger": {"kind": "condition", "expression": 'message == "The blue one, please"', "on": "message"},
        }
    ],
    "agents": {"talker": TALKER},
}


@pytest.fixture
def canvas(alice: Person, site: Site) -> Canvas:
    return Canvas(alice, site, TALK)


def start(canvas: Canvas) -> Page:
    page = canvas.open()
    page.get_by_role("button", name="Test", exact=True).click()
    page.wait_for_url(re.compile("side=test"))
    expect(chat(page).get_by_label("Message", exact=True)).to_be_visible()
    return page


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("#bd-frame")


def said(page: Page, text: str) -> Locator:
    """An answer in the chat that has this text."""
    return chat(page).locator(".msg-agent", has_text=text)


def write(page: Page, text: str) -> None:
    box = chat(page).get_by_label("Message", exact=True)
    box.fill(text)
    box.press("Enter")


def test_a_test_beside_the_canvas_paints_the_way_of_its_turn(canvas: Canvas) -> None:
    page = start(canvas)
    page.get_by_role("button", name="Coverage").click()
    expect(canvas.node("talk").locator(".fe-cover")).to_have_text("never")
    page.get_by_role("button", name="Coverage").click()
    write(page, "The blue one, please")
    expect(said(page, "You prefer the blue one, noted.")).to_be_visible(timeout=ANSWER_MS)
    expect(canvas.node("other").locator(".fe-state[data-state='ok']").first).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator(".fe-edge[data-taken='true']")).to_have_count(1)
    expect(page.locator(".bd-row[data-at='pathway:other']")).to_contain_text("ok")
    expect(page.locator(".bd-row[data-at='transition:over']")).to_contain_text("taken")
    page.get_by_role("button", name="Coverage").click()
    expect(canvas.node("other").locator(".fe-cover")).to_have_text("seen in sessions only")
    expect(page.locator(".fe-pill .fe-cover")).to_have_attribute("title", "this way: seen in sessions only")
    expect(page.get_by_role("list", name="Legend")).to_contain_text("covered by tests")
    expect(page.locator("#bd-legend")).to_contain_text("0 % of the pathways")


def test_a_turn_waits_at_a_breakpoint_and_goes_on_from_the_builder(canvas: Canvas) -> None:
    page = start(canvas)
    page.locator(".bd-dock summary", has_text="Data").click()
    page.locator("#bd-produced").get_by_role("button", name="Breakpoint before Talker").first.click()
    expect(page.locator("#bd-produced [aria-pressed='true']").first).to_be_visible()
    write(page, "By bicycle")
    pause = page.locator("[data-paused]")
    expect(pause).to_contain_text("Paused before talker", ignore_case=True, timeout=ANSWER_MS)
    expect(pause).to_contain_text("By bicycle")
    expect(canvas.node("talk").locator(".fe-state[data-state='waiting']").first).to_be_visible()
    pause.get_by_role("button", name="Continue").click()
    expect(said(page, "By bicycle, then.")).to_be_visible(timeout=ANSWER_MS)
    expect(pause).to_have_count(0)
    expect(page.locator("#bd-produced")).to_contain_text("By bicycle, then.")


def test_one_agent_runs_alone_and_its_output_becomes_a_pin(canvas: Canvas) -> None:
    page = start(canvas)
    page.goto(f"/journeys/{canvas.slug}/build/?at=agent:talker:talk&tab=try")
    page.get_by_label("message", exact=True).fill("By bicycle")
    page.get_by_role("button", name="Run this step").click()
    step = page.locator("#bd-step")
    expect(step).to_contain_text("By bicycle, then.", timeout=ANSWER_MS)
    step.get_by_role("button", name="Use as pin").click()
    page.locator(".bd-dock summary", has_text="Data").click()
    expect(page.locator("#bd-produced [data-pinned]").first).to_contain_text("pinned")
    page.locator("[data-side-link='test']").click()
    write(page, "Anything that the script does not know")
    expect(said(page, "By bicycle, then.")).to_be_visible(timeout=ANSWER_MS)


def test_a_failed_run_opens_in_the_builder_with_its_data(canvas: Canvas) -> None:
    page = start(canvas)
    write(page, "The script does not know this")
    failed = chat(page).locator(".turn[data-status='failed']")
    expect(failed).to_be_visible(timeout=ANSWER_MS)
    run = failed.get_attribute("data-run")
    page.goto(f"/runs/{run}/")
    page.get_by_role("link", name="Open in the builder with this data").click()
    expect(page.locator(".bd-opened")).to_contain_text("draft ran; this is the draft")
    expect(canvas.node("talk").locator(".fe-state[data-state='failed']").first).to_be_visible()
    page.locator("#bd-opened-text").fill("By bicycle")
    page.get_by_role("button", name="Answer with the draft").click()
    expect(said(page, "By bicycle, then.")).to_be_visible(timeout=ANSWER_MS)


def test_breakpoints_are_set_on_the_cards_of_the_canvas_by_mouse_and_by_key(canvas: Canvas) -> None:
    page = canvas.open()
    card = canvas.node("talk").locator("[data-agent='talker']")
    dot = card.get_by_role("button", name="Breakpoint before Talker")
    card.hover()
    dot.click()
    expect(dot).to_have_attribute("aria-pressed", "true")
    expect(canvas.node("other").get_by_role("button", name="Breakpoint before Other")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-say]")).to_have_text("Turns of the test wait before Talker")
    page.get_by_role("button", name="Test", exact=True).click()
    page.wait_for_url(re.compile("side=test"))
    expect(dot).to_have_attribute("aria-pressed", "true")
    write(page, "By bicycle")
    expect(page.locator("[data-paused]")).to_contain_text("Paused before talker", ignore_case=True, timeout=ANSWER_MS)
    canvas.node("talk").focus()
    page.keyboard.press("b")
    expect(dot).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(card.locator(".fe-card-open")).to_be_focused()
    page.keyboard.press("b")
    expect(dot).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#bd-inspector").get_by_role("button", name="Breakpoint")).to_have_attribute("aria-pressed", "true")


def test_a_test_runs_to_an_agent_that_answers_otherwise_until_the_draft_does(canvas: Canvas) -> None:
    page = start(canvas)
    page.goto(f"/journeys/{canvas.slug}/build/?view=canvas&at=agent:talker:talk&tab=try")
    page.get_by_text("Run the test to here").click()
    page.get_by_label("What is said").fill("By bicycle")
    page.get_by_role("button", name="Run to here").click()
    pause = page.locator("[data-paused]")
    expect(pause).to_contain_text("Paused before talker", ignore_case=True, timeout=ANSWER_MS)
    pause.get_by_role("button", name="Continue").click()
    expect(said(page, "By bicycle, then.")).to_be_visible(timeout=ANSWER_MS)
    page.goto(f"/journeys/{canvas.slug}/build/?view=canvas&at=agent:talker:talk&tab=try")
    page.get_by_text("Answer otherwise in the test").click()
    page.get_by_label("Temperature").fill("0.3")
    page.get_by_label("Instructions").fill("Be brief.")
    page.get_by_role("button", name="Use in the test").click()
    expect(page.locator("#bd-try-override")).to_contain_text("in use")
    page.locator("[data-side-link='test']").click()
    tried = page.locator(".bd-tried")
    expect(tried).to_contain_text("Talker answers with temperature 0.3, other instructions")
    tried.get_by_role("button", name="Accept change").click()
    expect(page.get_by_text("The draft has changed since this test began")).to_be_visible()
    expect(tried).to_have_count(0)
    assert canvas.draft["agents"]["talker"]["model"] == {"provider": "scripted", "temperature": 0.3}
    assert canvas.draft["agents"]["talker"]["signature"]["instructions"] == "Be brief."
