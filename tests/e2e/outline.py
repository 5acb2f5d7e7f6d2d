"""The hands of a person at the outline of the builder, who has a keyboard only: the focus goes by Tab and by arrow keys."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import Person

SAVED_MS = 10_000
STEPS = """goal => {
  const here = document.activeElement;
  const can = (one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true });
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
  const steps = all.filter((one) => one === goal || one === here || can(one));
  return here === goal ? 0 : steps.indexOf(goal) - steps.indexOf(here);
}"""


def reach(goal: Locator) -> None:
    """The focus on ``goal`` by Tab, as often as it takes."""
    page = goal.page
    for _ in range(8):
        steps: int = goal.evaluate(STEPS)
        if not steps:
            break
        for _ in range(abs(steps)):
            page.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
    expect(goal).to_be_focused()


def press(goal: Locator) -> None:
    reach(goal)
    goal.page.keyboard.press("Enter")


def new_journey(person: Person, name: str) -> None:
    """An empty journey, made by keyboard; its builder is open."""
    page = person.page
    page.goto("/journeys/new/")
    reach(page.get_by_label("Name", exact=True))
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/build/")
    press(page.get_by_role("link", name="Outline", exact=True))
    page.wait_for_url("**view=outline**")
    expect(page.locator(".bd-row")).to_have_count(1)


def to_row(page: Page, at: str) -> None:
    """The focus on a row, by arrow keys from wherever in the outline it is."""
    page.keyboard.press("Escape")
    reach(page.locator(".bd-row").first)
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
    reach(control)
    options = control.locator("option")
    values = [options.nth(n).get_attribute("value") for n in range(options.count())]
    page.keyboard.press("Home")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")
    expect(control).to_have_value(value)


def write(goal: Locator, text: str) -> None:
    """In place of what stands there."""
    reach(goal)
    goal.page.keyboard.press("Control+a")
    goal.page.keyboard.insert_text(text)


def send(goal: Locator, text: str) -> None:
    write(goal, text)
    goal.page.keyboard.press("Enter")


def open_tab(page: Page, name: str) -> None:
    press(page.locator(f"[data-tab-link='{name}']"))
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


def add_field(page: Page, side: str, name: str, kind: str = "Text") -> None:
    """One more input or output of the open agent's signature; ``kind`` is what the list of types calls it."""
    open_tab(page, "signature")
    rows = page.locator(f"[id^='signature.{side}s['][id$='.name']")
    before = rows.count()
    press(page.locator(f"[id='add:signature.{side}s']"))
    expect(page.locator(f"[id='signature.{side}s[{before}].name']")).to_be_focused()
    page.keyboard.type(name)
    of = page.locator(f"[id='signature.{side}s[{before}].type.kind']")
    reach(of)
    page.keyboard.type(kind[:3])
    expect(of.locator("option:checked")).to_have_text(kind)
    page.keyboard.press("Tab")
    expect(page.locator(".bd-row[aria-current]")).to_contain_text(name, timeout=SAVED_MS)


def set_rules(page: Page, rules: str) -> None:
    """What the demo model says for the open agent."""
    open_tab(page, "configure")
    if not page.locator("#demo").is_visible():
        press(page.locator("#bd-inspector details:has(#demo) > summary"))
    write(page.locator("#demo"), rules)
    page.keyboard.press("Tab")


def connect(page: Page, source: str, target: str, link: str, text: str = "") -> None:
    to_row(page, f"pathway:{source}")
    page.keyboard.press("c")
    expect(page.locator("#connect-to")).to_be_focused()
    choose(page, "connect-to", target)
    choose(page, "connect-link", link)
    reach(page.locator("#connect-text"))
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#connect-to")).to_be_hidden()


def publish(page: Page) -> None:
    press(page.locator(".bd-publish summary"))
    press(page.get_by_role("button", name="Publish this draft"))
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
