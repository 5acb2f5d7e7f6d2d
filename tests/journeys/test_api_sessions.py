"""Sessions and messages over REST: stored once, in one order, for their owner only."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import journey_draft
from tests.factories.people import People
from trust.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(people: People) -> ApiClient:
    client = ApiClient(key_of(people, people.bob))
    assert client.post("/journeys", {"slug": "referral", "draft": journey_draft("Hello.")}).status_code == 201
    assert client.post("/journeys/referral/publish", {}).status_code == 201
    return client


def test_a_journey_is_taken_from_the_gallery(people: People) -> None:
    bob, charlie = (ApiClient(key_of(people, user)) for user in (people.bob, people.charlie))
    (item, *_) = bob.get("/gallery").json()["items"]
    assert item["version"] is None
    assert bob.post(f"/gallery/{item['slug']}/use").json()["version"] == 1
    assert bob.get(f"/journeys/{item['slug']}").status_code == 200
    assert charlie.get(f"/journeys/{item['slug']}").status_code == 404
    assert bob.post("/gallery/none/use").status_code == 404


def open_session(client: ApiClient) -> str:
    answer = client.post("/journeys/referral/sessions", {})
    assert answer.status_code == 201, answer.content
    session: str = answer.json()["id"]
    assert answer["Location"] == f"/api/v1/sessions/{session}"
    return session


def say(client: ApiClient, session: str, client_id: str, text: str) -> Any:
    return client.post(f"/sessions/{session}/messages", {"client_id": client_id, "text": text})


def test_a_session_starts_at_the_entry_with_the_greeting(bob: ApiClient) -> None:
    session = bob.get(f"/sessions/{open_session(bob)}").json()
    assert (session["journey"], session["version"], session["pathway"]) == ("referral", 1, "intake")
    messages = bob.get(f"/sessions/{session['id']}/messages").json()
    assert [(m["role"], m["text"]) for m in messages["items"]] == [("assistant", "Hello.")]


def test_a_message_is_accepted_once_however_often_it_is_sent(bob: ApiClient) -> None:
    session = open_session(bob)
    first, again = say(bob, session, "m1", "My knee hurts."), say(bob, session, "m1", "My knee hurts.")
    assert first.status_code == 202, first.content
    assert first.json() == again.json()
    assert first["Location"] == f"/api/v1/runs/{first.json()['run_id']}"
    assert bob.get(f"/runs/{first.json()['run_id']}").json()["topics"] == [f"session.{session}"]
    assert say(bob, session, "m1", "something else").status_code == 409
    say(bob, session, "m2", "And my back.")
    listed = bob.get(f"/sessions/{session}/messages?after={first.json()['seq'] - 1}").json()
    assert [m["text"] for m in listed["items"]] == ["My knee hurts.", "And my back."]
    assert say(bob, session, "m3", "  ").status_code == 422
    assert say(bob, session, "", "x").status_code == 422


def test_a_session_is_listed_renamed_and_deleted_by_its_owner(bob: ApiClient) -> None:
    session = open_session(bob)
    assert bob.put(f"/sessions/{session}", {"title": "Knee"}).json()["title"] == "Knee"
    assert [s["title"] for s in bob.get("/sessions?journey=referral").json()["items"]] == ["Knee"]
    assert bob.get("/sessions?journey=other").json()["items"] == []
    assert bob.delete(f"/sessions/{session}").status_code == 204
    assert bob.get(f"/sessions/{session}").status_code == 404
    assert bob.get("/sessions").json()["items"] == []


def test_a_turn_that_was_not_left_unanswered_is_not_retried(bob: ApiClient) -> None:
    session = open_session(bob)
    run = say(bob, session, "m1", "Hi").json()["run_id"]
    assert bob.post(f"/sessions/{session}/retry", {"run_id": run}).status_code == 409
    assert bob.post(f"/sessions/{session}/retry", {"run_id": str(uuid4())}).status_code == 409


def test_a_session_exists_for_its_owner_only(people: People, bob: ApiClient) -> None:
    session = open_session(bob)
    run = say(bob, session, "m1", "Hi").json()["run_id"]
    colleague = ApiClient(key_of(people, people.bob))
    charlie = ApiClient(key_of(people, people.charlie))
    for other in (colleague, charlie):
        refused = [
            other.get(f"/sessions/{session}"),
            other.put(f"/sessions/{session}", {"title": "x"}),
            other.delete(f"/sessions/{session}"),
            other.get(f"/sessions/{session}/messages"),
            say(other, session, "x", "x"),
            other.post(f"/sessions/{session}/retry", {"run_id": run}),
            other.get(f"/runs/{run}"),
            other.get(f"/runs/{run}/events"),
            other.post(f"/runs/{run}/cancel"),
        ]
        assert [answer.status_code for answer in refused] == [404] * len(refused)
        assert other.get("/sessions").json()["items"] == []
    assert charlie.post("/journeys/referral/sessions", {}).status_code == 404


def test_an_auditor_reads_a_session_and_does_not_continue_it(people: People, bob: ApiClient) -> None:
    session = open_session(bob)
    auditor = ApiClient(key_of(people, people.alice, Role.AUDITOR))
    assert auditor.get(f"/sessions/{session}/messages").status_code == 200
    assert [s["id"] for s in auditor.get("/sessions?everyone=true").json()["items"]] == [session]
    assert auditor.get("/sessions").json()["items"] == []
    assert say(auditor, session, "m1", "Hi").status_code == 403
    assert say(ApiClient(key_of(people, people.alice)), session, "m1", "Hi").status_code == 404


def test_a_run_of_a_journey_is_the_first_turn_of_a_new_session(bob: ApiClient) -> None:
    body = {"kind": "journey", "slug": "referral", "inputs": {"message": "My knee hurts."}}
    first = bob.post("/runs", body, headers={"Idempotency-Key": "k"})
    again = bob.post("/runs", body, headers={"Idempotency-Key": "k"})
    assert first.status_code == 202, first.content
    assert first.json()["id"] == again.json()["id"]
    (session,) = bob.get("/sessions").json()["items"]
    assert first.json()["topics"] == [f"session.{session['id']}"]
    other = {**body, "inputs": {"message": "else"}}
    assert bob.post("/runs", other, headers={"Idempotency-Key": "k"}).status_code == 409
    assert len(bob.get("/sessions").json()["items"]) == 1
    assert bob.post("/runs", {**body, "inputs": {"text": "x"}}).status_code == 422
    assert bob.post("/runs", {**body, "budget_microusd": 5}).status_code == 422
