"""The pages of agents without a browser: every button is a plain form; what was typed stays; a stranger finds nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.core.templates import list_templates
from agents.models import Definition, Run
from agents.services.definitions import create_definition, get_definition, preflight, publish_version, save_draft
from agents.services.specs import link_draft
from tests.factories.drafts import agent_draft
from tests.factories.page import Page
from tests.factories.people import People
from trust.core.principal import Principal
from trust.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(alice: Principal) -> Definition:
    return create_definition(alice, "agent", "helper", agent_draft())


def form_of(page: Any) -> dict[str, str]:
    """The form of the editor as a browser would send it without a button."""
    return dict(Page(page).forms["agent-form"])


def edit(tab: Any, slug: str = "helper", **changes: str) -> Any:
    """Opens the editor, changes controls by name, and presses ``do``."""
    form = form_of(tab.get(f"/agents/{slug}/edit/"))
    return tab.post(f"/agents/{slug}/edit/", form | changes)


def draft_of(alice: Principal, slug: str = "helper") -> dict[str, Any]:
    draft: dict[str, Any] = get_definition(alice, "agent", slug).draft
    return draft


# --- the list and new agents


def test_the_list_is_searched_by_every_word(tab: Any, alice: Principal) -> None:
    create_definition(alice, "agent", "reader", agent_draft("Invoice reader") | {"description": "Reads what suppliers send"})
    create_definition(alice, "agent", "writer", agent_draft("Letter writer"))
    page = tab.get("/agents/", {"q": "suppliers invoice"})
    assert "Invoice reader" in page.content.decode()
    assert "Letter writer" not in page.content.decode()
    assert "No agent fits" in tab.get("/agents/", {"q": "nothing of this"}).content.decode()


def test_agents_of_the_gallery_stand_apart_until_somebody_changes_them(tab: Any, alice: Principal) -> None:
    gallery = Principal("system", "gallery", "Gallery", alice.organization_id, Role.OWNER)
    create_definition(alice, "agent", "mine", agent_draft("Invoice reader"))
    ready = create_definition(gallery, "agent", "ready", agent_draft("Gallery reader"))
    own, brought = (tab.get("/agents/", {"show": show}).content.decode() for show in ("", "gallery"))
    assert ("Invoice reader" in own, "Gallery reader" in own) == (True, False)
    assert "1 more came with ready journeys" in own
    assert ("Invoice reader" in brought, "Gallery reader" in brought) == (False, True)
    assert "Of those from the gallery 1 does." in tab.get("/agents/", {"q": "gallery"}).content.decode()
    save_draft(alice, "agent", "ready", agent_draft("Gallery reader of ours"), ready.draft_revision)
    assert "Gallery reader of ours" in tab.get("/agents/").content.decode()


def test_an_agent_is_made_from_scratch_and_can_be_tried_at_once(tab: Any, alice: Principal) -> None:
    made = tab.post("/agents/new/", {"name": "Cheese expert", "start": "scratch"})
    assert made.url == "/agents/cheese-expert/edit/"
    assert tab.post("/agents/new/", {"name": "Cheese expert", "start": "scratch"}).url == "/agents/cheese-expert-2/edit/"
    ran = tab.post("/agents/cheese-expert/try/", {"inputs.question": "What is brie?"})
    assert ran.url.startswith("/agents/cheese-expert/try/?run=")
    assert Run.objects.get().inputs == {"question": "What is brie?"}


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_that_cannot_be_is_refused_where_it_was_typed(tab: Any, name: str) -> None:
    page = tab.post("/agents/new/", {"name": name, "start": "scratch"})
    assert page.status_code == 422
    assert "name" in page.content.decode()
    assert not Definition.objects.exists()


def test_names_of_pages_are_no_slugs(tab: Any) -> None:
    assert tab.post("/agents/new/", {"name": "New"}).url == "/agents/new-2/edit/"
    assert tab.post("/agents/new/", {"name": "Preview"}).url == "/agents/preview-2/edit/"


def test_a_copy_begins_as_the_draft_of_the_other(tab: Any, agent: Definition, alice: Principal) -> None:
    assert tab.post("/agents/helper/duplicate/").url == "/agents/helper-copy/edit/"
    assert draft_of(alice, "helper-copy")["signature"] == agent.draft["signature"]
    assert tab.post("/agents/new/", {"name": "Other", "start": "template:nothing"}).status_code == 422


def test_every_template_makes_a_draft_without_a_problem(tab: Any, alice: Principal) -> None:
    for template in list_templates():
        made = tab.post("/agents/new/", {"name": template.spec.name, "start": f"template:{template.key}"}).url
        slug = made.split("/")[2]
        assert preflight("agent", draft_of(alice, slug), alice) == [], template.key
        edit(tab, slug, do="save")
        assert preflight("agent", draft_of(alice, slug), alice) == [], template.key
        spec: Any = link_draft(alice.organization_id, "agent", draft_of(alice, slug))
        assert spec.model_copy(update={"description": ""}) == template.spec.model_copy(update={"description": ""}), template.key


# --- editing


def test_saving_the_untouched_form_changes_nothing_that_runs(tab: Any, agent: Definition, alice: Principal) -> None:
    published = publish_version(alice, "agent", "helper")
    edit(tab, do="save")
    assert publish_version(alice, "agent", "helper").digest == published.digest


def test_every_part_of_the_form_reaches_the_draft(tab: Any, agent: Definition, alice: Principal) -> None:
    answer = edit(
        tab,
        **{
            "do": "save",
            "name": "Better helper",
            "signature.guidelines": "Be brief\n\n  Be kind  ",
            "signature.inputs[0].constraints.max_length": "200",
            "model.temperature": "0.5",
            "tools[current_time].use": "on",
            "permissions.mode": "plan",
            "permissions.denied_tools": "bash_command",
            "budget_microusd": "0.25",
            "limits.calls": "7",
        },
    )
    assert answer.url == "/agents/helper/edit/?checked=1"
    draft = draft_of(alice)
    assert draft["name"] == "Better helper"
    assert draft["signature"]["guidelines"] == ["Be brief", "Be kind"]
    assert draft["signature"]["inputs"][0]["constraints"] == {"max_length": 200}
    assert (draft["model"]["temperature"], draft["budget_microusd"], draft["limits"]["calls"]) == (0.5, 250_000, 7)
    assert [tool["name"] for tool in draft["tools"]] == ["current_time"]
    assert draft["permissions"]["mode"] == "plan"
    assert publish_version(alice, "agent", "helper").number == 1


def test_rows_are_added_moved_and_removed_without_a_script(tab: Any, agent: Definition, alice: Principal) -> None:
    assert edit(tab, do="add:signature.inputs").url.endswith("#signature.inputs[1].name")
    edit(tab, **{"do": "save", "signature.inputs[1].name": "context"})
    edit(tab, do="up:signature.inputs[1]")
    assert [field["name"] for field in draft_of(alice)["signature"]["inputs"]] == ["context", "message"]
    edit(tab, do="remove:signature.inputs[0]")
    assert [field["name"] for field in draft_of(alice)["signature"]["inputs"]] == ["message"]
    edit(tab, do="add:permissions.rules")
    assert len(draft_of(alice)["permissions"]["rules"]) == 1


def test_types_within_types_are_built_step_by_step(tab: Any, agent: Definition, alice: Principal) -> None:
    place = "signature.outputs[0].type"
    edit(tab, **{"do": "redraw", f"{place}.kind": "list"})
    edit(tab, **{"do": "redraw", f"{place}.of.kind": "model"})
    edit(tab, do=f"add:{place}.of.fields")
    edit(tab, **{"do": "redraw", f"{place}.of.title": "Point", f"{place}.of.fields[0].name": "level",
                 f"{place}.of.fields[0].type.kind": "enum"})  # fmt: skip
    edit(tab, **{"do": "save", f"{place}.of.fields[0].type.values": 'low\n3\n"3"', f"{place}.of.optional": "on"})
    outer = draft_of(alice)["signature"]["outputs"][0]["type"]
    point = outer["of"]["of"]
    assert (outer["kind"], outer["of"]["kind"], point["name"]) == ("list", "optional", "Point")
    assert point["fields"][0]["type"] == {"kind": "enum", "values": ["low", 3, "3"]}
    assert publish_version(alice, "agent", "helper").number == 1


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("model.temperature", "hot", "Must be a number"),
        ("limits.tokens", "1.5", "Must be a whole number"),
        ("signature.inputs[0].name", "1st", "Must begin with a letter"),
        ("name", "", "Must begin with a letter"),
        ("budget_microusd", "a lot", "Must be a whole number"),
        ("strategy_params.max_rounds", "900", "Must be less than or equal to 50"),
        ("permissions.denied_tools", "x", ""),
    ],
)
def test_what_does_not_fit_is_kept_and_told_at_its_control(
    tab: Any, agent: Definition, alice: Principal, name: str, typed: str, told: str
) -> None:
    page = tab.get(edit(tab, **{"do": "save", name: typed}).url)
    seen = Page(page)
    assert seen.value(name) == typed
    assert seen[f"{name}-error"].text.startswith(told)
    assert (seen[name].attributes.get("aria-invalid") == "true") is bool(told)


def test_publishing_a_draft_with_problems_says_so_and_keeps_what_was_typed(tab: Any, agent: Definition) -> None:
    page = edit(tab, **{"do": "publish", "signature.outputs[0].name": "", "description": "typed just now"})
    assert page.status_code == 422
    assert "Not published" in page.content.decode()
    assert "typed just now" in page.content.decode()
    assert "Must begin with a letter" in page.content.decode()


def test_publishing_makes_a_version_with_its_name(tab: Any, agent: Definition, alice: Principal) -> None:
    assert edit(tab, do="publish", title="First", notes="all of it").url == "/agents/helper/"
    version = get_definition(alice, "agent", "helper").published
    assert version is not None
    assert (version.number, version.title, version.notes) == (1, "First", "all of it")


def test_what_the_form_does_not_know_stays_in_the_draft(tab: Any, alice: Principal) -> None:
    draft = agent_draft() | {"note_of_a_later_version": {"a": 1}, "strategy": "of_another_day", "strategy_params": {"x": [1]}}
    create_definition(alice, "agent", "helper", draft)
    edit(tab, do="save", description="new")
    kept = draft_of(alice)
    assert (kept["note_of_a_later_version"], kept["strategy"], kept["strategy_params"]) == (
        {"a": 1},
        "of_another_day",
        {"x": [1]},
    )


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"signature": 5, "model": [], "tools": {"a": 1}, "permissions": "all", "limits": None, "demo": 7},
        {"signature": {"inputs": [None, 3, {"name": {}, "type": "text"}], "outputs": {"a": 1}}, "tools": [1, {"name": 2}]},
        {"signature": {"inputs": [{"name": "a", "type": {"kind": "optional", "of": {"kind": "optional", "of": 1}}}]}},
        {"name": "<script>alert(1)</script>", "description": "{{ 7|add:7 }} ‹x› ‹", "budget_microusd": True, "strategy": None},
    ],
)
def test_a_draft_of_any_shape_is_drawn_and_saved(tab: Any, alice: Principal, draft: dict[str, Any]) -> None:
    create_definition(alice, "agent", "odd", draft)
    for path in ("", "edit/", "edit/?checked=1", "try/", "versions/", "runs/", "delete/"):
        page = tab.get(f"/agents/odd/{path}")
        assert page.status_code == 200, path
        assert b"<script>alert" not in page.content
    assert tab.get("/agents/").status_code == 200
    assert edit(tab, "odd", do="save").status_code in (302, 409)


@pytest.mark.parametrize(
    "form",
    [
        {"whole": "1"},
        {"whole": "1", "revision": "x", "base": "[" * 5000, "do": "merge"},
        {
            "whole": "1",
            "signature": "x",
            "signature.inputs": "y",
            "signature.inputs[0].name": "z",
            "do": "up:signature.inputs[0]",
        },
        {"whole": "1", "do": "remove:" + "[0]" * 50, "].[": "1", "": "2"},
        {"whole": "1", "demo": "[" * 900 + "]" * 900, "revision": "1"},
        {"whole": "1", "name": "nul \x00 inside", "revision": "1"},
        {"do": "save", "name": "half a form", "revision": "1"},
        {"whole": "1", "signature.inputs[0].type." + "of." * 30 + "kind": "int", "signature.inputs[0].type.kind": "list"},
    ],
)
def test_hostile_forms_are_answered_and_break_nothing(tab: Any, agent: Definition, form: dict[str, str]) -> None:
    for part in ("", "side", "form"):
        answer = tab.post("/agents/helper/edit/", form, headers={"X-Part": part} if part else {})
        assert answer.status_code in (200, 302, 409, 422), (part, answer.status_code)
    assert tab.get("/agents/helper/edit/").status_code == 200


# --- two people


def test_a_form_of_an_older_draft_is_never_written_over_a_newer_one(tab: Any, people: People, agent: Definition) -> None:
    form = form_of(tab.get("/agents/helper/edit/"))
    bob = people.principal(people.bob)
    save_draft(bob, "agent", "helper", draft_of(bob) | {"description": "Bob's"}, 1)
    page = tab.post("/agents/helper/edit/", form | {"do": "save", "description": "mine", "name": "Mine"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Bob saved this draft" in text
    assert "mine" in text
    assert draft_of(bob)["description"] == "Bob's"
    both = form_of(page) | {"do": "merge", "choice:description": "theirs"}
    assert tab.post("/agents/helper/edit/", both).status_code == 302
    assert (draft_of(bob)["description"], draft_of(bob)["name"]) == ("Bob's", "Mine")


@pytest.mark.parametrize(("choice", "left"), [("keep_mine", "mine"), ("take_theirs", "Bob's")])
def test_one_side_can_be_taken_whole(tab: Any, people: People, agent: Definition, choice: str, left: str) -> None:
    form = form_of(tab.get("/agents/helper/edit/"))
    bob = people.principal(people.bob)
    save_draft(bob, "agent", "helper", draft_of(bob) | {"description": "Bob's"}, 1)
    page = tab.post("/agents/helper/edit/", form | {"do": "save", "description": "mine"})
    tab.post("/agents/helper/edit/", form_of(page) | {"do": choice})
    assert draft_of(bob)["description"] == left


# --- the script's parts


def test_a_look_checks_and_previews_without_saving(tab: Any, agent: Definition, alice: Principal) -> None:
    form = form_of(tab.get("/agents/helper/edit/"))
    changed = form | {"do": "look", "signature.instructions": "Speak of cheese"}
    part = tab.post("/agents/helper/edit/", changed, headers={"X-Part": "side"}).content.decode()
    assert "Speak of cheese" in part
    assert "‹message›" in part
    assert draft_of(alice) == agent.draft
    broken = tab.post("/agents/helper/edit/", form | {"do": "look", "model.temperature": "x"}, headers={"X-Part": "side"})
    assert json.loads(Page(broken).having("data-errors")[0]) == {"model.temperature": "Must be a number"}


def test_the_page_tells_what_each_tool_may_and_why(tab: Any, agent: Definition) -> None:
    changes = {"tools[current_time].use": "on", "tools[bash_command].use": "on", "permissions.denied_tools": "bash_command"}
    page = tab.get(edit(tab, **{"do": "save", **changes}).url).content.decode()
    assert "bash_command is on the list of denied tools" in page
    assert "its danger is safe" in page
