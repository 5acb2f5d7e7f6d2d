"""Building a journey on the canvas, by mouse and by keys: what is drawn is what is saved, and nothing is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from tests.e2e.canvas import Canvas
from tests.e2e.conftest import NewPerson, owner_link
from tests.e2e.people import Person
from tests.factories.site import Site

TEXT = {"kind": "str"}


def agent(inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    fields = [[{"name": name, "type": of} for name, of in side.items()] for side in (inputs, outputs)]
    return {
        "kind": "agent",
        "name": "A",
        "signature": {"kind": "signature", "name": "S", "inputs": fields[0], "outputs": fields[1]},
    }


MAPPED: dict[str, Any] = {
    "kind": "journey",
    "name": "Mapped",
    "entry": "intake",
    "pathways": [{"id": "intake", "agents": ["asker"]}, {"id": "booking", "agents": ["booker"]}, {"id": "faq"}],
    "transitions": [],
    "agents": {
        "asker": agent({"message": TEXT}, {"response": TEXT, "symptom": TEXT}),
        "booker": agent({"message": TEXT, "complaint": TEXT}, {"response": TEXT}),
    },
}


@pytest.fixture
def canvas(alice: Person, site: Site) -> Canvas:
    """An empty journey."""
    return Canvas(alice, site)


@pytest.fixture
def mapped(alice: Person, site: Site) -> Canvas:
    """Two pathways whose fields do not have the same names, and a third without an agent."""
    return Canvas(alice, site, MAPPED)


def test_the_keyboard_adds_connects_renames_moves_removes_and_takes_back(canvas: Canvas) -> None:
    page = canvas.open()
    page.locator(".react-flow__node[data-id='end']").focus()
    for title in ("Intake", "Booking"):
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        canvas.node(title.lower()).focus()
    page.keyboard.press("F2")
    page.keyboard.type("Appointment")
    page.keyboard.press("Enter")
    expect(canvas.node("booking")).to_contain_text("Appointment")
    canvas.node("intake").focus()
    page.keyboard.press("c")
    expect(canvas.window()).to_contain_text("Connect Intake to")
    page.keyboard.press("Enter")
    expect(canvas.window()).to_contain_text("Intake → Appointment")
    page.keyboard.press("Tab")
    page.keyboard.type("book")
    page.keyboard.press("Enter")
    expect(page.locator("[data-say]")).to_have_text("Connected Intake to Appointment")
    canvas.saved()
    assert canvas.draft["transitions"][0]["trigger"]["intents"] == ["book"]

    canvas.node("intake").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    canvas.saved()
    moved, undo = canvas.places["intake"], page.locator(".bd-undo button[value='undo']")
    expect(undo).to_have_accessible_name("Undo: Moved Intake")
    page.keyboard.press("Control+z")  # three keys, one change
    expect(page.locator("[data-say]")).to_have_text("Undid: Moved Intake")
    assert canvas.places["intake"]["y"] < moved["y"]
    page.keyboard.press("Control+z")
    expect(page.locator(".fe-pill")).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(page.locator(".fe-pill")).to_have_count(1)
    canvas.saved()
    canvas.node("booking").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(canvas.window()).to_contain_text("Intake leads to Appointment")
    canvas.window().get_by_role("button", name="Remove").click()
    expect(canvas.node("booking")).to_have_count(0)
    canvas.saved()
    assert [row["id"] for row in canvas.draft["pathways"]] == ["intake"]
    assert canvas.draft["transitions"] == []
    expect(undo).to_have_accessible_name("Undo: Removed Appointment")
    undo.click()  # the same list by its button
    expect(page.locator(".fe-pathway")).to_have_count(2)
    expect(page.locator(".fe-pill")).to_have_count(1)
    page.locator(".bd-dock summary", has_text="Log").click()
    expect(page.locator("#bd-log")).to_contain_text("Undid: Removed Appointment")


def test_pathways_are_copied_into_another_journey_with_what_is_between_them(mapped: Canvas, alice: Person, site: Site) -> None:
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = mapped.open()
    mapped.connect("intake", "booking", "Intent", "book")
    mapped.node("faq").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    other = Canvas(alice, site)
    other.open()
    other.node("end").focus()
    page.keyboard.press("Control+v")
    expect(page.locator(".fe-pathway")).to_have_count(3)
    other.saved()
    assert set(other.draft["agents"]) == {"asker", "booker"}
    assert [t["to_pathway"] for t in other.draft["transitions"]] == ["booking"]
    page.keyboard.press("Control+v")
    expect(other.node("intake_2")).to_be_visible()


def test_changes_survive_a_lost_network_and_a_reload(canvas: Canvas) -> None:
    canvas.person.forgiven = ("Failed to load resource", "ERR_")
    page = canvas.open()
    lost = re.compile(r"/build/edit/$")

    def refuse(route: Route) -> None:
        route.abort()

    page.route(lost, refuse)
    canvas.add_pathway("Kept")
    canvas.add_pathway("Kept too")
    expect(page.locator(".fe-save")).to_contain_text("Offline: 2 changes kept")
    assert canvas.draft["pathways"] == []
    page.unroute(lost)
    page.reload()
    expect(canvas.node("kept_too")).to_be_visible()
    canvas.saved()
    assert [row["id"] for row in canvas.draft["pathways"]] == ["kept", "kept_too"]


def test_two_people_on_one_field_are_led_to_the_merge_and_nothing_is_overwritten(mapped: Canvas) -> None:
    mapped.person.forgiven = ("409",)
    page = mapped.open()
    seen = mapped.site.call("GET", f"/api/v1/journeys/{mapped.slug}", key=mapped.key).body
    theirs = {
        **seen["draft"],
        "pathways": [{**seen["draft"]["pathways"][0], "title": "Theirs"}, *seen["draft"]["pathways"][1:]],
    }
    body = {"draft": theirs, "expected_revision": seen["draft_revision"]}
    assert mapped.site.call("PUT", f"/api/v1/journeys/{mapped.slug}/draft", body, key=mapped.key).status == 200
    mapped.node("intake").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    save = page.locator(".fe-save [data-state='conflict']")
    expect(save).to_be_visible()
    assert mapped.pathway("intake")["title"] == "Theirs"
    save.get_by_role("link", name="Merge").click()
    expect(page.locator("main")).to_contain_text("Mine")
    expect(page.locator("main")).to_contain_text("Theirs")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_canvas_has_no_fault_that_axe_finds(mapped: Canvas, scheme: str) -> None:
    page = mapped.open()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    mapped.connect("intake", "faq", "Intent", "help", back=True)
    mapped.node("intake").click(position={"x": 40, "y": 14})
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_finger_pans_the_canvas_and_pulls_a_connection_on_a_phone(new_person: NewPerson, site: Site) -> None:
    person = new_person(has_touch=True)
    person.follow(owner_link(site))
    person.page.set_viewport_size({"width": 390, "height": 780})
    canvas = Canvas(person, site, MAPPED)
    page = canvas.open()
    session = person.context.new_cdp_session(page)

    def swipe(*points: tuple[float, float]) -> None:
        for n, (x, y) in enumerate(points):
            kind = "touchMove" if n else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            page.wait_for_timeout(60)  # a finger is slower than a program: the canvas draws between two points
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    page.locator("flow-editor").evaluate("box => box.scrollIntoView({ block: 'center' })")
    canvas.show_all()
    viewport = page.locator(".react-flow__viewport")
    before = viewport.get_attribute("style") or ""
    box = page.locator(".react-flow__pane").bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + box["height"] * 0.7
    swipe((x, y), (x + 20, y - 10), (x + 40, y - 20), (x + 60, y - 30))
    expect(viewport).not_to_have_attribute("style", before)
    canvas.show_all()
    expect(viewport).to_have_attribute("style", before)
    (x1, y1), (x2, y2) = canvas.port("intake", "out"), canvas.port("faq", "in")
    swipe((x1, y1), (x1 + 10, y1 + 5), ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - 4, y2), (x2, y2))
    expect(canvas.window()).to_contain_text("Intake → Faq")


def test_the_cards_of_agents_move_between_pathways_by_keys(mapped: Canvas) -> None:
    mapped.person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = mapped.open()
    card = page.locator(".fe-card-open:focus")
    mapped.node("intake").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(card).to_contain_text("A")
    page.keyboard.press("m")
    expect(mapped.window()).to_contain_text("Move A to")
    mapped.window().get_by_role("button", name="Booking").focus()
    page.keyboard.press("Enter")
    expect(mapped.node("booking").locator(".fe-card")).to_have_count(2)
    expect(mapped.node("booking").locator("[data-agent='asker'] .fe-card-open")).to_be_focused()
    page.keyboard.press("ArrowUp")
    mapped.saved()
    assert mapped.pathway("booking")["agents"] == ["asker", "booker"]
    assert not mapped.pathway("intake").get("agents")
    expect(card).to_be_visible()
    page.keyboard.press("Control+x")
    mapped.node("faq").focus()
    page.keyboard.press("Control+v")
    expect(mapped.node("faq").locator("[data-agent='asker']")).to_be_visible()
    mapped.saved()
    assert (mapped.pathway("faq")["agents"], mapped.pathway("booking")["agents"]) == (["asker"], ["booker"])
    mapped.node("faq").get_by_role("button", name="Actions of A").click()
    mapped.window().get_by_role("button", name="Take out").click()
    mapped.saved()
    assert "asker" not in mapped.draft["agents"]
    assert [row["id"] for row in mapped.draft["pathways"]] == ["intake", "booking", "faq"]


def test_agents_that_answer_together_stand_in_the_frame_of_their_pattern(alice: Person, site: Site) -> None:
    text = {"message": TEXT}, {"response": TEXT}
    team = {"id": "team", "agents": ["one", "two"]}
    named = {name: agent(*text) | {"name": name.title()} for name in ("one", "two", "three")}
    draft = MAPPED | {"entry": "team", "pathways": [team, {"id": "other", "agents": ["three"]}], "agents": named}
    canvas = Canvas(alice, site, draft)
    page = canvas.open()
    frame = canvas.node("team").locator(".fe-frame")
    expect(frame).to_have_attribute("data-shape", "sequential")
    frame.get_by_role("button", name="One after the other").click()
    canvas.window().get_by_role("button", name="All at once").click()
    expect(frame).to_have_attribute("data-shape", "parallel")
    expect(frame).to_contain_text("joined to one answer")
    canvas.saved()
    assert canvas.pathway("team")["pipeline"] == "parallel"
    canvas.show_all()
    canvas.node("other").locator(".fe-card").drag_to(frame.locator(".fe-slot"))
    expect(frame.locator(".fe-card b")).to_have_text(["One", "Two", "Three"])
    canvas.saved()
    assert canvas.pathway("team")["agents"] == ["one", "two", "three"]
    canvas.node("team").focus()
    page.keyboard.press("p")
    expect(canvas.window().get_by_role("button", name="All at once")).to_be_focused()
    canvas.window().get_by_role("button", name="One of them").click()
    expect(frame).to_have_attribute("data-shape", "router")
    canvas.saved()
    assert canvas.pathway("team")["pipeline"] == "router"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
