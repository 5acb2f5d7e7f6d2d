"""The pages of an agent after it is built, without a browser: trying, versions, its end, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.models import Definition, Run
from agents.services.definitions import create_definition, get_definition, publish_version
from tests.agents.test_agent_pages import agent, draft_of, edit
from tests.factories.drafts import agent_draft
from tests.factories.page import Page
from tests.factories.people import People
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Membership

__all__ = ["agent"]
pytestmark = pytest.mark.django_db

# --- trying


def test_a_try_runs_the_draft_that_nobody_has_published(tab: Any, agent: Definition, alice: Principal) -> None:
    publish_version(alice, "agent", "helper")
    edit(tab, **{"do": "save", "signature.instructions": "Only in the draft"})
    there = tab.post("/agents/helper/try/", {"inputs.message": "hello", "client_id": "c1"}).url
    run = Run.objects.get()
    assert run.version is None
    assert str(run.id) in there
    assert tab.post("/agents/helper/try/", {"inputs.message": "hello", "client_id": "c1"}).url == there
    page = tab.get(there).content.decode()
    assert f'data-topics="run:{run.id}"' in page
    assert f"/agents/helper/try/?run={run.id}" in page or f"?run={run.id}" in page
    assert tab.get(f"/agents/helper/try/{run.id}/").status_code == 200
    assert "draft" in tab.get("/agents/helper/runs/").content.decode()


def test_inputs_that_do_not_fit_are_told_at_their_controls(tab: Any, alice: Principal) -> None:
    draft = agent_draft()
    draft["signature"]["inputs"] += [{"name": "age", "type": {"kind": "int"}, "constraints": {"ge": 0, "le": 150}}]
    create_definition(alice, "agent", "helper", draft)
    page = tab.post("/agents/helper/try/", {"inputs.message": "hello", "inputs.age": "old"})
    assert page.status_code == 422
    assert "allowed: a whole number from 0 to 150" in Page(page)["inputs.age-error"].text
    assert Page(page).value("inputs.age") == "old"
    assert not Run.objects.exists()


def test_a_file_is_an_input_and_is_kept_for_the_next_try(tab: Any, alice: Principal) -> None:
    draft = agent_draft()
    draft["signature"]["inputs"] = [{"name": "paper", "type": {"kind": "file"}}]
    create_definition(alice, "agent", "helper", draft)
    sent = SimpleUploadedFile("notes.txt", b"some words", content_type="text/plain")
    there = tab.post("/agents/helper/try/", {"inputs.paper": sent}).url
    assert Run.objects.get().inputs["paper"]["name"] == "notes.txt"
    kept = Page(tab.get(there)).forms["try-form"]["kept.paper"]
    tab.post("/agents/helper/try/", {"kept.paper": kept})
    assert [run.inputs["paper"]["name"] for run in Run.objects.all()] == ["notes.txt", "notes.txt"]


def test_a_draft_with_problems_cannot_be_tried_and_the_page_lists_them(tab: Any, agent: Definition) -> None:
    edit(tab, **{"do": "save", "signature.outputs[0].name": ""})
    page = tab.post("/agents/helper/try/", {"inputs.message": "hello"})
    assert page.status_code == 422
    assert "The draft cannot run" in page.content.decode()
    assert not Run.objects.exists()


# --- versions and the end


def test_versions_are_compared_word_by_word_and_restored(tab: Any, agent: Definition, alice: Principal) -> None:
    edit(tab, **{"do": "publish", "signature.instructions": "Answer in one sentence"})
    edit(tab, **{"do": "save", "signature.instructions": "Answer in two sentences"})
    page = tab.get("/agents/helper/versions/").content.decode()
    assert "<del>one</del><ins>two</ins>" in page
    tab.post("/agents/helper/versions/1/restore/", {"keep": "on"})
    assert draft_of(alice)["signature"]["instructions"] == "Answer in one sentence"
    kept = get_definition(alice, "agent", "helper")
    assert [version.number for version in kept.versions.all()] == [2, 1]
    assert kept.published is not None
    assert kept.published.number == 1, "keeping a draft answers nobody"


def test_an_agent_with_a_history_is_archived_and_one_without_is_deleted(tab: Any, agent: Definition, alice: Principal) -> None:
    create_definition(alice, "agent", "other", agent_draft("Other"))
    publish_version(alice, "agent", "other")
    pathway = {"id": "intake", "agents": ["other"]}
    create_definition(alice, "journey", "trip", {"kind": "journey", "name": "Trip", "entry": "intake", "pathways": [pathway]})
    assert "Trip" in tab.get("/agents/other/delete/").content.decode()
    tab.post("/agents/other/delete/")
    tab.post("/agents/helper/delete/")
    assert not Definition.objects.filter(slug="helper").exists()
    tab.get("/agents/")  # which shows what was done
    assert "Other" not in tab.get("/agents/").content.decode()
    assert "Other" in tab.get("/agents/", {"show": "archived"}).content.decode()
    tab.post("/agents/other/unarchive/")
    assert "Other" in tab.get("/agents/").content.decode()


def test_renaming_changes_the_name_and_not_the_address(tab: Any, agent: Definition, alice: Principal) -> None:
    tab.post("/agents/helper/rename/", {"name": "  New   name "})
    assert get_definition(alice, "agent", "helper").name == "New name"
    tab.post("/agents/helper/rename/", {"name": ""})
    assert get_definition(alice, "agent", "helper").name == "New name"


def test_the_whole_agent_is_shown_as_python(tab: Any, agent: Definition, alice: Principal) -> None:
    publish_version(alice, "agent", "helper")
    page = tab.get("/agents/helper/").content.decode()
    assert "class Helper(Agent)" in page
    assert "class Triage(Signature)" in page


# --- who may


GET = ["", "edit/", "try/", "versions/", "runs/", "delete/"]
POST = ["edit/", "try/", "rename/", "duplicate/", "delete/", "unarchive/", "versions/1/restore/"]


def test_a_stranger_finds_nothing(people: People, agent: Definition, alice: Principal) -> None:
    publish_version(alice, "agent", "helper")
    charlie = people.browser(people.charlie)
    assert [charlie.get(f"/agents/helper/{path}").status_code for path in GET] == [404] * len(GET)
    assert [charlie.post(f"/agents/helper/{path}", {"name": "x"}).status_code for path in POST] == [404] * len(POST)
    assert charlie.post("/agents/new/", {"name": "Mine", "start": "agent:helper"}).status_code == 404


def test_a_viewer_reads_and_changes_nothing(people: People, agent: Definition, alice: Principal) -> None:
    Membership.objects.filter(user=people.bob).update(role=Role.VIEWER.value)
    publish_version(alice, "agent", "helper")
    bob = people.browser(people.bob)
    assert [bob.get(f"/agents/helper/{path}").status_code for path in GET] == [200, 404, 200, 200, 200, 404]
    building = [path for path in POST if path != "try/"]
    assert [bob.post(f"/agents/helper/{path}", {"name": "x"}).status_code for path in building] == [404] * len(building)
    assert "Run</button>" not in bob.post("/agents/helper/try/", {"inputs.message": "hi"}).content.decode()
    assert not Run.objects.exists()
