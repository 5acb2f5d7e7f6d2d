"""The pages of runs, approvals, agents and models without a browser: who sees them, what forms do, what htmx gets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval
from agents.models.run import Run
from agents.services.definitions import create_definition, publish_version
from agents.services.models import describe_model
from agents.services.runs import append_events
from agents.services.targets import start_published
from tests.factories.drafts import agent_draft
from tests.factories.people import People
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DIGEST = "sha256:" + "1" * 64


@pytest.fixture
def run(alice: Principal) -> Run:
    create_definition(alice, "agent", "helper", agent_draft())
    publish_version(alice, "agent", "helper")
    return start_published(principal=alice, kind="agent", slug="helper", inputs={"message": "hello"})


@pytest.fixture
def approval(run: Run) -> Approval:
    """The run as it stands when a tool has asked."""
    asked = Approval.objects.create(
        organization=run.organization,
        run=run,
        path="tool/0",
        kind="approval",
        title="Book Dr. Chen",
        risk="medium",
        editable=False,
        tool="book",
        arguments={"doctor": "Dr. Chen"},
        digest=DIGEST,
        created_at=timezone.now(),
    )
    append_events(run, [NewEvent(EventType.RUN_WAITING, "", {"on": "approval", "title": asked.title, "path": "tool/0"})])
    Run.objects.filter(pk=run.pk).update(status="waiting", waiting_on={"on": "approval", "title": asked.title})
    return asked


def decide(client: Client, approval: Approval, **more: Any) -> Any:
    form = {"decision": "approve", "seen_digest": DIGEST, **more}
    return client.post(f"/approvals/{approval.id}/decide/", form, headers=HTMX)


def test_every_page_is_closed_to_a_stranger(people: People, approval: Approval) -> None:
    paths = [f"/runs/{approval.run_id}/", f"/approvals/{approval.id}/", "/agents/helper/"]
    for path in paths:
        assert people.browser(people.alice).get(path).status_code == 200, path
        assert people.browser(people.bob).get(path).status_code == 200, path
        assert people.browser(people.charlie).get(path).status_code == 404, path
    stranger = people.browser(people.charlie)
    assert decide(stranger, approval).status_code == 404
    assert stranger.post(f"/runs/{approval.run_id}/cancel/").status_code == 404
    assert stranger.post(f"/runs/{approval.run_id}/fork/", {"path": "tool/0"}).status_code == 404
    for listed in ("/runs/", "/approvals/", "/agents/"):
        assert "Helper" not in stranger.get(listed).content.decode()


def test_htmx_without_a_session_makes_the_whole_page_go_to_the_sign_in_page(approval: Approval) -> None:
    answer = decide(Client(), approval)
    assert answer["HX-Redirect"].startswith("/sign-in/")


def test_the_list_of_runs_is_filtered_and_the_part_is_for_htmx(tab: Client, run: Run) -> None:
    assert str(run.id) in tab.get("/runs/?status=queued").content.decode()
    part = tab.get("/runs/?status=failed", headers=HTMX).content.decode()
    assert "No run fits" in part
    assert "<html" not in part
    assert tab.get("/runs/?status=nonsense&before=yesterday").status_code == 200


def test_a_run_says_what_it_waits_for(tab: Client, approval: Approval) -> None:
    page = tab.get(f"/runs/{approval.run_id}/").content.decode()
    assert "Waiting for approval: Book Dr. Chen." in page
    assert DIGEST in page


def test_a_run_shows_its_journal_event_by_event(tab: Client, run: Run) -> None:
    assert "run.queued" in tab.get(f"/runs/{run.id}/?tab=events").content.decode()
    assert run.spec_digest in tab.get(f"/runs/{run.id}/?tab=data").content.decode()


def test_a_run_is_stopped_by_a_plain_form(tab: Client, run: Run) -> None:
    answer = tab.post(f"/runs/{run.id}/cancel/", follow=True)
    assert "Stopped" in answer.content.decode()


def test_an_approval_shows_the_exact_arguments_and_is_decided_once(people: People, tab: Client, approval: Approval) -> None:
    page = tab.get("/approvals/").content.decode()
    for text in ("Book Dr. Chen", "&quot;doctor&quot;: &quot;Dr. Chen&quot;", DIGEST, "medium risk", "Alice"):
        assert text in page
    done = decide(tab, approval)
    assert done.status_code == 200
    assert json.loads(done["HX-Trigger"])["toast"]["level"] == "success"
    late = decide(people.browser(people.bob), approval)
    assert late.status_code == 409
    assert "approved by Alice" in late.content.decode()


def test_a_decision_on_other_bytes_than_those_shown_is_refused(tab: Client, approval: Approval) -> None:
    answer = decide(tab, approval, seen_digest="sha256:" + "2" * 64)
    assert answer.status_code == 409
    assert "look again" in answer.content.decode()
    approval.refresh_from_db()
    assert approval.status == "pending"


def test_a_rejection_needs_a_reason_and_edited_arguments_must_be_an_object(tab: Client, approval: Approval) -> None:
    answer = decide(tab, approval, decision="reject", reason=" ")
    assert answer.status_code == 422
    assert "a reason is needed" in answer.content.decode()
    answer = decide(tab, approval, decision="edit", arguments="[1]")
    assert answer.status_code == 422
    assert "must be a JSON object" in answer.content.decode()
    assert decide(tab, approval, decision="dance").status_code == 422


def test_a_plain_form_decides_and_comes_back(tab: Client, approval: Approval) -> None:
    form = {"decision": "reject", "seen_digest": DIGEST, "reason": "Too early", "next": "https://elsewhere.example/"}
    answer = tab.post(f"/approvals/{approval.id}/decide/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Too early" in tab.get(f"/approvals/{approval.id}/").content.decode()


def test_a_viewer_sees_an_approval_and_cannot_decide_it(people: People, approval: Approval) -> None:
    membership = people.bob.memberships.get()
    membership.role = "viewer"
    membership.save()
    bob = people.browser(people.bob)
    assert "may approve" in bob.get(f"/approvals/{approval.id}/").content.decode()
    assert decide(bob, approval).status_code == 404


def test_the_default_model_is_changed_by_one_click_and_a_wrong_one_is_refused(tab: Client, alice: Principal) -> None:
    page = tab.get("/settings/models/").content.decode()
    assert "not an AI" in page
    assert "set OPENAI_API_KEY" in page
    refused = tab.post("/settings/models/default/", {"provider": "anthropic"})
    assert refused.status_code == 422
    assert "ANTHROPIC_API_KEY" in refused.content.decode()
    tab.post("/settings/models/default/", {"provider": "ollama", "model": "tiny"})
    assert describe_model(alice).model == "tiny"
    tab.post("/settings/models/default/", {"provider": ""})
    assert not describe_model(alice).chosen


def test_pages_carry_no_inline_script_or_style(tab: Client, approval: Approval) -> None:
    for path in ("/runs/", f"/runs/{approval.run_id}/", "/approvals/", "/agents/", "/agents/helper/", "/settings/models/"):
        page = tab.get(path).content.decode()
        assert " style=" not in page, path
        assert "<style" not in page, path
        assert " onclick=" not in page, path
        assert "<script>" not in page, path
