"""What no honest client sends: it is refused with a sentence or ignored, on both databases, and never a fault of the site."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.test import Client

from agents.core.runtime.events import EventType, NewEvent
from agents.models import Approval, Run
from agents.services.definitions import create_definition, publish_version
from agents.services.runs import append_events
from journeys.models import Session
from journeys.services.sessions import open_session, post_message
from tests.factories.api import PROBLEM, ApiClient, key_of
from tests.factories.drafts import journey_draft
from tests.factories.people import People
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
NUL = "a\x00b"


@pytest.fixture
def tab(people: People) -> Client:
    return people.browser(people.alice, raise_request_exception=False)


@pytest.fixture
def api(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.alice))


@pytest.fixture
def session(alice: Principal) -> Session:
    create_definition(alice, "journey", "referral", journey_draft("Hello."))
    publish_version(alice, "journey", "referral")
    return open_session(principal=alice, slug="referral")


@pytest.fixture
def approval(alice: Principal, session: Session) -> Approval:
    message = post_message(principal=alice, session_id=session.id, client_id="m1", text="Book it")
    run = Run.objects.get(pk=UUID(str(message.run_id)))
    Run.objects.filter(pk=run.pk).update(status="waiting")
    append_events(run, [NewEvent(EventType.PROGRESS_REPORTED)])
    card = {"title": "Book", "risk": "low", "editable": True, "tool": "book_appointment", "arguments": {}, "digest": "d"}
    return Approval.objects.create(
        organization_id=alice.organization_id, run=run, path="p/0", kind="approval", created_at=run.created_at, **card
    )


@pytest.mark.parametrize("field", ["text", "client_id"])
def test_a_nul_in_a_chat_message_is_refused(tab: Client, session: Session, field: str) -> None:
    sent = {"text": "hello", "client_id": "m1"} | {field: NUL}
    answer = tab.post(f"/sessions/{session.id}/messages/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "NUL" in answer.content.decode()


def test_a_nul_in_a_title_is_refused(tab: Client, session: Session) -> None:
    answer = tab.post(f"/sessions/{session.id}/rename/", {"title": NUL}, follow=True)
    assert answer.status_code == 200
    session.refresh_from_db()
    assert session.title == "New conversation"


@pytest.mark.parametrize(
    "typed",
    [
        {"decision": "reject", "reason": NUL},
        {"decision": "edit", "arguments": '{"doctor": "a\\u0000b"}'},
        {"decision": "edit", "arguments": '{"doctor": "\\ud800"}'},
        {"decision": "edit", "arguments": '{"doctor": NaN}'},
        {"decision": "edit", "arguments": '{"doctor": 1e999}'},
        {"decision": "edit", "arguments": "[" * 100_000},
        {"decision": "edit", "arguments": "1" * 5_000},
        {"decision": NUL},
        {"decision": "approve", "seen_digest": NUL},
    ],
)
def test_a_decision_that_cannot_be_stored_is_refused(tab: Client, approval: Approval, typed: dict[str, str]) -> None:
    answer = tab.post(f"/approvals/{approval.id}/decide/", {"seen_digest": "d", **typed})
    assert answer.status_code in (409, 422), answer.content[:300]
    approval.refresh_from_db()
    assert approval.status == "pending"


@pytest.mark.parametrize(
    "path",
    [
        "/runs/?before=%00",
        "/runs/?before=9999-99-99",
        "/runs/?before=2026-01-01T00:00:00",
        "/runs/?before=0001-01-01T00:00:00%2B23:00",
        "/approvals/?open=%00",
        "/journeys/referral/?version=" + "9" * 30,
        "/journeys/referral/?version=" + "9" * 5000,
        "/journeys/referral/?version=%D9%A3",
        "/journeys/referral/playground/?q=%00&tab=%00",
        "/journeys/%00/",
        "/sign-in/?next=//evil.example",
        "/sign-in/link/%00/",
        "/invitation/%00/",
    ],
)
def test_no_address_of_a_page_breaks_the_site(tab: Client, session: Session, path: str) -> None:
    assert tab.get(path).status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/runs?kind=%00",
        "/runs?cursor=%00",
        "/runs?cursor=IjAwMDEtMDEtMDFUMDA6MDA6MDArMjM6MDAi",
        "/sessions?journey=%00",
        "/sessions?cursor=bnVsbA",
        "/agents?cursor=W1tbW1tb",
        "/agents/%00",
        "/approvals?cursor=%00",
        "/journeys/referral/versions/99999999999999999999",
        "/journeys/referral/versions/" + "9" * 5000,
    ],
)
def test_no_address_of_the_api_breaks_it(people: People, session: Session, path: str) -> None:
    api = Client(raise_request_exception=False)
    answer = api.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key_of(people, people.alice)}"})
    assert answer.status_code < 500
    assert answer.status_code == 200 or answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/runs", '{"kind": "journey", "slug": "referral", "inputs": {"message": 1e999}}'),
        ("/runs", '{"kind": "journey", "slug": "referral", "inputs": {"message": "hi"}, "version": 99999999999999999999}'),
        ("/runs", '{"kind": "journey", "slug": "referral", "inputs": {"message": "hi"}, "budget_microusd": 1e300}'),
        ("/journeys/referral/sessions", '{"version": 1' + "0" * 400 + "}"),
        ("/keys", '{"name": "k", "role": "viewer", "expires_at": "2027-01-01T00:00:00"}'),
        ("/keys", '{"name": "k", "role": "viewer", "expires_at": "9999-12-31T23:59:59-23:00"}'),
        ("/keys", '{"name": "k", "role": "viewer", "expires_at": 99999999999}'),
        ("/invitations", '{"email": "' + "a" * 400 + '@example.org", "role": "viewer"}'),
        ("/agents", '{"slug": "x", "draft": {"name": "x", "budget_microusd": 1' + "0" * 40 + "}}"),
        ("/agents", '{"slug": "x", "draft": {"name": 1e999}}'),
    ],
)
def test_no_body_breaks_the_api(api: ApiClient, session: Session, path: str, body: str) -> None:
    json.loads(body)
    answer = api.post(path, body)
    assert answer.status_code < 500, answer.content


def test_a_decision_by_the_api_takes_no_number_that_json_cannot_say(api: ApiClient, approval: Approval) -> None:
    body = '{"decision": "edit", "seen_digest": "d", "arguments": {"doctor": 1e999}}'
    assert api.post(f"/approvals/{approval.id}/decision", body).status_code in (400, 422)
