"""A journey with 200 pathways on the canvas: frame times in Chromium while it is panned, zoomed, dragged and edited."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.canvas import Canvas
from tests.e2e.conftest import FLAGS, NAMES, owner_link
from tests.e2e.people import Person
from tests.factories.site import Site

pytestmark = pytest.mark.bench
MANY = 200
RECORD = """() => {
  const frames = []; let last = performance.now(); window.recording = true;
  const next = (now) => { frames.push(now - last); last = now; if (window.recording) requestAnimationFrame(next); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(next); });
  window.frames_ = frames;
}"""
STOP = "() => { window.recording = false; return window.frames_; }"


def journey() -> dict[str, Any]:
    """Twenty lines of ten pathways, an agent or two in each, and a hundred transitions across."""
    text = {"kind": "str"}
    signature = {
        "name": "Answer",
        "inputs": [{"name": "message", "type": text}],
        "outputs": [{"name": "response", "type": text}, {"name": "topic", "type": text}],
    }
    agents = {name: {"kind": "agent", "name": name.title(), "signature": signature} for name in ("asker", "helper")}
    pathways = [
        {
            "id": f"p{n}",
            "title": f"Stage {n}",
            "agents": ["asker", "helper"][: 1 + n % 2],
            "next": f"p{n + 1}" if n % 10 != 9 else "end",
        }
        for n in range(MANY)
    ]
    moves = [
        {
            "id": f"t{n}",
            "to_pathway": f"p{(n * 7 + 3) % MANY}",
            "from_pathways": [f"p{n}"],
            "trigger": {"kind": "intent", "intents": [f"go_{n}"]},
        }
        for n in range(0, MANY, 2)
    ]
    return {"kind": "journey", "name": "Large", "entry": "p0", "pathways": pathways, "transitions": moves, "agents": agents}


@pytest.fixture
def canvas(tmp_path: Path) -> Iterator[Canvas]:
    site = Site(tmp_path, {"KAIZEN_DEFAULT_PROVIDER": "demo"})
    program = os.environ.get("KAIZEN_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    try:
        site.start()
        site.wait_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=flags)
            person = Person(browser, site.url)
            person.follow(owner_link(site))
            large = Canvas(person, site, journey())
            large.open()
            yield large
            browser.close()
    finally:
        site.kill()


def test_a_journey_of_200_pathways_pans_and_edits_smoothly(canvas: Canvas) -> None:
    page, mouse = canvas.page, canvas.page.mouse
    page.wait_for_timeout(1500)
    assert page.locator(".fe-pathway").count() == MANY
    box = page.locator(".react-flow__pane").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def pan() -> None:
        page.keyboard.down("Space")  # the hand: pans wherever it is pressed
        mouse.move(x, y)
        mouse.down()
        for n in range(120):
            mouse.move(x - 200 + abs(n - 60) * 4, y + (n % 40))
        mouse.up()
        page.keyboard.up("Space")

    def zoom() -> None:
        mouse.move(x, y)
        for n in range(60):
            mouse.wheel(0, -40 if n < 30 else 40)

    def drag() -> None:
        title = page.locator(".react-flow__node[data-id='p55'] .fe-title").bounding_box()
        assert title is not None
        mouse.move(title["x"] + 5, title["y"] + 5)
        mouse.down()
        for n in range(100):
            mouse.move(title["x"] + 5 + n, title["y"] + 5 + n % 30)
        mouse.up()

    def keys() -> None:
        canvas.node("p55").focus()
        page.keyboard.press("Enter")
        for n in range(40):
            page.keyboard.press("ArrowDown" if n % 2 else "ArrowRight")

    def rename() -> None:
        for n in range(5):
            canvas.node("p56").focus()
            page.keyboard.press("F2")
            canvas.window().get_by_role("textbox").fill(f"Stage number {n}")
            page.keyboard.press("Enter")

    idle = frames_of(page, lambda: page.wait_for_timeout(1500))
    tell("nothing", idle)
    page.get_by_role("button", name="Show everything").click()
    measured = {name: frames_of(page, does) for name, does in {"pan": pan, "zoom": zoom}.items()}
    page.keyboard.press("Escape")
    canvas.page.get_by_role("button", name="Find").click()
    canvas.window().get_by_role("searchbox").fill("Stage 55")
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    measured |= {name: frames_of(page, does) for name, does in {"drag": drag, "keys": keys, "rename": rename}.items()}
    for name, frames in measured.items():
        tell(name, frames)
    canvas.saved()
    assert canvas.pathway("p56")["title"] == "Stage number 4"
    assert measured["pan"].cpu < 50, "panning 200 pathways keeps the page busy for more than a twentieth of a second a frame"


@dataclass(frozen=True)
class Frames:
    """``between``: milliseconds between the frames that were drawn; ``cpu``: those of the page's own thread for each frame."""

    between: list[float]
    cpu: float


def frames_of(page: Any, does: Callable[[], None]) -> Frames:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        told = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in told if one["name"] == "TaskDuration"))

    page.evaluate(RECORD)
    before = worked()
    does()
    spent = worked() - before
    between: list[float] = page.evaluate(STOP)
    session.detach()
    return Frames(between, 1000 * spent / max(1, len(between)))


def tell(what: str, frames: Frames) -> None:
    """One line: how long a frame took in the middle, the slowest of twenty, and what the page did for one."""
    between = frames.between
    slow = quantiles(between, n=20)[-1] if len(between) > 1 else between[0]
    told = f"{len(between)} frames, median {median(between):.1f} ms, p95 {slow:.1f} ms, CPU {frames.cpu:.1f} ms a frame"
    print(f"\ncanvas with {MANY} pathways, {what}: {told}")
