"""Building an agent in the browser: from a template to a published version, by mouse, by keyboard, alone and with another."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.people import ANSWER_MS, Person
from tests.factories.site import Site

FORBIDDEN_STYLE = "document.querySelectorAll('[style], style, script:not([src])').length"
SAVED = re.compile(r"Saved \d\d:\d\d:\d\d UTC")


def new_agent(person: Person, name: str, start: str = "From scratch") -> str:
    """A draft of that name; its address."""
    page = person.page
    page.goto("/agents/")
    page.get_by_role("link", name="New agent").first.click()
    page.get_by_role("radio", name=re.compile(f"^{re.escape(start)}")).check()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create the draft").click()
    page.wait_for_url("**/edit/")
    return page.url.removesuffix("edit/")


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(SAVED, timeout=8000)


def set_value(page: Page, name: str, value: str) -> None:
    page.locator(f"[id='{name}']").fill(value)


def test_an_agent_is_built_tried_published_changed_compared_and_restored(alice: Person) -> None:
    page = alice.page
    address = new_agent(alice, "Cheese expert", "Question and answer")

    set_value(page, "signature.instructions", "Answer questions about cheese")
    expect(page.locator("#edit-preview")).to_contain_text("Answer questions about cheese", timeout=2000)
    saved(page)
    page.reload()
    expect(page.locator("[id='signature.instructions']")).to_have_value("Answer questions about cheese")

    set_value(page, "model.temperature", "hot")
    page.keyboard.press("Tab")
    expect(page.locator("[id='model.temperature-error']")).to_have_text("Must be a number")
    page.locator("#edit-problems [data-jump]").click()
    expect(page.locator("[id='model.temperature']")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("0.2")
    expect(page.locator("#edit-problems")).to_contain_text("It can be tried and published.")

    page.get_by_role("checkbox", name="bash_command", exact=True).check()
    expect(page.locator("#decisions")).to_contain_text("its danger is high")
    page.locator("[id='permissions.mode']").select_option("plan")
    expect(page.locator("#decisions")).to_contain_text("in plan mode only tools that read may be used")
    page.get_by_role("checkbox", name="bash_command", exact=True).uncheck()
    expect(page.locator("#decisions")).to_have_count(0)

    page.get_by_role("button", name="Try", exact=True).click()
    page.wait_for_url("**/try/")
    page.get_by_label("Question").fill("What is brie " + "and is it like cheddar " * 40)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/try/?run=*")
    expect(page.locator("[data-live]")).to_contain_text("This is the demo", timeout=ANSWER_MS)
    page.reload()
    expect(page.locator("[data-output=answer]")).to_contain_text("brie", timeout=ANSWER_MS)
    expect(page.locator(".ag-tries [aria-current]")).to_contain_text("Succeeded")
    expect(page.get_by_role("link", name="Inspect the run")).to_be_visible()

    page.get_by_role("link", name="Edit").click()
    page.locator("summary", has_text="Publish").click()
    page.get_by_label("Name of the version").fill("First")
    page.get_by_role("button", name="Publish this draft").click()
    page.wait_for_url(address)
    expect(page.locator(".kz-toast")).to_contain_text("Version 1 is published.")

    page.get_by_role("link", name="Edit").click()
    set_value(page, "signature.instructions", "Answer questions about old cheese")
    expect(page.locator("#edit-state")).to_contain_text("Draft · 1 change since v1", timeout=8000)
    page.get_by_role("link", name="Versions").click()
    expect(page.locator(".ag-diff ins")).to_have_text("old ")
    page.locator("summary", has_text="Restore").click()
    page.get_by_role("button", name="Make v1 the draft").click()
    page.wait_for_url("**/edit/")
    expect(page.locator("[id='signature.instructions']")).to_have_value("Answer questions about cheese")
    expect(page.locator(".kz-toast")).to_contain_text("Your draft is kept as version 2.")


def test_fields_are_built_by_keyboard_alone_and_undone(alice: Person) -> None:
    page = alice.page
    new_agent(alice, "Keyboard")
    page.locator("button[value='add:signature.inputs']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='signature.inputs[1].name']")).to_be_focused()
    page.keyboard.type("tags")
    page.keyboard.press("Tab")
    page.keyboard.type("List")
    expect(page.locator("[id='signature.inputs[1].type.of.kind']")).to_be_visible()
    expect(page.locator("[id='signature.inputs[1].type.kind']")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[id='signature.inputs[0].name']")).to_have_value("tags")
    expect(page.locator("[id='signature.inputs[1].name']")).to_have_value("question")
    expect(page.locator("#edit-preview")).to_contain_text("tags (a list of texts)")
    page.keyboard.press("Control+z")
    expect(page.locator("[id='signature.inputs[0].name']")).to_have_value("question")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("[id='signature.inputs[0].name']")).to_have_value("tags")
    saved(page)
    page.keyboard.press("Control+s")
    page.reload()
    expect(page.locator("[id='signature.inputs[0].name']")).to_have_value("tags")


def test_two_people_edit_at_once_and_nothing_is_lost(alice: Person, new_person: Callable[..., Person], site: Site) -> None:
    page = alice.page
    alice.forgiven = ("409",)
    new_agent(alice, "Shared")
    slug = page.url.split("/")[-3]
    set_value(page, "description", "Mine")
    saved(page)
    key = site.make_key()
    seen = site.call("GET", f"/api/v1/agents/{slug}", key=key).body
    theirs = {**seen["draft"], "description": "Theirs", "max_repairs": 4}
    body = {"draft": theirs, "expected_revision": seen["draft_revision"]}
    assert site.call("PUT", f"/api/v1/agents/{slug}/draft", body, key=key).status == 200
    set_value(page, "description", "Mine again")
    conflict = page.locator("#edit-conflict")
    expect(conflict).to_contain_text("You both changed 1 place", timeout=8000)
    expect(page.locator("[id='description']")).to_have_value("Mine again")
    conflict.get_by_role("button", name="Merge both").click()
    expect(conflict).to_have_count(0)
    saved(page)
    draft = site.call("GET", f"/api/v1/agents/{slug}", key=key).body["draft"]
    assert (draft["description"], draft["max_repairs"]) == ("Mine again", 4)


def test_leaving_the_page_at_once_keeps_what_was_typed(alice: Person) -> None:
    page = alice.page
    address = new_agent(alice, "Hasty")
    set_value(page, "description", "typed and gone")
    page.goto("/agents/")
    for _ in range(20):  # what was typed goes its own way to the server, and the next page does not wait for it
        page.goto(f"{address}edit/")
        if page.locator("[id='description']").input_value() == "typed and gone":
            break
        page.wait_for_timeout(250)
    expect(page.locator("[id='description']")).to_have_value("typed and gone")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_pages_of_an_agent_have_no_accessibility_fault_and_fit_a_phone(alice: Person, colours: str) -> None:
    page = alice.page
    alice.forgiven = ("style-src", "404")  # axe inlines the style sheets to measure: their imports miss, the page refuses
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")
    address = new_agent(alice, f"Checked {colours}")
    page.locator("button[value='add:permissions.rules']").click()
    page.locator("[id='permissions.rules[0].pattern']").fill("(")
    page.get_by_role("checkbox", name="current_time", exact=True).check()
    page.locator("[id='signature.inputs[0].type.kind']").select_option("model")
    expect(page.locator("button[value='add:signature.inputs[0].type.fields']")).to_be_visible()
    saved(page)
    for part in ("edit/?checked=1", "", "try/", "versions/", "runs/", "delete/", "../../agents/", "../new/"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 860})
            page.goto(address + part)
            if width == 1280:
                faults = [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in Axe().run(page).response["violations"]]
                assert (part, faults) == (part, [])
            too_wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            inline = page.evaluate(f"() => {FORBIDDEN_STYLE}")
            assert (part, width, too_wide, inline) == (part, width, 0, 0)
