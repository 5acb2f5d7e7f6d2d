"""The served product and a browser for every test of this folder.

``site`` is embedded unless a test asks for ``production``. The browser is closed when the folder's tests are over, because
Playwright keeps an event loop running in the thread that pytest uses.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.e2e.people import Person
from tests.factories.site import Site
from tests.servers import production_environment

FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCRIPT = str(Path(__file__).parent / "script.json")  # what the scripted model says, for agents that name it
TOKENS_PER_S = "40"  # slow enough to be caught in the middle of an answer

expect.set_options(timeout=15_000)  # two of these tests run beside each other, each with a site of its own

NewPerson = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Playwright's own Chromium, or the system's."""
    program = os.environ.get("KAIZEN_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=flags)
        except Error as error:
            pytest.skip(f"no Chromium can be started: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sites(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Site]]:
    """Starts the site of a tier once and keeps it for the folder's tests."""
    started: dict[str, Site] = {}
    with ExitStack() as ending:

        def get(tier: str) -> Site:
            if tier not in started:
                environ = {
                    "KAIZEN_DEMO_TOKENS_PER_S": TOKENS_PER_S,
                    "KAIZEN_DEFAULT_PROVIDER": "demo",
                    "KAIZEN_SCRIPTED": SCRIPT,
                }
                if tier == "production":
                    servers = [request.getfixturevalue(name) for name in ("postgresql_server", "redis_server")]
                    environ |= ending.enter_context(production_environment(*servers))
                started[tier] = site = Site(tmp_path_factory.mktemp(tier), environ)
                ending.callback(site.kill)
                ending.callback(site.stop)
                site.start()
                site.wait_ready()
                site.key = site.make_key()
            return started[tier]

        yield get


@pytest.fixture
def site(sites: Callable[[str], Site], request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site of a tier, shared by the folder's tests. What a test leaves waiting is stopped: the inbox is one for all."""
    site = sites(getattr(request, "param", "embedded"))
    yield site
    for _ in range(3):  # a child that is stopped may let its parent ask again
        waiting = site.call("GET", "/api/v1/approvals?limit=200").body["items"]
        for run in {request["run_id"] for request in waiting}:
            site.call("POST", f"/api/v1/runs/{run}/cancel", {})
        if not waiting:
            break


@pytest.fixture
def new_person(chromium: Browser, site: Site) -> Iterator[NewPerson]:
    """Makes people with browsers of their own; at the end none of them may have seen an error."""
    people: list[Person] = []

    def make(**context: Any) -> Person:
        person = Person(chromium, site.url, **context)
        people.append(person)
        return person

    yield make
    problems = [problem for person in people for problem in person.problems]
    for person in people:
        person.close()
    assert problems == []


@pytest.fixture
def alice(new_person: NewPerson, site: Site) -> Person:
    """The owner, signed in by a one-time link."""
    person = new_person()
    person.follow(owner_link(site))
    return person


@pytest.fixture
def bob(new_person: NewPerson, alice: Person) -> Person:
    """Another member of Alice's organization, invited by her as an operator."""
    return invited(new_person, alice, "operator", "Bob")


def invited(new_person: NewPerson, host: Person, role: str, name: str) -> Person:
    """A new member of the organization of ``host``, in a browser of their own."""
    email = f"{name.lower()}-{os.urandom(4).hex()}@example.org"
    host.page.goto("/members/")
    host.page.locator("form[action$='/invite/'] input[type=email]").fill(email)
    host.page.locator("form[action$='/invite/'] select").select_option(role)
    host.page.locator("form[action$='/invite/'] button").click()
    found = re.search(r"https?://[^\s\"'<]+/invitation/[^\s\"'<]+", host.page.content())
    assert found, host.page.inner_text("main")
    person = new_person()
    person.page.goto(found.group().replace("&amp;", "&"))
    for field in person.page.locator("input[type=password]").all():
        field.fill("correct horse battery staple")
    for field in person.page.locator("main input[type=text]:not([hidden])").all():
        field.fill(name)
    person.page.get_by_role("button", name="Make my account and join").click()
    person.page.wait_for_url(lambda address: "/invitation/" not in address)
    return person


@pytest.fixture
def charlie(new_person: NewPerson, site: Site) -> Person:
    """The owner of another organization."""
    email = f"charlie-{os.urandom(4).hex()}@example.org"
    person = new_person()
    person.follow(_link(site.manage("kaizen", "create-owner", "--email", email, "--organization", f"Elsewhere {email}"), site))
    return person


def owner_link(site: Site) -> str:
    return _link(site.manage("kaizen", "sign-in-link", "owner@localhost"), site)


def _link(printed: str, site: Site) -> str:
    found = re.search(r"/sign-in/link/\S+", printed)
    assert found, printed
    return site.url + found.group()
