"""Everything of one person is exported and erased, recorded with who did it; others' data and the numbers stay."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.management import call_command

from agents.models import Run, RunEvent
from agents.services.files import store_file
from journeys.models import Appointment, Doctor, Erasure, LabelledUtterance, Message, Session
from journeys.services.personal import erase_person, export_person, export_person_zip, list_people_of_sessions
from journeys.services.referral import seed_doctors
from journeys.services.sessions import open_session
from journeys.services.testing.lab import label_turn
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.talking import publish_talk, run_of, say
from trust.core.errors import Denied, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
SECRET_WORD = "aardvark-in-the-attic"
NOTHING_ELSE = {"utterances": 0, "appointments": 0}


@pytest.fixture
def session(bob: Principal) -> Session:
    opened = open_session(principal=bob, slug=publish_talk(bob), context={"topic": [SECRET_WORD]}, end_user="customer-7")
    say(bob, opened.id, f"I have an {SECRET_WORD}")
    return opened


def test_export_has_messages_context_and_journals(alice: Principal, session: Session) -> None:
    told = export_person(alice, "customer-7")
    [exported] = told["sessions"]
    assert exported["context"] == {"topic": [SECRET_WORD]}
    assert [m["text"] for m in exported["messages"]] == ["Hello.", f"I have an {SECRET_WORD}"]
    assert [event["type"] for events in exported["runs"].values() for event in events] == ["run.queued"]
    assert export_person(alice, session.owner)["sessions"] == told["sessions"]


def test_export_as_a_zip_has_the_files_beside_it(alice: Principal, bob: Principal, session: Session) -> None:
    store_file(principal=bob, name="x-ray.txt", content=b"bone")
    packed = zipfile.ZipFile(io.BytesIO(export_person_zip(alice, "customer-7")))
    names = packed.namelist()
    assert "person.json" in names
    [file] = [name for name in names if name.startswith("files/")]
    assert packed.read(file) == b"bone"


def test_what_tools_booked_and_the_laboratory_took_is_told_and_erased_too(
    alice: Principal, bob: Principal, session: Session
) -> None:
    seed_doctors(alice.organization_id)
    doctor, run = Doctor.objects.earliest("pk"), run_of(Message.objects.get(session=session, role="user"))
    booked = {"organization_id": alice.organization_id, "doctor": doctor, "slot": "2026-12-01T09:00"}
    Appointment.objects.create(**booked, run=run, reason=SECRET_WORD, confirmation_number="HC-1")
    Appointment.objects.create(**{**booked, "slot": "2026-12-01T10:00"}, reason="another person", confirmation_number="HC-2")
    label_turn(principal=bob, session_id=session.id, turn=1, intent="none")
    told = export_person(alice, "customer-7")
    assert [(row["number"], row["reason"]) for row in told["appointments"]] == [("HC-1", SECRET_WORD)]
    assert [row["text"] for row in told["sessions"][0]["utterances"]] == [f"I have an {SECRET_WORD}"]
    done = erase_person(principal=alice, who="customer-7")
    assert (done.counts["appointments"], done.counts["utterances"]) == (1, 1)
    assert [row.reason for row in Appointment.objects.all()] == ["another person"]
    assert not LabelledUtterance.objects.exists()


def test_erased_person_is_gone_from_every_table_and_the_record_stays(
    alice: Principal, bob: Principal, session: Session
) -> None:
    other = open_session(principal=alice, slug="talk")
    kept = say(alice, other.id, "mine stays")
    run = run_of(Message.objects.get(session=session, role="user"))
    done = erase_person(principal=alice, who="customer-7", reason="asked for it")
    assert (
        done.counts == {"sessions": 1, "messages": done.counts["messages"], "runs": 1, "events": 3, "files": 0} | NOTHING_ELSE
    )
    everything = json.dumps(
        [
            *Message.objects.values("text", "payload", "author"),
            *Session.objects.values("title", "state", "known", "variables", "end_user", "owner_label"),
            *Run.objects.values("inputs", "output", "error", "stop"),
            *RunEvent.objects.values("payload"),
            *Erasure.objects.values("person_hash", "counts", "reason"),
        ]
    )
    assert SECRET_WORD not in everything
    assert "customer-7" not in everything
    [tombstone] = RunEvent.objects.filter(run=run)
    assert (tombstone.type, tombstone.payload) == ("run.erased", {"by": alice.ref, "reason": "asked for it", "events": 3})
    run.refresh_from_db()
    assert (run.status, run.last_seq) == ("cancelled", tombstone.seq)
    kept.refresh_from_db()
    assert kept.text == "mine stays"
    with pytest.raises(NotFound):
        export_person(alice, "customer-7")


def test_only_an_admin_of_the_same_organization_may(
    alice: Principal, bob: Principal, charlie: Principal, session: Session
) -> None:
    with pytest.raises(Denied):
        export_person(bob, "customer-7")
    with pytest.raises(Denied):
        erase_person(principal=bob, who="customer-7")
    with pytest.raises(NotFound):
        export_person(charlie, "customer-7")
    with pytest.raises(NotFound):
        erase_person(principal=charlie, who="customer-7")
    assert [each["who"] for each in list_people_of_sessions(alice)] == ["customer-7"]


def test_page_exports_and_erases_only_what_is_confirmed(people: People, session: Session) -> None:
    browser = people.browser(people.alice)
    assert "customer-7" in browser.get("/settings/personal-data/").content.decode()
    answer = browser.get("/settings/personal-data/export/?who=customer-7")
    assert (answer["Content-Type"], answer.content[:2]) == ("application/zip", b"PK")
    browser.post("/settings/personal-data/erase/", {"who": "customer-7", "confirm": "yes"})
    assert not Erasure.objects.exists()
    browser.post("/settings/personal-data/erase/", {"who": "customer-7", "confirm": "customer-7", "reason": "r"})
    assert Erasure.objects.get().by_label == "Alice"
    for person in (people.bob, people.charlie):
        found = people.browser(person).get("/settings/personal-data/export/?who=customer-7")
        assert found.status_code == 404


def test_api_exports_and_erases(people: People, session: Session) -> None:
    api, bob = ApiClient(key_of(people, people.alice)), ApiClient(key_of(people, people.bob))
    assert [each["who"] for each in api.get("/people").json()["items"]] == ["customer-7"]
    assert len(api.get("/people/export?who=customer-7").json()["sessions"]) == 1
    assert bob.get("/people").status_code == 403
    assert api.post("/people/erase", {"who": "nobody"}).status_code == 404
    assert api.post("/people/erase", {"who": "customer-7"}).json()["counts"]["sessions"] == 1
    assert len(api.get("/people/erasures").json()["items"]) == 1


def test_command_line_exports_and_erases(people: People, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("kaizen", "person-data", "customer-7", "--organization", "acme")
    assert SECRET_WORD in capsys.readouterr().out
    call_command("kaizen", "person-data", "customer-7", "--erase", "--organization", "acme")
    assert "erased: 1 sessions" in capsys.readouterr().out
