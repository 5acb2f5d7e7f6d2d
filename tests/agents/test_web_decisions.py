"""The pages of questions, unknown outcomes and forks without a browser: what is offered, what forms do, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval
from agents.models.run import Run, RunEvent
from agents.services.definitions import create_definition, publish_version
from agents.services.runs import append_events
from agents.services.targets import start_published
from tests.factories.drafts import agent_draft
from tests.factories.people import People
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DIGEST = "sha256:" + "2" * 64


@pytest.fixture
def run(alice: Principal) -> Run:
    create_definition(alice, "agent", "helper", agent_draft())
    publish_version(alice, "agent", "helper")
    return start_published(principal=alice, kind="agent", slug="helper", inputs={"message": "hello"})


def asked(run: Run, kind: str, **values: Any) -> Approval:
    """The run as it stands when it waits for an answer of this kind."""
    Run.objects.filter(pk=run.pk).update(status="waiting", waiting_on={"on": kind, "title": "Which?"})
    known = {"title": "Which?", "risk": "", "tool": "", "arguments": {}, **values}
    return Approval.objects.create(
        organization=run.organization, run=run, path="ask/0", kind=kind, digest=DIGEST, created_at=timezone.now(), **known
    )


def decide(tab: Client, approval: Approval, decision: str, **more: Any) -> Any:
    form = {"decision": decision, "seen_digest": DIGEST, **more}
    return tab.post(f"/approvals/{approval.id}/decide/", form, headers=HTMX)


def page_of(tab: Client, path: str) -> str:
    answer = tab.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_question_with_options_is_answered_by_one_of_its_buttons(tab: Client, run: Run) -> None:
    question = asked(run, "question", options=["Left", "Right"])
    page = page_of(tab, "/approvals/")
    assert 'name="result" value="Left"' in page
    assert "risk</span>" not in page, "a question has no risk"
    assert decide(tab, question, "answer", result="Up").status_code == 422
    done = decide(tab, question, "answer", result="Right")
    assert done.status_code == 200
    assert "Right" in done.content.decode(), "the card shows what was answered"
    question.refresh_from_db()
    assert question.status == "answered"


def test_a_question_without_options_is_answered_by_a_text(tab: Client, run: Run) -> None:
    question = asked(run, "question")
    assert 'name="result"' in page_of(tab, f"/approvals/{question.id}/")
    empty = decide(tab, question, "answer", result=" ")
    assert empty.status_code == 422
    assert "not empty" in empty.content.decode()
    assert "The blue one" in decide(tab, question, "answer", result="The blue one").content.decode()


@pytest.mark.parametrize(
    ("decision", "more", "status"),
    [("retry", {}, "retry"), ("done", {"result": "sent as 4711"}, "done"), ("stop", {"reason": "not now"}, "stopped")],
)
def test_an_unknown_outcome_offers_three_ways(tab: Client, run: Run, decision: str, more: dict[str, str], status: str) -> None:
    outcome = asked(run, "outcome", tool="send_mail", arguments={"to": "a@example.org"})
    page = page_of(tab, f"/approvals/{outcome.id}/")
    for words in ("Whether it was carried out is not known", "try again", "It happened", "Stop the run", "a@example.org"):
        assert words in page
    assert decide(tab, outcome, decision, **more).status_code == 200
    outcome.refresh_from_db()
    assert outcome.status == status


def test_a_long_journal_is_read_page_by_page(tab: Client, run: Run) -> None:
    append_events(run, [NewEvent(EventType.PROGRESS_REPORTED, "model/0", {"n": n}) for n in range(1100)])
    first = page_of(tab, f"/runs/{run.id}/?tab=events")
    assert "Events 1 to 500 of 1101" in first
    assert "tab=events&amp;after=500" in first
    last = page_of(tab, f"/runs/{run.id}/?tab=events&after=1000")
    assert "Events 1001 to 1101 of 1101" in last
    assert "Next events" not in last
    assert "From the first" in last


def test_a_run_is_forked_with_another_result(tab: Client, run: Run) -> None:
    known = {"digest": "d", "kind": "model", "effect": "model", "request": {}, "result": {"content": "old"}}
    append_events(run, [NewEvent(EventType.STEP_FINISHED, "model/0", known)])
    Run.objects.filter(pk=run.pk).update(status="succeeded", finished_at=timezone.now())
    assert "Fork with another result" in page_of(tab, f"/runs/{run.id}/")
    wrong = tab.post(f"/runs/{run.id}/fork/", {"path": "model/0", "result": '{"content": '})
    assert wrong.status_code == 422
    assert "No run was started" in wrong.content.decode()
    assert "{&quot;content&quot;: </textarea>" in wrong.content.decode(), "what was typed is kept"
    done = tab.post(f"/runs/{run.id}/fork/", {"path": "model/0", "result": '{"content": "new"}'})
    assert done.status_code == 302
    fork = Run.objects.get(forked_from=run)
    step = RunEvent.objects.get(run=fork, type=EventType.STEP_FINISHED)
    assert step.payload["result"] == {"content": "new"}
    assert step.payload["edited"] is True


def test_a_stranger_forks_nothing(people: People, run: Run) -> None:
    stranger = people.browser(people.charlie)
    assert stranger.post(f"/runs/{run.id}/fork/", {"path": "model/0", "result": "1"}).status_code == 404
    assert stranger.post(f"/runs/{run.id}/fork/", {"path": "model/0", "result": "{"}).status_code == 404
    assert not Run.objects.filter(forked_from=run).exists()
