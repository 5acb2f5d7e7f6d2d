"""The builder without a browser: who sees it, what its forms and buttons do, that nothing of an odd draft is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from agents.core.spec.diff import diff_specs
from agents.models import Definition
from agents.services.definitions import create_definition, get_definition, publish_version
from journeys.core.spec import JourneySpec
from journeys.gallery.catalog import get_gallery_journey
from tests.factories.drafts import agent_draft, journey_draft
from tests.factories.page import Page
from tests.factories.people import People
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
HERE = "/journeys/referral/build/"
PARTS = {"X-Part": "all"}


@pytest.fixture
def journey(alice: Principal) -> Definition:
    return create_definition(alice, "journey", "referral", journey_draft("Hello."))


@pytest.fixture
def gallery(alice: Principal) -> Definition:
    from agents.core.spec.runnable import canonical

    draft = canonical(get_gallery_journey("healthcare-referral").journey.spec)
    return create_definition(alice, "journey", "referral", draft)


def draft_of(who: Principal) -> dict[str, Any]:
    return dict(get_definition(who, "journey", "referral").draft)


def do(tab: Client, revision: int, at: str = "", **fields: Any) -> Any:
    return tab.post(f"{HERE}do/", {"revision": revision, "at": at, **fields})


def form_at(tab: Client, at: str, part: str = "configure") -> dict[str, str]:
    """What the inspector's form would send as it was drawn."""
    return Page(tab.get(HERE, {"at": at, "tab": part})).forms["bd-form"]


def save(tab: Client, at: str, part: str = "configure", **typed: str) -> Any:
    return tab.post(f"{HERE}element/", form_at(tab, at, part) | typed)


def every_address() -> list[str]:
    return [HERE, f"{HERE}?view=canvas", f"{HERE}parts/", f"{HERE}state/"]


def test_builders_see_the_builder_and_strangers_see_nothing(people: People, journey: Definition) -> None:
    charlie = people.browser(people.charlie)
    for where in every_address():
        assert people.browser(people.alice).get(where).status_code == 200, where
        assert people.browser(people.bob).get(where).status_code == 200, where
        assert charlie.get(where).status_code == 404, where
        assert Client().get(where).status_code == 302, where
    for where in ("do/", "element/", "edit/", "undo/", "take-back/", "presence/"):
        answer = charlie.post(f"{HERE}{where}", "{}", content_type="application/json")
        assert answer.status_code == 404, where


def test_a_new_journey_is_empty_or_a_copy_and_opens_its_builder(tab: Client, alice: Principal, people: People) -> None:
    assert b"Healthcare referral" in tab.get("/journeys/new/").content
    assert tab.post("/journeys/new/", {"name": "Clinic visits"})["Location"] == "/journeys/clinic-visits/build/"
    assert tab.post("/journeys/new/", {"name": "Clinic visits"})["Location"] == "/journeys/clinic-visits-2/build/"
    copy = tab.post("/journeys/new/", {"name": "Mine", "slug": "own", "template": "healthcare-referral"})
    assert copy["Location"] == "/journeys/own/build/"
    made = get_definition(alice, "journey", "own").draft
    assert (made["name"], len(made["pathways"])) == ("Mine", 5)
    refused = tab.post("/journeys/new/", {"name": "Again", "slug": "own"})
    assert (refused.status_code, b"exists already" in refused.content, b'value="Again"' in refused.content) == (422, True, True)
    assert b"needs a name" in tab.post("/journeys/new/", {"name": " "}).content
    assert people.browser(people.charlie).get("/journeys/own/build/").status_code == 404


def test_buttons_of_the_outline_build_a_journey_without_a_script(tab: Client, alice: Principal) -> None:
    tab.post("/journeys/new/", {"name": "Referral"})
    answer = do(tab, 1, op="add_pathway", title="Intake")
    assert answer["Location"].startswith("/journeys/referral/build/?at=pathway%3Aintake")
    do(tab, 2, at="pathway:intake", op="add_pathway", title="Booking", after="intake", follow="on")
    do(tab, 3, op="add_pathway", title="Questions")
    do(tab, 4, at="pathway:intake", op="add_agent", pathway="intake", name="Nurse")
    do(
        tab,
        5,
        at="pathway:intake",
        op="connect",
        **{"from": "intake", "to": "questions", "link": "detour", "text": "help, faq"},
    )
    made = draft_of(alice)
    assert [p["id"] for p in made["pathways"]] == ["intake", "booking", "questions"]
    assert (made["entry"], made["pathways"][0]["next"], made["pathways"][0]["agents"]) == ("intake", "booking", ["nurse"])
    assert made["transitions"][0]["trigger"] == {"kind": "intent", "intents": ["help", "faq"]}
    assert made["pathways"][2]["return_behavior"]["kind"] == "previous"
    page = Page(tab.get(HERE, {"at": "pathway:intake"}))
    assert page.having("data-at")[0] == "journey"
    assert {"pathway:intake", "agent:nurse:intake", "transition:t1"} <= set(page.having("data-at"))
    assert get_definition(alice, "journey", "referral").draft_revision == 6


def test_a_plain_form_changes_only_what_was_typed(tab: Client, alice: Principal, journey: Definition) -> None:
    before = draft_of(alice)
    save(tab, "pathway:intake")
    assert draft_of(alice) == before
    save(tab, "pathway:intake", title="Hello", suggestions="Hi\r\nHelp me", timeout_s="30")
    made = draft_of(alice)["pathways"][0]
    assert made == {"id": "intake", "title": "Hello", "suggestions": ["Hi", "Help me"], "timeout_s": 30}
    save(tab, "journey", greeting="Good day.")
    assert draft_of(alice) == before | {"greeting": "Good day.", "pathways": [made, before["pathways"][1]]}


@pytest.mark.slow
def test_every_element_of_a_real_journey_is_drawn_and_saved_without_a_change(
    tab: Client, alice: Principal, gallery: Definition
) -> None:
    before = draft_of(alice)
    spec = JourneySpec.model_validate(before)
    places = ["journey", *(f"pathway:{p.id}" for p in spec.pathways), *(f"transition:{t.id}" for t in spec.transitions)]
    places += [f"agent:{name}:{p.id}" for p in spec.pathways for name in p.agents]
    for at in places:
        page = Page(tab.get(HERE, {"at": at}))
        for part in page.having("data-tab-link"):
            shown = Page(tab.get(HERE, {"at": at, "tab": part}))
            assert shown["bd-open-title"].text, (at, part)
            if "bd-form" in shown.forms:
                answer = tab.post(f"{HERE}element/", shown.forms["bd-form"], headers=PARTS)
                assert answer.status_code == 200, (at, part, answer.content.decode()[:400])
                now = JourneySpec.model_validate(draft_of(alice))
                assert now == spec, f"{at} {part}: {diff_specs(before, draft_of(alice))}"


def test_nested_parts_rows_and_kinds_are_edited(tab: Client, alice: Principal, journey: Definition) -> None:
    do(tab, 1, op="connect", **{"from": "intake", "to": "booking", "link": "intent", "text": "book"})
    save(
        tab,
        "pathway:booking",
        **{"return_behavior.kind": "specific", "return_behavior.target": "intake", "on_error.mode": "retry"},
    )
    booking = draft_of(alice)["pathways"][1]
    assert booking["return_behavior"] == {"kind": "specific", "target": "intake"}
    assert booking["on_error"] == {"mode": "retry"}
    save(tab, "pathway:booking", **{"return_behavior.kind": ""})
    assert draft_of(alice)["pathways"][1]["return_behavior"] is None
    save(tab, "transition:t1", do="add:context_update")
    save(tab, "transition:t1", **{"context_update[0].field": "step", "context_update[0].value": '"booked"'})
    save(tab, "transition:t1", **{"trigger.kind": "condition", "from_pathways[booking]": "on"})
    save(tab, "transition:t1", **{"trigger.expression": "size(step) > 0"})
    made = draft_of(alice)["transitions"][0]
    assert made["trigger"] == {"kind": "condition", "expression": "size(step) > 0"}
    assert made["from_pathways"] == ["intake", "booking"]
    assert made["context_update"] == [{"op": "set", "field": "step", "value": "booked"}]
    save(tab, "transition:t1", do="remove:context_update[0]")
    assert draft_of(alice)["transitions"][0]["context_update"] == []


def test_an_agent_of_the_journey_is_edited_whole(tab: Client, alice: Principal, journey: Definition) -> None:
    do(tab, 1, op="add_agent", pathway="intake", name="Nurse")
    at = "agent:nurse:intake"
    save(tab, at, description="Asks what hurts")
    save(tab, at, "signature", do="add:signature.outputs")
    save(tab, at, "signature", **{"signature.outputs[1].name": "symptoms", "signature.outputs[1].type.kind": "list"})
    save(tab, at, "policy", **{"tools[read_file].use": "on"})
    save(tab, at, "policy", **{"tools[read_file].ask": "on", "limits.calls": "5"})
    made = draft_of(alice)["agents"]["nurse"]
    assert made["description"] == "Asks what hurts"
    assert [f["name"] for f in made["signature"]["outputs"]] == ["response", "symptoms"]
    assert made["signature"]["outputs"][1]["type"] == {"kind": "list", "of": {"kind": "str"}}
    assert (made["tools"][0]["name"], made["tools"][0]["ask"], made["limits"]["calls"]) == ("read_file", True, 5)


def test_a_published_agent_is_linked_or_made_the_journeys_own(tab: Client, alice: Principal, journey: Definition) -> None:
    create_definition(alice, "agent", "helper", agent_draft())
    publish_version(alice, "agent", "helper")
    do(tab, 1, op="add_agent", pathway="intake", agent="helper")
    page = tab.get(HERE, {"at": "agent:helper:intake"})
    assert b"/agents/helper/" in page.content
    own = next(value for value in Page(page).having("value") if "own_agent" in value)
    do(tab, 2, ops=own)
    assert draft_of(alice)["agents"]["helper"]["name"] == "Helper"


def test_code_of_an_element_is_edited_and_refused_with_its_line(tab: Client, alice: Principal, journey: Definition) -> None:
    assert "id: intake" in form_at(tab, "pathway:intake", "code")["code"]
    save(tab, "pathway:intake", "code", code="id: intake\ntitle: Hello\naccumulate: [response]\n")
    assert draft_of(alice)["pathways"][0] == {"id": "intake", "title": "Hello", "accumulate": ["response"]}
    for wrong, says in (("a: [", "line"), ("- a", "object"), ("a: &x 1\nb: *x", "references"), ("id: other", "rename_pathway")):
        answer = tab.post(f"{HERE}element/", form_at(tab, "pathway:intake", "code") | {"code": wrong}, headers=PARTS)
        assert (answer.status_code, says in answer.content.decode()) == (422, True), answer.content.decode()[:600]
    assert draft_of(alice)["pathways"][0]["title"] == "Hello"


def test_an_edit_answers_with_the_parts_that_changed(tab: Client, journey: Definition) -> None:
    def parts(have: str, wanted: str = "all", **typed: str) -> dict[str, dict[str, str]]:
        headers = {"X-Part": wanted, "X-Have": have, "X-State": "canvas"}
        answer = tab.post(f"{HERE}element/", form_at(tab, "pathway:intake") | typed, headers=headers)
        assert answer.status_code == 200
        return {e.attributes["data-part"]: e.attributes for e in Page(answer).all if "data-part" in e.attributes}

    first = parts("", title="Hello")
    have = ",".join(f"{name}={part['data-digest']}" for name, part in first.items() if "data-digest" in part)
    second = parts(have, description="Says hello")
    assert {name for name, part in second.items() if "data-same" in part} == {"bd-outline", "bd-problems", "bd-data"}
    beside = parts(have, "beside", title="Hello again")
    assert set(first) - set(beside) == {"bd-inspector"}
    assert set(beside) - set(first) == {"bd-open-title"}
    assert "data-same" not in beside["bd-outline"]


def test_two_people_on_one_field_meet_on_the_merge_page(people: People, alice: Principal, journey: Definition) -> None:
    mine, theirs = people.browser(people.alice), people.browser(people.bob)
    typed = form_at(mine, "pathway:intake") | {"title": "Mine"}
    save(theirs, "pathway:intake", title="Theirs", description="Bob's")
    answer = mine.post(f"{HERE}element/", typed)
    assert answer.status_code == 302
    page = mine.get(answer["Location"])
    assert all(word in page.content.decode() for word in ("Bob changed this draft", "Mine", "Theirs", "Before both"))
    assert theirs.get(answer["Location"]).status_code == 404
    form = {"revision": Page(page).named("revision")[0].attributes["value"], "keep": "both"}
    assert mine.post(answer["Location"], form | {"choice:pathways[intake].title": "mine"}).status_code == 302
    made = draft_of(alice)["pathways"][0]
    assert (made["title"], made["description"]) == ("Mine", "Bob's")


def test_two_people_on_two_fields_need_no_merge(people: People, alice: Principal, journey: Definition) -> None:
    mine, theirs = people.browser(people.alice), people.browser(people.bob)
    typed = form_at(mine, "pathway:intake") | {"title": "Mine"}
    save(theirs, "pathway:intake", description="Bob's")
    assert mine.post(f"{HERE}element/", typed, headers=PARTS).status_code == 200
    made = draft_of(alice)["pathways"][0]
    assert (made["title"], made["description"]) == ("Mine", "Bob's")


def test_the_script_gets_a_conflict_with_its_merge(people: People, journey: Definition) -> None:
    mine, theirs = people.browser(people.alice), people.browser(people.bob)
    save(theirs, "pathway:intake", title="Theirs")
    op = {"op": "set_field", "path": "pathways.intake.title", "value": "Mine"}
    body = json.dumps({"revision": 1, "ops": [op]})
    answer = mine.post(f"{HERE}edit/", body, content_type="application/json")
    told = answer.json()
    assert (answer.status_code, told["who"], told["places"]) == (409, "Bob", ["intake: title"])
    assert mine.get(told["merge_url"]).status_code == 200
    kept = mine.post(f"{HERE}edit/", json.dumps({"revision": 2, "ops": [op]}), content_type="application/json").json()
    assert (kept["revision"], kept["done"][0]["label"]) == (3, "Changed intake: title")
    assert mine.post(f"{HERE}edit/", "[", content_type="application/json").status_code == 422
    back = mine.post(f"{HERE}undo/", "{}", content_type="application/json").json()
    assert back["draft"]["pathways"][0]["title"] == "Theirs"


def test_undo_and_redo_are_buttons_of_the_bar(tab: Client, alice: Principal, journey: Definition) -> None:
    save(tab, "pathway:intake", title="Hello")
    assert b"Undo: Changed intake: title" in tab.get(HERE).content
    tab.post(f"{HERE}take-back/", {"way": "undo"})
    assert "title" not in draft_of(alice)["pathways"][0]
    tab.post(f"{HERE}take-back/", {"way": "redo"})
    assert draft_of(alice)["pathways"][0]["title"] == "Hello"


def test_presence_tells_who_has_what_open_until_they_leave(people: People, journey: Definition) -> None:
    mine, theirs = people.browser(people.alice), people.browser(people.bob)

    def beat(tab: Client, name: str, **more: Any) -> Any:
        return tab.post(f"{HERE}presence/", json.dumps({"tab": name, **more}), content_type="application/json")

    beat(theirs, "b", element="pathway:intake")
    told = beat(mine, "a", element="journey").json()
    assert [(one["label"], one["me"], one["element"]) for one in told["presence"]] == [
        ("Alice", True, "journey"),
        ("Bob", False, "pathway:intake"),
    ]
    assert told["revision"] == 1
    assert b"Bob is editing this too" in mine.get(HERE, {"at": "pathway:intake"}).content
    beat(theirs, "b", gone=True)
    assert len(mine.get(f"{HERE}state/").json()["presence"]) == 1


@pytest.mark.slow
def test_a_draft_of_any_shape_is_drawn(tab: Client, alice: Principal) -> None:
    strange = {"id": "b c!", "agents": ["no such!"]}
    odd = {"kind": "journey", "name": 7, "pathways": [{"id": "a", "agents": "x", "return_behavior": 5}, 3, strange],
           "transitions": [{"to_pathway": 9}, "x"], "agents": [], "patterns": [], "hooks": {}, "variables": "none"}  # fmt: skip
    create_definition(alice, "journey", "referral", odd)
    for at in ("journey", "pathway:a", "pathway:b c!", "transition:t1", "agent:no such!:b c!", "pathway:gone", "nonsense"):
        for part in ("configure", "signature", "mapping", "code", "prompt"):
            assert tab.get(HERE, {"at": at, "tab": part}).status_code == 200, (at, part)
    save(tab, "pathway:a", title="A")
    made = draft_of(alice)
    assert made["pathways"] == [
        {"id": "a", "agents": "x", "return_behavior": 5, "title": "A"},
        3,
        {"id": "b c!", "agents": ["no such!"]},
    ]


def test_a_removal_tells_what_goes_with_it_before_it_is_done(tab: Client, alice: Principal, journey: Definition) -> None:
    do(tab, 1, op="connect", **{"from": "intake", "to": "booking", "link": "next"})
    do(tab, 2, op="connect", **{"from": "intake", "to": "booking", "link": "intent", "text": "book"})
    page = tab.get(HERE, {"at": "pathway:booking"}).content.decode()
    assert "nothing follows Intake any more" in page
    assert "the transition t1 is gone" in page


def test_the_mapping_tab_maps_and_mends(tab: Client, alice: Principal, journey: Definition) -> None:
    do(tab, 1, op="add_agent", pathway="intake", name="Nurse")
    do(tab, 2, op="add_agent", pathway="booking", name="Booker")
    do(tab, 3, op="connect", **{"from": "intake", "to": "booking", "link": "next"})
    outputs = [
        {"name": "response", "type": {"kind": "str"}},
        {"name": "symptoms", "type": {"kind": "list", "of": {"kind": "str"}}},
    ]
    inputs = [{"name": "complaints", "type": {"kind": "list", "of": {"kind": "str"}}}]
    ops = [
        {"op": "set_field", "path": "agents.nurse.signature.outputs", "value": outputs},
        {"op": "set_field", "path": "agents.booker.signature.inputs", "value": inputs},
    ]
    do(tab, 4, ops=json.dumps(ops))
    page = tab.get(HERE, {"at": "pathway:booking", "tab": "mapping"}).content.decode()
    assert "From Intake to Booking" in page
    assert "nothing feeds it" in page
    do(tab, 5, op="map_input", source="intake", target="booking", input="complaints", output="symptoms")
    made = draft_of(alice)
    assert (made["pathways"][0]["accumulate"], made["pathways"][1]["bindings"]) == (["symptoms"], {"complaints": "symptoms"})
    assert "fits" in tab.get(HERE, {"at": "pathway:booking", "tab": "mapping"}).content.decode()
