"""The pages of live conversations without a browser: who sees them, and what their forms do."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.services.definitions import get_definition, publish_version, save_draft
from journeys.models import Session
from journeys.services.environments import promote_version
from journeys.services.hand_over import request_person, take_over
from journeys.services.reach.deployments import get_deployment
from journeys.services.sessions import open_session
from tests.factories.people import People
from tests.journeys.talking import publish_talk, talk_draft
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(bob: Principal) -> Session:
    return open_session(principal=bob, slug=publish_talk(bob), origin="widget")


def test_list_is_empty_at_first_and_then_shows_who_waits(tab: Client, bob: Principal) -> None:
    assert "No live conversations" in tab.get("/live/").content.decode()
    session = open_session(principal=bob, slug=publish_talk(bob))
    request_person(principal=bob, session_id=session.id)
    page = tab.get("/live/", headers=HTMX).content.decode()
    assert "waits since" in page
    assert "<html" not in page


def test_operator_takes_over_writes_and_hands_back_by_plain_forms(tab: Client, session: Session) -> None:
    here = f"/live/{session.id}/"
    assert "Take over" in tab.get(here).content.decode()
    tab.post(f"{here}take-over/")
    assert tab.post(f"{here}messages/", {"text": "Good day", "client_id": "a"}).status_code == 302
    assert "Good day" in tab.get(here).content.decode()
    tab.post(f"{here}hand-back/", {"summary": "All settled."})
    session.refresh_from_db()
    assert session.handling == "agent"
    assert "All settled." in tab.get(here).content.decode()


def test_second_operator_reads_who_has_it_and_writes_nothing(people: People, bob: Principal, session: Session) -> None:
    take_over(principal=bob, session_id=session.id)
    alice = people.browser(people.alice)
    page = alice.get(f"/live/{session.id}/").content.decode()
    assert "Bob has this conversation" in page
    refused = alice.post(f"/live/{session.id}/messages/", {"text": "me too", "client_id": "b"}, headers=HTMX)
    assert (refused.status_code, "Bob" in refused.content.decode()) == (409, True)


def test_stranger_gets_404_everywhere(people: People, session: Session) -> None:
    charlie = people.browser(people.charlie)
    assert charlie.get(f"/live/{session.id}/").status_code == 404
    for act in ("take-over", "hand-back", "messages", "draft"):
        assert charlie.post(f"/live/{session.id}/{act}/", {"text": "x"}).status_code == 404


def test_nobody_is_sent_to_the_sign_in_page(session: Session) -> None:
    for path in ("/live/", f"/live/{session.id}/"):
        assert Client().get(path)["Location"].startswith("/sign-in/")


def test_playground_shows_the_person_and_offers_to_go_on(people: People, alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice))
    browser = people.browser(people.alice)
    browser.post(f"/sessions/{session.id}/ask-for-person/")
    assert "waits for a person" in browser.get(f"/sessions/{session.id}/").content.decode()
    browser.post(f"/sessions/{session.id}/go-on/")
    session.refresh_from_db()
    assert session.handling == "agent"


def test_state_tab_restores_a_past_value_and_ends_the_session(people: People, alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice), context={"topic": ["old"]})
    Session.objects.filter(pk=session.pk).update(state={**session.state, "context": {"topic": ["new"]}})
    payload = {"changed": {"topic": ["new"]}, "ran": "talk"}
    session.messages.create(seq=2, turn=1, role="assistant", text="Noted.", payload=payload)
    Session.objects.filter(pk=session.pk).update(next_seq=3, next_pos=2)
    browser, here = people.browser(people.alice), f"/sessions/{session.id}/"
    page = browser.get(f"{here}?tab=state").content.decode()
    assert "2 values" in page
    assert "the pathway talk" in page
    browser.post(f"{here}restore/", {"field": "topic", "seq": "0"})
    session.refresh_from_db()
    assert session.state["context"] == {"topic": ["old"]}
    assert browser.post(f"{here}restore/", {"field": "topic", "seq": "nonsense"}).status_code == 302
    browser.post(f"{here}end/")
    session.refresh_from_db()
    assert session.status == "ended"


def test_move_that_needs_a_mapping_is_a_form_of_the_state_tab(people: People, alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice))
    revision = get_definition(alice, "journey", "talk").draft_revision
    pathways = [{"id": "chat", "agents": ["talker"]}, {"id": "other", "agents": ["talker"]}]
    save_draft(alice, "journey", "talk", talk_draft(pathways=pathways, entry="chat"), revision)
    publish_version(alice, "journey", "talk")
    browser, here = people.browser(people.alice), f"/sessions/{session.id}/"
    page = browser.get(f"{here}?tab=state").content.decode()
    assert 'name="map-talk"' in page
    assert "<option>other</option>" in page
    assert "map it to one of: chat, other" in browser.post(f"{here}move/", {"version": "2"}, follow=True).content.decode()
    told = browser.post(f"{here}move/", {"version": "2", "map-talk": "other"}, follow=True).content.decode()
    assert "goes on with version 2" in told
    session.refresh_from_db()
    assert (session.version_label, session.state["pathway"]) == ("v2", "other")
    assert "Go on with v" not in browser.get(f"{here}?tab=state").content.decode()


def test_deploy_page_chooses_the_environment_that_its_doors_lead_to(people: People, alice: Principal) -> None:
    publish_talk(alice)
    browser, here = people.browser(people.alice), "/journeys/talk/deploy/"
    assert "staging (no version yet)" in browser.get(here).content.decode()
    refused = browser.post(f"{here}save/", {"part": "doors", "environment": "staging"})
    assert (refused.status_code, "promote one there first" in refused.content.decode()) == (422, True)
    promote_version(principal=alice, slug="talk", environment="dev", number=1)
    assert browser.post(f"{here}save/", {"part": "doors", "environment": "dev"}).status_code == 302
    assert '<option value="dev" selected' in browser.get(here).content.decode()
    assert get_deployment(alice, "talk").environment == "dev"
