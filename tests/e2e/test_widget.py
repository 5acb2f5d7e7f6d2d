"""The widget in a page of another origin: talks, survives a reload, is refused elsewhere, has no accessibility fault."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.people import ANSWER_MS, Person
from tests.factories.site import Site

JOURNEY = "healthcare-referral"


class Shop:
    """A tiny web server of somebody else: one page that embeds the widget by one script tag, under a strict policy."""

    def __init__(self) -> None:
        self.html, self.policy = "", ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", shop.policy)
                self.end_headers()
                self.wfile.write(shop.html.encode())

            def log_message(self, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def embed(self, script: str, site: str) -> None:
        self.policy = f"default-src 'none'; script-src {site}; connect-src {site}; img-src 'self' data:"
        self.html = (
            "<!doctype html><html lang='en'><head><title>Shop</title><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'></head>"
            f"<body><main><h1>A shop</h1><p>Buy shoes.</p></main><script src='{script}'></script></body></html>"
        )


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def deployed(alice: Person, shop: Shop, site: Site) -> str:
    """The address of the healthcare journey's widget, which the shop may embed."""
    alice.use_healthcare()
    alice.page.goto(f"/journeys/{JOURNEY}/deploy/")
    alice.page.get_by_label("The widget is switched on").check()
    alice.page.get_by_label("Allowed origins, one a line").fill(shop.origin)
    alice.page.get_by_role("button", name="Save", exact=True).first.click()
    expect(alice.page.get_by_text("Saved.")).to_be_visible()
    script = str(alice.page.locator("[data-copy*='/widget/']").first.get_attribute("data-copy")).split('"')[1]
    shop.embed(script, site.url)
    return script


def say(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.keyboard.press("Enter")


def answers(page: Page) -> int:
    return page.locator(".msg.assistant:not(.live)").count()


def test_a_page_of_another_origin_embeds_the_widget_and_chats(new_person: NewPerson, shop: Shop, deployed: str) -> None:
    visitor = new_person()
    page = visitor.page
    page.goto(shop.origin)
    launcher = page.get_by_role("button", name="Open the chat")
    launcher.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(page.get_by_label("Write a message")).to_be_focused()
    before = answers(page)
    say(page, "I have back pain")
    expect(page.locator(".msg.user")).to_have_text(["You: I have back pain"])
    expect(page.locator(".msg.assistant:not(.live)")).to_have_count(before + 1, timeout=ANSWER_MS)
    page.reload()
    expect(page.locator(".msg.user")).to_have_text(["You: I have back pain"])
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Write a message").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Open the chat")).to_be_focused()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_the_widget_has_no_accessibility_fault(
    new_person: NewPerson, shop: Shop, deployed: str, scheme: str, width: int
) -> None:
    visitor = new_person(color_scheme=scheme)
    visitor.forgiven = ("Applying inline style", "Loading the stylesheet")  # what axe itself tries in the page
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(shop.origin)
    page.get_by_role("button", name="Open the chat").click()
    say(page, "I have back pain")
    expect(page.locator(".msg.assistant:not(.live)")).to_have_count(2, timeout=ANSWER_MS)
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_that_is_not_allowed_gets_no_chat(new_person: NewPerson, shop: Shop, deployed: str, site: Site) -> None:
    other = Shop()
    other.embed(deployed, site.url)
    visitor = new_person()
    visitor.forgiven = ("CORS policy", "403", "Failed to load resource", "net::ERR_FAILED")
    warned: list[str] = []
    visitor.page.on("console", lambda said: warned.append(said.text))
    visitor.page.goto(other.origin)
    visitor.page.wait_for_timeout(1000)
    assert visitor.page.locator("#kaizen-chat").count() == 0
    assert any("Chat:" in text for text in warned)
    other.server.shutdown()
    other.server.server_close()


def test_a_link_continues_on_another_device(new_person: NewPerson, shop: Shop, deployed: str) -> None:
    page = new_person().page
    page.goto(shop.origin)
    page.get_by_role("button", name="Open the chat").click()
    words = f"I have back pain {uuid.uuid4().hex[:6]}"
    say(page, words)
    expect(page.locator(".msg.assistant:not(.live)")).to_have_count(2, timeout=ANSWER_MS)
    page.get_by_role("button", name="Continue on another device").click()
    link = page.get_by_label("Continue on another device").input_value()
    phone = new_person().page
    phone.set_viewport_size({"width": 390, "height": 780})
    phone.goto(link)
    expect(phone.locator(".msg.user")).to_have_text([f"You: {words}"])
    assert "#resume" not in phone.url
