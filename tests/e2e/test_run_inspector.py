"""The run inspector in a browser: filters, the handle that moves through events, zoom, fork, replay, export, live updates."""

from __future__ import annotations

import json
import math
import re
import time
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.people import ANSWER_MS, Person
from tests.factories.drafts import agent_draft
from tests.factories.site import Site

SEED = Path(__file__).with_name("seed_journal.py")
STEP = "agent/0/branch/1/tool/0"
SPANS = """wanted => {
  const box = document.getElementById("tl-chart");
  const span = Number(box.dataset.to) - Number(box.dataset.from);
  return Math.abs(span - wanted) < 0.02 * wanted && box.querySelector(".tl-tick");
}"""


def seed(site: Site, which: str) -> str:
    """Puts a journal written by hand into the site's database; the id of its run."""
    printed = site.manage("shell", "--no-imports", "-c", f"import os\nos.environ['JOURNAL'] = {which!r}\n{SEED.read_text()}")
    found = re.search(r"run ([0-9a-f-]{36})", printed)
    assert found, printed
    return found.group(1)


@pytest.fixture
def rich(site: Site) -> str:
    return seed(site, "rich")


def open_run(person: Person, run: str, query: str = "") -> Page:
    person.page.goto(f"/runs/{run}/{query}")
    expect(person.page.locator("#run-timeline")).to_be_visible()
    return person.page


def test_rows_are_filtered_searched_and_opened_without_a_reload(alice: Person, rich: str) -> None:
    page = open_run(alice, rich)
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Only", exact=True).select_option("errors")
    expect(page.locator("#run-row-list a[data-step]")).to_have_count(2)
    page.get_by_label("Search in inputs and outputs").fill("notes.txt")
    expect(page.locator("#run-row-list a[data-step]")).to_have_count(2)
    page.get_by_label("Search in inputs and outputs").fill("nothing has this")
    expect(page.get_by_text("No step fits these filters.")).to_be_visible()
    expect(page.get_by_label("Search in inputs and outputs")).to_be_focused()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#run-row-list a[data-step]")).to_have_count(8)
    page.locator(f'#run-row-list a[data-step="{STEP}"]').click()
    detail = page.locator("#run-detail")
    expect(detail).to_contain_text("Agent Booker called the tool http_post")
    detail.get_by_role("link", name="Effects").click()
    expect(detail).to_contain_text("Sent with its idempotency key (attempt 2)")
    page.locator('#run-row-list a[data-step="agent/0/branch/1/tool/1"]').click()
    expect(detail).to_contain_text("Denied")
    assert "show=effects" in page.url
    page.get_by_role("link", name="Events", exact=True).first.click()
    expect(page.locator("#run-row-list a[data-at]")).to_have_count(26)
    assert page.evaluate("window.sameDocument") is True
    page.reload()
    expect(page.locator("#run-row-list a[data-at]")).to_have_count(26)
    assert alice.problems == []


def test_the_handle_moves_through_the_events_by_keyboard_and_the_page_follows(alice: Person, rich: str) -> None:
    page = open_run(alice, rich)
    handle = page.get_by_label("Event", exact=True)
    handle.focus()
    page.keyboard.press("Home")
    expect(page.locator("#tl-readout")).to_contain_text("Event 1 of 26")
    expect(page.get_by_text("No step had begun by this event.")).to_be_visible()
    for _ in range(13):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#tl-readout")).to_contain_text("Event 14 of 26")
    expect(page.locator("#run-state")).to_contain_text("as it was after event 14 of 26")
    expect(handle).to_be_focused()
    expect(handle).to_have_attribute("aria-valuetext", re.compile("Event 14 of 26.*run.waiting"))
    expect(page.locator("#run-row-list a[data-step='agent/0/model/0']")).to_have_count(0)
    page.get_by_role("link", name="Back to its newest event").click()
    expect(page.locator("#run-row-list a[data-step='agent/0/model/0']")).to_have_count(1)
    assert "at=" not in page.url
    assert alice.problems == []


def test_the_timeline_zooms_by_keys_wheel_and_drag_and_tells_of_its_bars(alice: Person, rich: str) -> None:
    page = open_run(alice, rich)
    chart = page.locator("#tl-chart")
    total = float(chart.get_attribute("data-total") or 0)

    def spans(wanted: float) -> None:
        """Waits until the server's bars of a window of so many seconds are there."""
        page.wait_for_function(SPANS, arg=wanted)

    page.get_by_label("Event", exact=True).focus()
    box = chart.bounding_box()
    assert box
    page.keyboard.press("+")
    spans(total / 2)
    page.keyboard.press("0")
    spans(total)
    page.mouse.move(box["x"] + 100, box["y"] + 8)
    page.mouse.wheel(0, -200)
    spans(total * math.exp(-0.5))
    page.get_by_role("button", name="Fit").click()
    spans(total)
    page.mouse.move(box["x"] + 200, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 8, steps=4)
    page.mouse.up()
    spans(total * 300 / box["width"])
    assert "from=" in page.url
    page.get_by_role("button", name="Fit").click()
    spans(total)
    bar = page.locator(f'rect[data-p="{STEP}"][data-kind="tool"][data-state="done"]')
    bar.hover()
    expect(page.locator("#tl-tip")).to_contain_text("Tool · http_post · 800 ms")
    bar.click()
    expect(page.locator("#run-detail")).to_have_attribute("data-path", STEP)
    assert alice.problems == []


def opened_in_s(person: Person, run: str) -> float:
    """From the request until the page is drawn and its scripts have run."""
    open_run(person, run)
    return float(person.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")) / 1000


def test_a_run_of_five_thousand_events_opens_within_a_second(alice: Person, site: Site, rich: str) -> None:
    run = seed(site, "long")
    small = min(opened_in_s(alice, rich) for _ in range(3))
    took = min(opened_in_s(alice, run) for _ in range(3))
    print(f"opened in {took:.2f} s, a run of 26 events in {small:.2f} s")
    assert took < max(1.0, 5 * small)  # on a machine that is busy with other things even a small run takes long
    page = alice.page
    shown = page.locator("#run-row-list a[data-step]").count()
    assert shown <= 150
    page.locator(".run-more", has_text="Earlier rows").click()
    page.wait_for_function("n => document.querySelectorAll('#run-row-list a[data-step]').length > n", arg=shown)
    assert alice.problems == []


def published(site: Site, slug: str) -> str:
    key = site.make_key()
    draft = agent_draft(name="Echo")
    draft["demo"] = [{"set": {"response": "You said {message}"}}]
    site.call("POST", "/api/v1/agents", {"slug": slug, "draft": draft}, key=key)
    assert site.call("POST", f"/api/v1/agents/{slug}/publish", {}, key=key).status in (200, 201)
    return key


def start(site: Site, key: str, slug: str, message: str) -> str:
    reply = site.call("POST", "/api/v1/runs", {"kind": "agent", "slug": slug, "inputs": {"message": message}}, key=key)
    assert reply.status == 202, reply.body
    return str(reply.body["id"])


def ended(site: Site, key: str, run: str) -> dict[str, Any]:
    for _ in range(200):
        body: dict[str, Any] = site.call("GET", f"/api/v1/runs/{run}", key=key).body
        if body["finished_at"]:
            return body
        time.sleep(0.1)
    raise AssertionError(f"run {run} did not end")


def test_a_real_run_replays_equal_is_forked_with_another_result_compared_and_exported(alice: Person, site: Site) -> None:
    alice.forgiven = ("422",)  # what is no JSON is refused
    key = published(site, "echo")
    run = start(site, key, "echo", "good morning")
    assert ended(site, key, run)["status"] == "succeeded"
    page = open_run(alice, run)
    page.get_by_role("button", name="Replay").click()
    expect(page.locator("#run-replayed")).to_contain_text("Replay: equal.")
    page.locator("summary", has_text="Fork with another result").click()
    field = page.get_by_label("Result of this step, as JSON")
    field.fill("{ this is no JSON")
    page.get_by_role("button", name="Fork with this result").click()
    expect(page.locator("#fork-result")).to_contain_text("This is not JSON")
    page.goto(f"/runs/{run}/")
    page.locator("summary", has_text="Fork with another result").click()
    field = page.get_by_label("Result of this step, as JSON")
    field.fill(field.input_value().replace("good morning", "good evening"))
    page.get_by_role("button", name="Fork with this result").click()
    expect(page.get_by_text("forked from").first).to_be_visible()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator("#run-row-list")).to_contain_text("result edited")
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("#compare-verdict")).to_contain_text("They part at agent/0/model/0")
    expect(page.locator("main")).to_contain_text("good evening")
    page.goto(f"/runs/{run}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    document = json.loads(Path(download.value.path()).read_text())
    assert (document["format"], document["run"]["id"]) == ("kaizen.run/1", run)


def test_a_run_is_started_again_with_other_inputs(alice: Person, site: Site) -> None:
    key = published(site, "again")
    run = start(site, key, "again", "one")
    ended(site, key, run)
    page = open_run(alice, run)
    page.get_by_role("link", name="Input and output").click()
    page.locator("summary", has_text="Run again with other inputs").click()
    page.get_by_label("Inputs, as JSON").fill('{"message": "two"}')
    page.get_by_role("button", name="Run with these inputs").click()
    expect(page.get_by_text("with other inputs")).to_be_visible()
    expect(page.locator("#run-row-list")).to_contain_text("Ask the model", timeout=ANSWER_MS)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=ANSWER_MS)


def test_the_page_of_a_run_that_goes_on_follows_it(alice: Person, site: Site) -> None:
    key = published(site, "slow")
    run = start(site, key, "slow", "word " * 120)  # the demo model writes 40 words a second
    page = open_run(alice, run)
    page.evaluate("window.sameDocument = true")
    expect(page.locator("#run-waiting")).to_contain_text("the model (agent/0/model/0)")
    expect(page.locator("#run-waiting")).to_contain_text("Lease until")
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator("#run-waiting")).to_have_count(0)
    expect(page.locator("#run-detail")).to_contain_text("You said word")
    assert page.evaluate("window.sameDocument") is True
    assert alice.problems == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_inspector_is_accessible_and_fits(alice: Person, rich: str, colours: str, width: int) -> None:
    alice.page.set_viewport_size({"width": width, "height": 860})
    alice.page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")
    shows = [f"?step={STEP}&show={show}" for show in ("summary", "io", "policy", "effects", "events")]
    for query in (*shows, "?step=agent/0/branch/0/model/1&show=prompt", "?at=14&grain=events", f"compare/?with={rich}"):
        alice.page.goto(f"/runs/{rich}/{query}")
        found = Axe().run(alice.page).response["violations"]
        assert [(v["id"], v["nodes"][0]["target"]) for v in found] == [], query
        wide = alice.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        inline = alice.page.evaluate("document.querySelectorAll('[style], style, script:not([src])').length")
        assert (wide, inline) == (0, 0), query
    alice.problems.clear()  # the checker's own styles
