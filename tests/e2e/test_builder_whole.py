"""A whole journey from an empty canvas to a conversation, once by mouse and once by keyboard in the outline: three pathways,
agents whose signatures grow by fields, a typed mapping, an intent with a way back, and an approval that a person decides."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import outline as hands
from tests.e2e.canvas import SAVED_MS, Canvas
from tests.e2e.people import ANSWER_MS, Person
from tests.factories.site import Site

Rules = list[dict[str, object]]
NURSE: Rules = [
    {
        "when": [r"re:(?P<symptom>headache|back pain) for (?P<days>\d+) days"],
        "set": {"symptom": "{symptom}", "days": "{days}", "response": "A {symptom}, noted."},
    },
    {"set": {"response": "What hurts, and for how many days?"}},
]
BOOKER: Rules = [
    {"call": "current_time", "args": {}},
    {"after": "current_time", "set": {"response": "Booked because of: {complaint}, since {since} days."}},
]
HELPER: Rules = [{"set": {"response": "We are open from eight to six."}}]

TALK = (
    ("What are your opening hours?", "We are open from eight to six."),
    ("I feel bad", "What hurts"),
    ("I have a headache for 3 days", "A headache, noted."),
)


@pytest.fixture
def canvas(alice: Person, site: Site) -> Canvas:
    """An empty journey."""
    return Canvas(alice, site)


def test_a_journey_is_built_on_the_canvas_by_mouse_published_and_talked_to(canvas: Canvas) -> None:
    page = canvas.open()
    build_pathways(canvas)
    build_agents(canvas)
    canvas.connect("intake", "questions", "Intent", "opening hours", back=True)
    canvas.connect("booking", "end", "Next")
    map_by_mouse(canvas)
    canvas.saved()
    assert canvas.draft["entry"] == "intake"
    assert canvas.pathway("intake")["next"] == "booking"
    assert set(canvas.pathway("intake")["accumulate"]) == {"symptom", "days"}
    assert canvas.pathway("booking")["bindings"] == {"complaint": "symptom", "since": "=string(days)"}
    assert canvas.pathway("questions")["return_behavior"]["kind"] == "previous"
    assert canvas.draft["transitions"][0]["trigger"]["intents"] == ["opening hours"]
    expect(page.locator(".fe-pill").filter(has_text="intent: opening hours")).to_be_visible()
    expect(page.locator(".fe-pill").filter(has_text="returns")).to_be_visible()

    page.locator(".bd-publish > summary").click()
    page.get_by_role("button", name="Publish this draft").click()
    expect(page.locator(".kz-toast").first).to_contain_text("Version 1")
    page.get_by_role("link", name="Open the playground").click()
    page.wait_for_url("**/playground/")
    talk(canvas.person, press=Locator.click, write=type_in)


def type_in(goal: Locator, text: str) -> None:
    goal.fill(text)
    goal.press("Enter")


def build_pathways(canvas: Canvas) -> None:
    """Three, one of them by letting go of a connection over nothing."""
    page = canvas.page
    page.get_by_role("button", name="Add the first pathway").click()
    canvas.window().get_by_role("button", name="New pathway").click()
    canvas.name_it("Intake")
    expect(canvas.node("intake")).to_contain_text("entry")
    canvas.move("intake", -260, -120)
    canvas.add_pathway("Questions")
    canvas.move("questions", 60, 220)
    with canvas.pulling("intake"):
        page.mouse.move(640, 300, steps=6)
    expect(canvas.window()).to_contain_text("What comes after Intake?")
    canvas.window().get_by_role("button", name="New pathway").click()
    canvas.name_it("Booking")
    canvas.window().get_by_role("radio", name="Next").check()
    canvas.window().get_by_role("button", name="Connect").click()
    canvas.saved()
    assert canvas.places["questions"]["y"] > canvas.places["intake"]["y"]


def build_agents(canvas: Canvas) -> None:
    """One in each pathway, dragged from the palette; what they take and give, and that the booker's tool is asked for first."""
    page = canvas.page
    for pathway, name, rules in (("intake", "Nurse", NURSE), ("booking", "Booker", BOOKER), ("questions", "Helper", HELPER)):
        canvas.show_all()
        canvas.pull_from_palette("New agent", pathway)
        canvas.name_it(name)
        canvas.saved()
        canvas.open_agent(pathway, name)
        if not page.locator("#demo").is_visible():
            page.locator("#bd-inspector details:has(#demo) > summary").click()
        page.get_by_label("Rules of the demo model").fill(json.dumps(rules))
    canvas.open_agent("intake", "Nurse")
    canvas.add_field("output", "symptom")
    canvas.add_field("output", "days", "int")
    canvas.open_agent("booking", "Booker")
    canvas.add_field("input", "complaint")
    canvas.add_field("input", "since")
    canvas.open_tab("policy")
    page.get_by_role("checkbox", name="current_time", exact=True).check()
    page.locator("[id='tools[current_time].ask']").check()
    asks = canvas.node("booking").locator(".fe-asks")
    expect(asks).to_have_attribute("title", "A person approves: current_time", timeout=SAVED_MS)


def map_by_mouse(canvas: Canvas) -> None:
    """Connected once more, the window of the connection shows which fields fit; what does not is mended in the inspector."""
    page = canvas.page
    canvas.show_all()
    with canvas.pulling("intake"):
        expect(canvas.node("booking").locator(".fe-node")).to_have_attribute("data-fit", "no")
        expect(canvas.node("booking").locator(".fe-why")).to_contain_text("complaint")
        expect(canvas.node("questions").locator(".fe-node")).to_have_attribute("data-fit", "yes")
        page.mouse.move(*canvas.port("booking", "in"), steps=8)
    complaint, since = (canvas.window().locator("tr", has_text=name) for name in ("complaint", "since"))
    complaint.get_by_role("combobox").select_option("symptom")
    expect(complaint).to_contain_text("fits")
    since.get_by_role("combobox").select_option("days")
    expect(since).to_contain_text("does not fit")
    canvas.window().get_by_role("radio", name="Next").check()
    canvas.window().get_by_role("button", name="Connect").click()
    broken = page.locator(".fe-edge[data-mapping='broken']")
    expect(broken).to_have_count(1, timeout=SAVED_MS)
    canvas.node("booking").locator(".fe-title").click()
    expect(page.locator(".bd-open")).to_have_attribute("data-at", "pathway:booking")
    canvas.open_tab("mapping")
    page.locator(".bd-map", has_text="since").get_by_role("button", name="Convert: string(days)").click()
    expect(broken).to_have_count(0, timeout=SAVED_MS)
    with canvas.pulling("intake"):
        expect(canvas.node("booking").locator(".fe-node")).to_have_attribute("data-fit", "yes")
        page.mouse.move(900, 700)
    page.keyboard.press("Escape")


def map_by_keyboard(page: Page) -> None:
    """Each input takes a field of another name; one is of another type, which is told and mended."""
    hands.open_row(page, "pathway:booking")
    hands.open_tab(page, "mapping")
    complaint, since = (page.locator(".bd-map", has_text=name) for name in ("complaint", "since"))
    expect(complaint).to_contain_text("nothing feeds it")
    hands.choose(page, "map-intake-complaint", "symptom")
    hands.press(complaint.get_by_role("button", name="Map"))
    expect(complaint).to_contain_text("fits")
    hands.choose(page, "map-intake-since", "days")
    hands.press(since.get_by_role("button", name="Map"))
    expect(since).to_contain_text("does not fit")
    expect(page.locator("#bd-outline [data-mapping='broken']")).to_be_visible()
    hands.press(since.get_by_role("button", name="Convert: string(days)"))
    expect(since).to_contain_text("fits")
    expect(page.locator("#bd-outline [data-mapping='broken']")).to_have_count(0)


def test_a_journey_is_built_in_the_outline_by_keyboard_published_and_talked_to(alice: Person) -> None:
    page = alice.page
    hands.new_journey(alice, "Keyboard clinic")
    for title in ("Intake", "Booking", "Questions"):
        hands.add_pathway(page, title, title.lower())
    for pathway, name, rules in (("intake", "Nurse", NURSE), ("booking", "Booker", BOOKER), ("questions", "Helper", HELPER)):
        hands.add_agent(page, pathway, name, name.lower())
        hands.open_row(page, f"agent:{name.lower()}:{pathway}")
        hands.set_rules(page, json.dumps(rules))
    hands.connect(page, "intake", "booking", "next")
    hands.connect(page, "intake", "questions", "detour", "opening hours")
    hands.connect(page, "booking", "end", "next")
    hands.row(page, "transition:t1")
    expect(page.locator(".bd-row[data-at='pathway:questions']")).to_contain_text("back to where it came from")

    hands.open_row(page, "agent:nurse:intake")
    hands.add_field(page, "output", "symptom")
    hands.add_field(page, "output", "days", "Whole number")
    hands.open_row(page, "agent:booker:booking")
    hands.add_field(page, "input", "complaint")
    hands.add_field(page, "input", "since")
    hands.open_tab(page, "policy")
    for part in ("use", "ask"):
        hands.reach(page.locator(f"[id='tools[current_time].{part}']"))
        page.keyboard.press("Space")
    expect(page.locator(".bd-row[data-at='agent:booker:booking']")).to_contain_text("asks first")
    map_by_keyboard(page)
    expect(page.locator("#bd-problems .kz-chip[data-tone=bad]")).to_have_count(0)

    hands.publish(page)
    hands.press(page.get_by_role("link", name="Open the playground"))
    page.wait_for_url("**/playground/")
    talk(alice, press=hands.press, write=hands.send)


def talk(person: Person, *, press: Callable[[Locator], None], write: Callable[[Locator, str], None]) -> None:
    """Through the detour and back, over the mapping, to the approval that is decided."""
    page = person.page
    press(page.get_by_role("button", name="New session"))
    page.wait_for_url("**/sessions/*/")

    def say(text: str) -> None:
        write(page.get_by_label("Message", exact=True), text)

    for text, answer in TALK:
        say(text)
        expect(page.locator(".turn").last.locator("[data-reply]")).to_contain_text(answer, timeout=ANSWER_MS)
        expect(page.locator(".turn[data-going], .turn-local")).to_have_count(0)
    say("Please book it")
    approval = page.locator("[data-approval-card][data-open]")
    expect(approval).to_contain_text("current_time", timeout=ANSWER_MS)
    press(approval.get_by_role("button", name="Approve").first)
    reply = page.locator(".turn").last.locator("[data-reply]")
    expect(reply).to_contain_text("Booked because of: headache, since 3 days.", timeout=ANSWER_MS)
    assert person.problems == []
