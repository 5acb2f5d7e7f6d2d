"""A person with a browser of their own: signs in, talks, decides. Fails the test on any error in the browser's console."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

ANSWER_MS = 30_000
ANSWERED = (
    "n => document.querySelectorAll('.turn[data-run]').length > n && !document.querySelector('.turn[data-going], .turn-local')"
)
TIME = re.compile(r"\w+day \d+ \w+ at \d\d:\d\d")


class Person:
    """One browser context. ``problems`` holds console errors, script errors and refusals of the content policy."""

    def __init__(self, browser: Browser, url: str, **context: Any):
        self.url = url
        self.context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 860}, **context)
        self.context.set_default_timeout(15_000)
        self.problems: list[str] = []
        self.forgiven: tuple[str, ...] = ()
        self.page = self.open_page()

    def open_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self.forgiven):
            self.problems.append(f"{message.text} ({message.location.get('url', '')})")

    def follow(self, link: str) -> None:
        """Opens a one-time link and presses the button that uses it."""
        self.page.goto(link)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda address: "/sign-in/" not in address)

    def use_healthcare(self) -> None:
        """From the gallery to the playground: two clicks."""
        self.page.goto("/gallery/")
        self.page.get_by_role("button", name="Use Healthcare referral").click()
        self.page.wait_for_url("**/playground/")

    def new_session(self) -> str:
        """A fresh session of the healthcare journey; its address."""
        self.page.goto("/journeys/healthcare-referral/playground/")
        self.page.get_by_role("button", name="New session").click()
        self.page.wait_for_url("**/sessions/*/")
        return self.page.url

    def write(self, text: str) -> None:
        self.page.get_by_label("Message", exact=True).fill(text)
        self.page.keyboard.press("Enter")

    def say(self, text: str) -> str:
        """Writes, waits for the whole answer, and returns it."""
        before = self.page.locator(".turn[data-run]").count()
        self.write(text)
        self.page.wait_for_function(ANSWERED, arg=before, timeout=ANSWER_MS)
        return self.last_reply()

    def last_reply(self) -> str:
        return self.page.locator(".turn").last.locator("[data-reply]").inner_text()

    def last_route(self) -> str:
        """The pathway chip of the last turn."""
        return " ".join(self.page.locator(".turn").last.locator(".turn-foot .kz-chip").inner_text().split())

    def ask_for_booking(self) -> list[str]:
        """Talks until the booking tool asks a person for the first free time; all free times, such as ``09:00``."""
        self.say("I have back pain")
        self.say("It is mild. Mornings please")
        self.say("Yes, show me doctors")
        offered = TIME.findall(self.say("Dr. Chen please"))
        self.write(offered[0])
        expect(self.page.locator("[data-approval-card][data-open]")).to_be_visible(timeout=ANSWER_MS)
        return offered

    def close(self) -> None:
        self.context.close()
