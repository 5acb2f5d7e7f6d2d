"""The hands of a person on the canvas of the builder: real mouse events, and what can be seen of the result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import Person
from tests.factories.site import Site

SAVED_MS = 8000
STILL = """async () => {
  const shown = document.querySelector('.react-flow__viewport');
  for (let same = 0, last = ''; same < 3; last = shown.style.transform) {
    await new Promise((later) => setTimeout(later, 60));
    same = shown.style.transform === last ? same + 1 : 0;
  }
}"""
Draft = dict[str, Any]


class Canvas:
    """One journey in one browser page."""

    def __init__(self, person: Person, site: Site, draft: Draft | None = None):
        self.person, self.site, self.page = person, site, person.page
        self.key = site.make_key()
        empty = {"kind": "journey", "name": "Empty", "pathways": [], "transitions": []}
        body = {"slug": f"canvas-{os.urandom(4).hex()}", "draft": draft or empty}
        made = site.call("POST", "/api/v1/journeys", body, key=self.key)
        assert made.status == 201, made.body
        self.slug: str = made.body["slug"]

    def open(self, page: Page | None = None) -> Page:
        """The builder, when the canvas has drawn; another page of the same browser where one is given."""
        page = page or self.page
        page.goto(f"/journeys/{self.slug}/build/?view=canvas")
        expect(page.locator("flow-editor .react-flow__node").first).to_be_visible(timeout=SAVED_MS)
        return page

    @property
    def draft(self) -> Draft:
        """As the server has it."""
        found: Draft = self.site.call("GET", f"/api/v1/journeys/{self.slug}", key=self.key).body["draft"]
        return found

    @property
    def places(self) -> dict[str, dict[str, int]]:
        """Where everything stands, as the server has it."""
        found: dict[str, dict[str, int]] = self.page.request.get(f"/journeys/{self.slug}/build/state/").json()["layout"][
            "nodes"
        ]
        return found

    def pathway(self, name: str) -> Draft:
        found: Draft = next(row for row in self.draft["pathways"] if row["id"] == name)
        return found

    def node(self, name: str) -> Locator:
        return self.page.locator(f".react-flow__node[data-id='{name}']")

    def saved(self) -> None:
        expect(self.page.locator(".fe-save [data-state]")).to_have_attribute("data-state", "saved", timeout=SAVED_MS)

    def window(self) -> Locator:
        return self.page.locator(".fe-dialog")

    def name_it(self, title: str) -> None:
        """Answers the window that asks for a name."""
        self.window().get_by_role("textbox").fill(title)
        self.window().get_by_role("button", name="Add").click()

    def add_pathway(self, title: str) -> None:
        """By the button of the tools."""
        self.page.get_by_role("toolbar", name="Canvas").get_by_role("button", name="Add").click()
        self.window().get_by_role("button", name="New pathway").click()
        self.name_it(title)

    def pull_from_palette(self, name: str, to: str) -> None:
        """Drags an item of the palette onto a pathway."""
        item = self.page.locator(".bd-palette").get_by_role("button", name=name, exact=True)
        item.scroll_into_view_if_needed()
        start, goal = item.bounding_box(), self.node(to).bounding_box()
        assert start is not None
        assert goal is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + 20, start["y"] + 10)
        mouse.down()
        mouse.move(start["x"] + 70, start["y"] + 20, steps=4)
        mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2, steps=8)
        mouse.up()

    def open_agent(self, pathway: str, name: str) -> None:
        """Its card is pressed, and the inspector shows it."""
        self.node(pathway).locator(".fe-card", has_text=name).click()
        expect(self.page.locator("#bd-open-title")).to_contain_text(name)

    def open_tab(self, name: str) -> None:
        """A tab of the inspector."""
        link = self.page.locator(f"[data-tab-link='{name}']")
        link.click()
        expect(link).to_have_attribute("aria-current", "page")

    def add_field(self, side: str, name: str, kind: str = "str") -> None:
        """One more input or output of the open agent's signature."""
        self.open_tab("signature")
        rows = self.page.locator(f"[id^='signature.{side}s['][id$='.name']")
        before = rows.count()
        self.page.get_by_role("button", name=f"Add an {side}").click()
        expect(rows).to_have_count(before + 1)
        self.page.locator(f"[id='signature.{side}s[{before}].name']").fill(name)
        self.page.locator(f"[id='signature.{side}s[{before}].type.kind']").select_option(kind)
        expect(self.page.locator(".bd-row[aria-current]")).to_contain_text(name, timeout=SAVED_MS)

    def port(self, name: str, side: str) -> tuple[float, float]:
        box = self.node(name).locator(f".react-flow__handle[data-handleid='{side}']").bounding_box()
        assert box is not None, f"{name} has no port {side}"
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    @contextmanager
    def pulling(self, source: str) -> Iterator[None]:
        """The mouse holds a connection of ``source``; it is dropped where the mouse is at the end."""
        mouse, (x, y) = self.page.mouse, self.port(source, "out")
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 30, y + 30, steps=4)
        yield
        mouse.up()

    def show_all(self) -> None:
        """Everything in view, as large as it can be."""
        self.page.get_by_role("button", name="Show everything").click()
        self.page.evaluate(STILL)

    def connect(self, source: str, target: str, kind: str, text: str = "", *, back: bool = False) -> None:
        """Pulls from port to port and answers the window."""
        self.show_all()
        with self.pulling(source):
            self.page.mouse.move(*self.port(target, "in"), steps=8)
        window = self.window()
        window.get_by_role("radio", name=kind).check()
        if text:
            window.get_by_role("textbox").first.fill(text)
        if back:
            window.get_by_role("checkbox", name="Come back").check()
        window.get_by_role("button", name="Connect").click()

    def move(self, name: str, dx: int, dy: int) -> None:
        """Drags a node by its title."""
        box = self.node(name).locator(".fe-title").bounding_box()
        assert box is not None
        x, y = box["x"] + 10, box["y"] + 8
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=8)
        self.page.mouse.up()
