"""The pages of journeys and the playground without a browser: who sees them, what forms do, what htmx gets."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.test import Client

from agents.models import Run
from agents.services.definitions import create_definition, get_definition, publish_version
from agents.services.runs import cancel_run
from journeys.models import Message, Session
from journeys.services.sessions import open_session, post_message
from tests.factories.drafts import journey_draft
from tests.factories.people import People
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def journey(alice: Principal) -> str:
    draft = journey_draft("Hello.")
    draft["pathways"][0]["suggestions"] = ["My knee hurts", "I want to ask something"]
    create_definition(alice, "journey", "referral", draft)
    publish_version(alice, "journey", "referral")
    return "referral"


@pytest.fixture
def session(alice: Principal, journey: str) -> Session:
    return open_session(principal=alice, slug=journey)


def paths_of(session: Session, run: object) -> list[str]:
    here = f"/sessions/{session.id}/"
    return [here, f"{here}inspector/", f"{here}suggestions/", f"{here}turns/{run}/", f"{here}turns/{run}/steps/"]


def test_pages_send_nobody_to_the_sign_in_page(session: Session) -> None:
    for path in ("/", "/gallery/", "/journeys/", "/journeys/referral/", f"/sessions/{session.id}/"):
        answer = Client().get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/sign-in/")


def test_a_conversation_is_for_its_owner_only(people: People, alice: Principal, session: Session) -> None:
    message = post_message(principal=alice, session_id=session.id, client_id="m1", text="My knee hurts")
    for path in paths_of(session, message.run_id):
        assert people.browser(people.alice).get(path).status_code == 200, path
        assert people.browser(people.bob).get(path).status_code == 404, path
        assert people.browser(people.charlie).get(path).status_code == 404, path


def test_a_stranger_cannot_write_rename_or_delete(people: People, session: Session) -> None:
    charlie, here = people.browser(people.charlie), f"/sessions/{session.id}/"
    for path in (f"{here}messages/", f"{here}rename/", f"{here}delete/", "/journeys/referral/sessions/"):
        assert charlie.post(path, {"text": "hello", "title": "mine"}).status_code == 404, path
    assert charlie.get("/journeys/referral/").status_code == 404
    assert not Message.objects.filter(role="user").exists()


def test_a_message_sent_twice_by_the_page_is_one_message(tab: Client, session: Session) -> None:
    sent = {"client_id": str(uuid4()), "text": "My knee hurts"}
    first = tab.post(f"/sessions/{session.id}/messages/", sent, headers=HTMX)
    again = tab.post(f"/sessions/{session.id}/messages/", sent, headers=HTMX)
    assert first.status_code == again.status_code == 200
    assert f'data-client-id="{sent["client_id"]}"' in first.content.decode()
    assert Message.objects.filter(role="user").count() == 1


def test_a_plain_form_comes_back_to_the_page(tab: Client, session: Session) -> None:
    answer = tab.post(f"/sessions/{session.id}/messages/", {"text": "My knee hurts"})
    assert (answer.status_code, answer["Location"]) == (302, f"/sessions/{session.id}/")
    page = tab.get(answer["Location"]).content.decode()
    assert "My knee hurts" in page
    assert "data-going" in page


def test_an_empty_message_is_refused_with_the_reason(tab: Client, session: Session) -> None:
    answer = tab.post(f"/sessions/{session.id}/messages/", {"text": "  "}, headers=HTMX)
    assert answer.status_code == 422
    assert "cannot be empty" in answer.content.decode()


def test_the_first_message_opens_a_session(tab: Client, journey: str) -> None:
    page = tab.get("/journeys/referral/playground/").content.decode()
    assert "Hello." in page
    assert "My knee hurts" in page, "the entry's suggestions are offered"
    answer = tab.post("/journeys/referral/messages/", {"text": "My knee hurts"})
    assert answer["Location"] == f"/sessions/{Session.objects.get().id}/"


def test_what_a_model_or_a_person_writes_stays_text(tab: Client, session: Session, alice: Principal) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    message = post_message(principal=alice, session_id=session.id, client_id="m1", text=attack)
    Message.objects.create(
        session=session, seq=90, turn=1, role="assistant", run=message.run, text=f"**bold** {attack} [x](javascript:alert(3))"
    )
    page = tab.get(f"/sessions/{session.id}/").content.decode()
    assert "<strong>bold</strong>" in page
    for danger in ("<script>alert", "<img src=x", 'href="javascript'):
        assert danger not in page


def test_a_stopped_turn_offers_to_try_again_and_is_answered_by_another_run(
    tab: Client, session: Session, alice: Principal
) -> None:
    message = post_message(principal=alice, session_id=session.id, client_id="m1", text="My knee hurts")
    first = message.run_id
    assert first is not None
    cancel_run(principal=alice, run_id=first)
    page = tab.get(f"/sessions/{session.id}/").content.decode()
    assert "Stopped" in page
    retry = f"/sessions/{session.id}/turns/{first}/retry/"
    if retry in page:
        assert tab.post(retry).status_code == 302
        message.refresh_from_db()
        assert message.run_id != first
    else:
        assert "Send it again" in page


def test_a_session_is_renamed_and_deleted(tab: Client, session: Session) -> None:
    here = f"/sessions/{session.id}/"
    tab.post(f"{here}rename/", {"title": "Knee"})
    assert "Knee" in tab.get(here).content.decode()
    assert tab.post(f"{here}delete/")["Location"] == "/journeys/referral/playground/"
    assert tab.get(here).status_code == 404


def test_publishing_a_draft_that_changed_meanwhile_is_refused(tab: Client, alice: Principal, journey: str) -> None:
    answer = tab.post("/journeys/referral/publish/", {"revision": "99"}, follow=True)
    assert "revision" in answer.content.decode()
    assert get_definition(alice, "journey", "referral").versions.count() == 1


def test_the_page_of_a_journey_shows_its_map_versions_and_source(tab: Client, journey: str) -> None:
    page = tab.get("/journeys/referral/").content.decode()
    for text in ("Map of the journey", "class Referral", "published", "Intake"):
        assert text in page


def test_a_viewer_reads_and_is_offered_nothing_to_change(people: People, alice: Principal, journey: str) -> None:
    membership = people.bob.memberships.get()
    membership.role = "viewer"
    membership.save()
    bob = people.browser(people.bob)
    page = bob.get("/journeys/referral/playground/").content.decode()
    assert 'id="composer"' not in page
    assert bob.post("/journeys/referral/messages/", {"text": "hello"}).status_code == 404
    assert bob.post("/journeys/referral/publish/", {}).status_code == 404


def test_a_conversation_outlives_the_retention_of_its_runs(tab: Client, alice: Principal, session: Session) -> None:
    stopped = post_message(principal=alice, session_id=session.id, client_id="m1", text="My knee hurts")
    cancel_run(principal=alice, run_id=UUID(str(stopped.run_id)))
    answered = post_message(principal=alice, session_id=session.id, client_id="m2", text="My elbow hurts")
    reply = {"role": "assistant", "text": "Rest it.", "run_id": answered.run_id}
    Message.objects.create(session=session, seq=50, turn=answered.turn, **reply)
    Run.objects.all().delete()
    page = tab.get(f"/sessions/{session.id}/").content.decode()
    for words in ("My knee hurts", "Stopped before there was an answer", "My elbow hurts", "Rest it."):
        assert words in page, words
    again = tab.post(f"/sessions/{session.id}/messages/", {"client_id": "m1", "text": "My knee hurts"}, headers=HTMX)
    assert again.status_code == 200
