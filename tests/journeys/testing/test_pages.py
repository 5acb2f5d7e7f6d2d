"""The pages of tests and of the laboratory without a browser: who sees them, what forms do, what comes of a session."""

from __future__ import annotations

import html
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from agents.models import Run
from agents.services.definitions import get_definition, publish_draft
from journeys.models import JourneyTest, LabelledUtterance, LabRun, TestRound
from journeys.services.sessions import open_session, post_message
from journeys.services.testing.cases import case_of
from journeys.services.testing.making import make_test_from_session, suggest_test
from journeys.services.testing.rounds import get_round, start_round
from tests.factories.people import People
from tests.journeys.testing.drafts import add_case, finish, finish_round, make_desk
from trust.core.errors import Invalid
from trust.core.principal import Principal

HERE = "/journeys/desk/tests/"


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.django_db
class TestForms:
    def test_a_stranger_sees_and_changes_nothing(self, people: People, alice: Principal) -> None:
        make_desk(alice)
        test = add_case(alice, "bill", "My invoice is wrong", "billing")
        charlie = people.browser(people.charlie)
        for path in (HERE, f"{HERE}new/", f"{HERE}{test.id}/", f"{HERE}export/", "/journeys/desk/intents/"):
            assert charlie.get(path).status_code == 404, path
        for path in (f"{HERE}run/", f"{HERE}gate/", f"{HERE}{test.id}/change/", "/journeys/desk/intents/add/"):
            assert charlie.post(path, {"act": "delete"}).status_code == 404, path
        assert JourneyTest.objects.count() == 1
        assert Client().get(HERE).status_code == 302

    def test_a_case_is_made_by_buttons_and_saved(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        form = {"name": "Bill", "turn-0-says": "My invoice is wrong", "act": "add-expect-0", "turn-0-new-check": "pathway"}
        page = text_of(tab.post(f"{HERE}new/", form))
        assert 'name="turn-0-expect-0-p-pathway"' in page
        assert '<option value="billing">' in page
        form |= {"turn-0-expect-0-check": "pathway", "turn-0-expect-0-p-pathway": "billing", "act": "add-final"}
        form["new-final"] = "field_equals"
        assert 'name="expect-0-p-value"' in text_of(tab.post(f"{HERE}new/", form))
        form |= {"expect-0-check": "field_equals", "expect-0-p-field": "topic", "expect-0-p-value": "billing", "act": "save"}
        assert tab.post(f"{HERE}new/", form)["Location"] == HERE
        case = case_of(JourneyTest.objects.get())
        assert [(e.check, e.params) for e in case.turns[0].expect] == [("pathway", {"pathway": "billing", "anywhere": False})]
        assert [(e.check, e.params) for e in case.expect] == [("field_equals", {"field": "topic", "value": "billing"})]

    def test_a_turn_may_be_a_silence_in_which_something_goes_wrong(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        form = {"name": "Silent", "turn-0-says": "", "turn-0-silence": "90.5", "turn-0-simulate": "tool_failure"}
        form |= {"turn-0-tool": "pay", "act": "save"}
        assert tab.post(f"{HERE}new/", form)["Location"] == HERE
        made = JourneyTest.objects.get()
        turn = case_of(made).turns[0]
        assert (turn.says, turn.silence_s, turn.simulate, turn.tool) == ("", 90.5, "tool_failure", "pay")
        page = text_of(tab.get(f"{HERE}{made.id}/"))
        assert 'value="90.5"' in page
        assert '<option value="tool_failure" selected>' in page
        form["turn-0-says"] = "And words"
        refused = tab.post(f"{HERE}new/", form)
        assert refused.status_code == 422
        assert "either what the person `says` or a silence" in text_of(refused).replace("&#x27;", "'")

    def test_what_is_wrong_is_told_and_nothing_typed_is_lost(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        form = {"name": "Bad", "turn-0-says": "Hi there", "tools": "{", "act": "save"}
        answer = tab.post(f"{HERE}new/", form)
        assert answer.status_code == 422
        page = text_of(answer)
        assert "this is no JSON" in page
        assert "Hi there" in page

    def test_an_edited_case_comes_back_as_it_was(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        test = add_case(alice, "bill", "My invoice is wrong", "billing")
        before = case_of(test)
        page = tab.get(f"{HERE}{test.id}/")
        form = {"name": "bill", "turn-0-says": "My invoice is wrong", "act": "save"}
        form |= {"turn-0-expect-0-check": "pathway", "turn-0-expect-0-p-pathway": "billing"}
        assert "My invoice is wrong" in text_of(page)
        tab.post(f"{HERE}{test.id}/", form)
        test.refresh_from_db()
        assert case_of(test).turns[0].expect[0].params["pathway"] == before.turns[0].expect[0].params["pathway"]

    def test_small_buttons_switch_duplicate_and_delete(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        test = add_case(alice, "bill", "My invoice is wrong", "billing")
        tab.post(f"{HERE}{test.id}/change/", {"act": "disable"})
        tab.post(f"{HERE}{test.id}/change/", {"act": "duplicate"})
        assert sorted(JourneyTest.objects.values_list("name", "enabled")) == [("bill", False), ("bill (copy)", True)]
        tab.post(f"{HERE}{test.id}/change/", {"act": "delete"})
        assert JourneyTest.objects.count() == 1

    def test_an_empty_list_says_how_to_begin(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        assert "No tests yet" in text_of(tab.get(HERE))
        assert "No utterances yet" in text_of(tab.get("/journeys/desk/intents/"))

    def test_the_gate_refuses_to_publish_and_names_the_transition(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        tab.post(f"{HERE}gate/", {"require_tests": "on", "min_coverage": "80"})
        page = text_of(tab.post("/journeys/desk/publish/", {"revision": "1"}, follow=True))
        assert "transitions.to_refund: no passing test takes it" in page
        assert get_definition(alice, "journey", "desk").published is None
        assert "closed" in text_of(tab.get(HERE))

    def test_utterances_are_pasted_and_imported(self, tab: Client, alice: Principal) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        make_desk(alice)
        tab.post("/journeys/desk/intents/add/", {"intent": "bill", "lines": "My bill?\n\nToo much on my bill"})
        tab.post("/journeys/desk/intents/add/", {"file": SimpleUploadedFile("a.csv", b"text,intent\nHello,none\n")})
        found = list(LabelledUtterance.objects.values_list("text", "intent", "source"))
        assert found == [("My bill?", "bill", "hand"), ("Too much on my bill", "bill", "hand"), ("Hello", "none", "csv")]
        assert "Too much on my bill" in text_of(tab.get("/journeys/desk/intents/"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
class TestWithTheEngine:
    def test_a_round_shows_red_and_green_and_the_transcript(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        add_case(alice, "good", "My invoice is wrong", "billing")
        add_case(alice, "bad", "My invoice is wrong", "refund")
        where = tab.post(f"{HERE}run/")["Location"]
        made = TestRound.objects.get()
        assert where == f"{HERE}rounds/{made.id}/"
        assert 'hx-trigger="every 1s"' in text_of(tab.get(where))
        finish_round(made)
        page = text_of(tab.get(where))
        assert "1 of 2 passed" in page
        assert "expected in refund; got in billing" in page
        assert "every 1s" not in page
        row = next(r for r in get_round(alice, "desk", made.id).results if r.name == "bad")
        result = text_of(tab.get(f"{HERE}results/{row.id}/"))
        for words in ("My invoice is wrong", "This is billing.", "in refund", "start → billing"):
            assert words in result
        assert "Cases and versions" not in text_of(tab.get(HERE))
        publish_draft(alice, "journey", "desk")
        assert "Cases and versions" in text_of(tab.get(HERE))

    def test_a_session_makes_a_test_that_passes(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        publish_draft(alice, "journey", "desk")
        session = open_session(principal=alice, slug="desk")
        with pytest.raises(Invalid, match="no turn of this session has come to its end yet"):
            suggest_test(alice, session.id)
        message = post_message(principal=alice, session_id=session.id, client_id="1", text="My invoice is wrong")
        finish(Run.objects.get(pk=message.run_id or session.id))
        page = text_of(tab.get(f"/sessions/{session.id}/make-test/"))
        assert "Test from a session" in page
        assert 'value="to_billing"' in page
        test = make_test_from_session(principal=alice, session_id=session.id)
        checks = {e.check: e.params for e in case_of(test).turns[0].expect}
        assert checks["pathway"]["pathway"] == "billing"
        assert checks["transition"] == {"transition": "to_billing"}
        assert checks["field_equals"] == {"field": "topic", "value": "billing"}
        assert (test.source, test.session_id) == ("session", session.id)
        made = start_round(principal=alice, slug="desk", version=1)
        finish_round(made)
        assert get_round(alice, "desk", made.id).state == "passed"

    def test_the_laboratory_shows_the_colliding_pair(self, tab: Client, alice: Principal) -> None:
        make_desk(alice)
        tab.post("/journeys/desk/intents/add/", {"intent": "bill", "lines": "I want my money back"})
        where = tab.post("/journeys/desk/intents/run/", {"provider": "demo"})["Location"]
        finish(Run.objects.get(pk=LabRun.objects.get().run_id or UUID(int=0)))
        page = text_of(tab.get(where))
        assert "bill and refund" in page
        assert "“I want my money back” means <strong>bill</strong>, was taken for <strong>refund</strong>" in page
        assert "were taken for each other" in text_of(tab.get(HERE))
        where = tab.post("/journeys/desk/intents/run/", {"provider": ["demo", "scripted"], "model-scripted": "m"})["Location"]
        page = text_of(tab.get(where))
        assert page.count("/journeys/desk/intents/runs/") == 2
        shown = text_of(tab.get("/journeys/desk/intents/comparison/"))
        assert 'data-cell="wrong"' in shown
        assert "I want my money back" in shown
