"""Runs over REST: accepted once, read, listed, cancelled, forked; their journals as pages and as streams."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from agents.core.runtime.events import EventType, NewEvent
from agents.models.approval import Approval
from agents.models.run import Run
from agents.services.runs import append_events
from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import agent_draft
from tests.factories.people import People

pytestmark = pytest.mark.django_db
BODY = {"kind": "agent", "slug": "helper", "inputs": {"message": "hello"}}


@pytest.fixture
def bob(people: People) -> ApiClient:
    client = ApiClient(key_of(people, people.bob))
    assert client.post("/agents", {"slug": "helper", "draft": agent_draft()}).status_code == 201
    assert client.post("/agents/helper/publish", {}).status_code == 201
    return client


@pytest.fixture
def charlie(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.charlie))


def start(client: ApiClient, body: dict[str, Any] | None = None, key: str = "") -> Any:
    return client.post("/runs", body or BODY, headers={"Idempotency-Key": key} if key else {})


def write(run_id: str, *events: NewEvent) -> None:
    append_events(Run.objects.get(pk=run_id), events)


def test_a_run_is_accepted_with_its_address(bob: ApiClient) -> None:
    answer = start(bob)
    assert answer.status_code == 202, answer.content
    run = answer.json()
    assert answer["Location"] == f"/api/v1/runs/{run['id']}"
    assert (run["status"], run["slug"], run["version"]) == ("queued", "helper", 1)
    assert bob.get(f"/runs/{run['id']}").json()["id"] == run["id"]


def test_a_run_of_a_version_runs_that_version(bob: ApiClient) -> None:
    bob.put("/agents/helper/draft", {"draft": agent_draft(instructions="new"), "expected_revision": 1})
    assert bob.post("/agents/helper/publish", {}).json()["number"] == 2
    assert start(bob, {**BODY, "version": 1}).json()["version"] == 1
    assert start(bob).json()["version"] == 2
    assert start(bob, {**BODY, "version": 3}).status_code == 404


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({**BODY, "inputs": {}}, "message"),
        ({**BODY, "inputs": {"message": 3}}, "message"),
        ({**BODY, "inputs": {"message": "x", "age": 3}}, "age"),
        ({**BODY, "kind": "signature"}, "body.kind"),
    ],
)
def test_a_run_that_cannot_work_is_not_accepted(bob: ApiClient, body: dict[str, Any], where: str) -> None:
    answer = start(bob, body)
    assert answer.status_code == 422
    assert [item["where"] for item in answer.json()["problems"]] == [where]
    assert not Run.objects.exists()


def test_one_idempotency_key_is_one_run(bob: ApiClient) -> None:
    first, again = start(bob, key="k1"), start(bob, key="k1")
    assert first.json()["id"] == again.json()["id"]
    assert start(bob, {**BODY, "inputs": {"message": "else"}}, key="k1").status_code == 409
    assert start(bob, key="k2").json()["id"] != first.json()["id"]


def test_runs_are_listed_newest_first_in_pages(bob: ApiClient) -> None:
    started = [start(bob).json()["id"] for _ in range(3)]
    page = bob.get("/runs?limit=2").json()
    assert [run["id"] for run in page["items"]] == started[:0:-1]
    rest = bob.get(f"/runs?limit=2&cursor={page['next']}").json()
    assert ([run["id"] for run in rest["items"]], rest["next"]) == ([started[0]], None)
    assert bob.get("/runs?status=failed").json()["items"] == []
    assert bob.get("/runs?status=gone").status_code == 422
    assert bob.get("/runs?cursor=%22x").status_code == 422


def test_a_cancelled_run_stays_cancelled(bob: ApiClient) -> None:
    run = start(bob).json()
    assert bob.post(f"/runs/{run['id']}/cancel").json()["status"] == "cancelled"
    again = bob.post(f"/runs/{run['id']}/cancel")
    assert (again.status_code, again.json()["status"]) == (202, "cancelled")


def test_a_fork_keeps_what_was_before_the_step(bob: ApiClient) -> None:
    run = start(bob).json()
    payload = {"digest": "sha256:1", "kind": "model", "effect": "model", "request": {}, "attempt": 1}
    write(run["id"], NewEvent(EventType.STEP_STARTED, "model/0", payload))
    fork = bob.post(f"/runs/{run['id']}/fork", {"path": "model/0"})
    assert fork.status_code == 202, fork.content
    assert fork.json()["forked_from"] == run["id"]
    assert fork["Location"] == f"/api/v1/runs/{fork.json()['id']}"
    edited = bob.post(f"/runs/{run['id']}/fork", {"path": "model/0", "result": {"response": "mine"}}).json()
    events = bob.get(f"/runs/{edited['id']}/events").json()["items"]
    assert events[-1]["payload"]["result"] == {"response": "mine"}
    assert bob.post(f"/runs/{run['id']}/fork", {"path": "model/7"}).status_code == 404


def test_a_journal_is_read_from_any_event(bob: ApiClient) -> None:
    run = start(bob).json()
    write(run["id"], NewEvent(EventType.PROGRESS_REPORTED, "", {"note": "half"}))
    page = bob.get(f"/runs/{run['id']}/events").json()
    assert [(e["seq"], e["type"]) for e in page["items"]] == [(1, "run.queued"), (2, "progress.reported")]
    assert (page["last_seq"], page["ended"]) == (2, False)
    assert [e["seq"] for e in bob.get(f"/runs/{run['id']}/events?after=1").json()["items"]] == [2]
    assert bob.get(f"/runs/{run['id']}/events?limit=1").json()["last_seq"] == 1
    bob.post(f"/runs/{run['id']}/cancel")
    assert bob.get(f"/runs/{run['id']}/events").json()["ended"] is True
    assert bob.get(f"/runs/{run['id']}/events?after=-1").status_code == 422


def test_no_run_of_others_exists_for_a_stranger(bob: ApiClient, charlie: ApiClient) -> None:
    run = start(bob).json()["id"]
    refused = [
        start(charlie),
        charlie.get(f"/runs/{run}"),
        charlie.get(f"/runs/{run}/events"),
        charlie.get(f"/runs/{run}/events", headers={"Accept": "text/event-stream"}),
        charlie.post(f"/runs/{run}/cancel"),
        charlie.post(f"/runs/{run}/fork", {"path": "model/0"}),
    ]
    assert [answer.status_code for answer in refused] == [404] * len(refused)
    assert charlie.get("/runs").json()["items"] == []


def ask(run_id: str) -> Approval:
    """A run that waits for a decision, as its journal would have made it."""
    run = Run.objects.get(pk=run_id)
    Run.objects.filter(pk=run_id).update(status="waiting")
    return Approval.objects.create(
        organization_id=run.organization_id,
        run=run,
        path="tool/0",
        kind="approval",
        title="Book it",
        risk="medium",
        tool="book",
        arguments={"slot": "09:00"},
        digest="sha256:seen",
        created_at=timezone.now(),
    )


def test_an_approval_is_decided_once_for_what_was_seen(people: People, bob: ApiClient, charlie: ApiClient) -> None:
    approval = ask(start(bob).json()["id"])
    path = f"/approvals/{approval.id}"
    assert [item["id"] for item in bob.get("/approvals").json()["items"]] == [str(approval.id)]
    assert bob.get(path).json()["arguments"] == {"slot": "09:00"}
    assert charlie.get("/approvals").json()["items"] == []
    assert charlie.get(path).status_code == 404
    decision = {"decision": "approve", "seen_digest": "sha256:seen"}
    assert charlie.post(f"{path}/decision", decision).status_code == 404
    assert bob.post(f"{path}/decision", {**decision, "seen_digest": "sha256:else"}).status_code == 409
    assert bob.post(f"{path}/decision", {**decision, "decision": "reject"}).status_code == 422
    assert bob.post(f"{path}/decision", decision).json()["status"] == "approved"
    late = ApiClient(key_of(people, people.alice)).post(f"{path}/decision", decision)
    assert late.status_code == 409
    assert "Bob's key" in late.json()["detail"]
    assert bob.get("/approvals").json()["items"] == []
    assert len(bob.get("/approvals?status=approved").json()["items"]) == 1
