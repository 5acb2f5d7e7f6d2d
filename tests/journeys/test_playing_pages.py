"""The pages of trying a journey out, without a browser: opening, branching, judging, comparing, testing, and who may."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agents.models import Run
from agents.services.definitions import get_definition, save_draft
from journeys.models import Feedback, LabelledUtterance, Message, Session
from journeys.services.sessions import open_session
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, talk_draft, until
from trust.core.principal import Principal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]


@pytest.fixture
def session(alice: Principal, script: Script) -> Session:
    script({"json": {"response": "A1", "topic": "t1"}, "times": 9})
    session = open_session(principal=alice, slug=publish_talk(alice))
    until(run_of(say(alice, session.id, "one")), "succeeded")
    return session


def test_a_session_is_opened_with_the_draft_and_another_model(tab: Client, session: Session) -> None:
    there = tab.post("/journeys/talk/sessions/", {"version": "draft", "provider": "demo"}, follow=True)
    assert "draft · demo" in there.content.decode()
    refused = tab.post("/journeys/talk/sessions/", {"provider": "hal"}, follow=True)
    assert "no provider" in refused.content.decode()


def test_a_branch_is_opened_from_its_turn_and_shows_both_ways(tab: Client, session: Session) -> None:
    page = tab.post(f"/sessions/{session.id}/turns/1/branch/", {"text": "uno"}, follow=True)
    branch = Session.objects.exclude(pk=session.pk).get()
    assert page.redirect_chain[-1][0] == f"/sessions/{branch.id}/"
    until(run_of(branch.messages.get(role="user")), "succeeded")
    assert "2/2" in tab.get(f"/sessions/{branch.id}/").content.decode()
    assert "1/2" in tab.get(f"/sessions/{session.id}/").content.decode()


def test_an_opinion_is_kept_shown_and_listed(tab: Client, session: Session) -> None:
    tab.post(f"/sessions/{session.id}/turns/1/feedback/", {"opinion": "bad", "comment": "<b>short</b>"})
    assert Feedback.objects.get().comment == "<b>short</b>"
    listed = tab.get("/journeys/talk/feedback/?opinion=bad").content.decode()
    assert "&lt;b&gt;short&lt;/b&gt;" in listed
    assert "No opinions yet" in tab.get("/journeys/talk/feedback/?opinion=good").content.decode()
    tab.post(f"/sessions/{session.id}/turns/1/feedback/", {"opinion": "none"})
    assert not Feedback.objects.exists()
    wrong = tab.post(f"/sessions/{session.id}/turns/1/feedback/", {"opinion": "meh"}, follow=True)
    assert "allowed are good, bad and none" in wrong.content.decode()


def test_a_thumb_down_brings_the_message_to_the_laboratory(tab: Client, people: People, session: Session) -> None:
    more = {"id": "help", "to_pathway": "end", "trigger": {"kind": "intent", "intents": ["help"], "examples": ["I need help"]}}
    alice = people.principal(people.alice)
    save_draft(
        alice, "journey", "talk", talk_draft(transitions=[more]), get_definition(alice, "journey", "talk").draft_revision
    )
    page = tab.get(f"/sessions/{session.id}/").content.decode()
    assert '<option value="help">it meant help</option>' in page
    tab.post(f"/sessions/{session.id}/turns/1/feedback/", {"opinion": "bad", "label": "help"})
    utterance = LabelledUtterance.objects.get()
    assert (utterance.text, utterance.intent, utterance.source, utterance.session) == ("one", "help", "feedback", session)
    assert utterance.before == [{"role": "assistant", "text": "Hello."}]
    tab.post(f"/sessions/{session.id}/turns/1/feedback/", {"opinion": "bad", "label": "help", "alone": "on"})
    assert LabelledUtterance.objects.filter(before=[]).count() == 1
    api = ApiClient(key_of(people, people.alice))
    wrong = api.call(
        "post", "/journeys/talk/utterances/from-turn", {"session_id": str(session.id), "turn": 9, "intent": "help"}
    )
    assert wrong.status_code == 404


def test_the_window_and_the_tests_of_a_turn_are_tabs_of_the_inspector(tab: Client, session: Session) -> None:
    window = tab.get(f"/sessions/{session.id}/inspector/?tab=context").content.decode()
    assert "Instructions" in window
    assert "Message" in window
    tools = tab.get(f"/sessions/{session.id}/inspector/?tab=debug").content.decode()
    assert "Its tools fail" in tools
    tab.post(f"/sessions/{session.id}/debug/", {"breakpoint": "talker", "pins": '{"talker": {"response": "p"}}'})
    session.refresh_from_db()
    assert session.debug == {"breakpoints": ["talker"], "pins": {"talker": {"response": "p"}}}
    wrong = tab.post(f"/sessions/{session.id}/debug/", {"pins": "[1]"}, follow=True)
    assert "must be a JSON object" in wrong.content.decode()


def test_files_go_with_a_message(tab: Client, session: Session) -> None:
    note = SimpleUploadedFile("note.txt", b"hello")
    tab.post(f"/sessions/{session.id}/messages/", {"text": "see this", "client_id": "f1", "files": note})
    message = Message.objects.get(client_id="f1")
    assert [file["name"] for file in message.payload["files"]] == ["note.txt"]
    assert "note.txt" in tab.get(f"/sessions/{session.id}/").content.decode()


def test_two_versions_are_asked_side_by_side(tab: Client, session: Session) -> None:
    few = tab.post("/journeys/talk/compare/open/", {"version-1": "1"}, follow=True)
    assert "at least two" in few.content.decode()
    there = tab.post("/journeys/talk/compare/open/", {"version-1": "1", "version-2": "draft"})["Location"]
    ids = [str(s.pk) for s in Session.objects.exclude(pk=session.pk).order_by("created_at")]
    tab.post("/journeys/talk/compare/messages/", {"s": ids, "text": "hello", "client_id": "c1"})
    for message in Message.objects.filter(client_id="c1"):
        until(run_of(message), "succeeded")
    page = tab.get(there).content.decode()
    assert page.count("A1") >= 2
    assert "Write to all of them" in page


def test_a_stranger_finds_nothing_to_try(people: People, session: Session) -> None:
    charlie = people.browser(people.charlie)
    here = f"/sessions/{session.id}"
    for path in (
        f"{here}/paint/",
        "/journeys/talk/compare/",
        f"/journeys/talk/compare/?s={session.id}",
        "/journeys/talk/feedback/",
    ):
        assert charlie.get(path).status_code == 404, path
    for path in (f"{here}/turns/1/branch/", f"{here}/turns/1/feedback/", f"{here}/jump/", f"{here}/debug/", f"{here}/silence/"):
        assert charlie.post(path, {"opinion": "good", "pathway": "talk"}).status_code == 404, path
    assert Run.objects.count() == 1


def test_the_api_tries_a_journey_as_the_pages_do(people: People, session: Session) -> None:
    api = ApiClient(key_of(people, people.alice))
    opened = api.call("post", "/journeys/talk/sessions", {}).json()
    said = {"client_id": "a1", "text": "hi", "play": {"pins": {"talker": {"response": "pinned", "topic": None}}}}
    posted = api.call("post", f"/sessions/{opened['id']}/messages", said)
    assert posted.status_code == 202, posted.content
    until(run_of(Message.objects.get(client_id="a1")), "succeeded")
    assert api.call("get", f"/sessions/{opened['id']}/paint").json()["status"] == "succeeded"
    judged = api.call("put", f"/sessions/{opened['id']}/turns/1/feedback", {"good": True})
    assert judged.json()["by_label"]
    listed = api.call("get", "/journeys/talk/feedback").json()["items"]
    assert [(item["question"], item["answer"]) for item in listed] == [("hi", "pinned")]
    branched = api.call("post", f"/sessions/{opened['id']}/turns/1/branch", {"text": "ho"})
    assert branched.status_code == 201
    wrong = api.call(
        "post", f"/sessions/{opened['id']}/messages", {"client_id": "a2", "text": "x", "play": {"simulate": "rain"}}
    )
    assert wrong.status_code == 422
