"""A field is renamed in the builder: the edges that it breaks are marked, one button follows the name everywhere, and the
draft can be published."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.canvas import SAVED_MS, Canvas
from tests.e2e.people import Person
from tests.e2e.test_builder_canvas import TEXT, agent
from tests.factories.site import Site

CLINIC = {
    "kind": "journey",
    "name": "Renaming",
    "entry": "intake",
    "budget_microusd": 500_000,
    "pathways": [
        {"id": "intake", "agents": ["asker"], "accumulate": ["symptom"], "complete_when": ["symptom"], "next": "booking"},
        {"id": "booking", "agents": ["booker"], "bindings": {"complaint": "symptom"}, "next": "end"},
        {"id": "faq", "return_behavior": {"kind": "previous"}},
    ],
    "transitions": [
        {
            "id": "book",
            "from_pathways": ["intake"],
            "to_pathway": "booking",
            "trigger": {"kind": "intent", "intents": ["book"]},
            "guard": "has(symptom)",
        },
        {"id": "ask", "from_pathways": ["intake"], "to_pathway": "faq", "trigger": {"kind": "intent", "intents": ["help"]}},
    ],
    "agents": {
        "asker": agent({"message": TEXT}, {"response": TEXT, "symptom": TEXT}),
        "booker": agent({"message": TEXT, "complaint": TEXT}, {"response": TEXT}),
    },
}
WATCH = """() => {
  const seen = window.renaming = {};
  addEventListener('change', () => { seen.edited ??= performance.now(); }, true);
  const fetched = window.fetch;
  window.fetch = async (...args) => {
    const answer = await fetched(...args);
    if (args[1]?.method === 'POST' && seen.edited) seen.answered ??= performance.now();
    return answer;
  };
  const red = () => {
    if (!document.querySelector('.fe-edge[data-mapping=broken]')) return;
    seen.red ??= performance.now();
    watcher.disconnect();
  };
  const watcher = new MutationObserver(red);
  watcher.observe(document.querySelector('flow-editor'), { subtree: true, childList: true, attributes: true });
}"""


@pytest.fixture
def renaming(alice: Person, site: Site) -> Canvas:
    """Intake keeps a field that booking reads by its mapping, and that a guard reads too."""
    return Canvas(alice, site, CLINIC)


def test_a_renamed_field_marks_the_edges_it_breaks_and_is_followed_everywhere_by_one_button(renaming: Canvas) -> None:
    page = renaming.open()
    edges, pills = page.locator(".fe-edge[data-mapping='broken']"), page.locator(".fe-pill:has(.fe-mapping)")
    rows = page.locator("#bd-outline [data-mapping='broken']")
    expect(edges).to_have_count(0)
    expect(rows).to_have_count(0)
    renaming.node("intake").locator(".fe-card").click()
    expect(page.locator(".bd-open")).to_have_attribute("data-at", "agent:asker:intake")
    page.locator("[data-tab-link='signature']").click()
    expect(page.locator("[data-tab-link='signature']")).to_have_attribute("aria-current", "page")
    name = page.locator("[id='signature.outputs[1].name']")
    expect(name).to_have_value("symptom")
    page.evaluate(WATCH)
    name.fill("symptoms_told")
    name.press("Tab")

    expect(edges).to_have_count(2, timeout=SAVED_MS)
    expect(pills).to_have_count(2)
    expect(pills.first).to_contain_text("mapping broken")  # an icon and words beside the colour
    expect(page.locator(".react-flow__edge[data-id='next:intake'] .fe-edge")).to_have_attribute("data-tone", "bad")
    expect(page.locator(".react-flow__edge[data-id='t:ask:intake'] .fe-edge")).to_have_attribute("data-tone", "plain")
    expect(page.locator(".bd-row[data-at='transition:book'] [data-mapping='broken']")).to_be_visible()
    expect(page.locator(".bd-row[data-at='pathway:intake'] [data-mapping='broken']")).to_be_visible()
    expect(rows).to_have_count(2)
    seen = page.evaluate("window.renaming")
    after_answer, after_edit = seen["red"] - seen["answered"], seen["red"] - seen["edited"]
    print(f"\na broken edge is marked {after_answer:.0f} ms after the server's answer, {after_edit:.0f} ms after the edit")

    page.locator("#bd-problems").get_by_role("button", name="Rename 'symptom' to 'symptoms_told' everywhere").first.click()
    expect(edges).to_have_count(0, timeout=SAVED_MS)
    expect(rows).to_have_count(0)
    expect(page.locator("#bd-problems .kz-chip[data-tone=bad]")).to_have_count(0)
    assert renaming.pathway("booking")["bindings"] == {"complaint": "symptoms_told"}
    assert renaming.draft["transitions"][0]["guard"] == "has(symptoms_told)"

    page.locator(".bd-publish > summary").click()
    page.get_by_role("button", name="Publish this draft").click()
    expect(page.locator(".kz-toast").first).to_contain_text("Version 1")
    assert renaming.person.problems == []
