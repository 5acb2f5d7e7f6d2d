"""Sessions as rows: one order, one turn per message, for the owner only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from agents.models import Run
from journeys.models import Message, Session
from journeys.services.inspector import get_inspector
from journeys.services.sessions import (
    delete_session,
    get_session,
    list_messages,
    list_sessions,
    open_session,
    post_message,
    rename_session,
    retry_turn,
)
from tests.factories.people import People
from tests.journeys.talking import publish_talk, run_of, say
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(alice: Principal) -> Session:
    return open_session(principal=alice, slug=publish_talk(alice))


def test_session_opens_at_the_entry_with_the_greeting(alice: Principal, session: Session) -> None:
    assert session.state["pathway"] == "talk"
    [greeting] = list_messages(alice, session.id)
    assert (greeting.role, greeting.text, greeting.payload["suggestions"]) == ("assistant", "Hello.", ["Hi"])


def test_message_starts_a_run_of_the_sessions_line(alice: Principal, session: Session) -> None:
    message = say(alice, session.id, "Good day")
    run = run_of(message)
    assert (message.seq, message.turn, message.role) == (2, 1, "user")
    assert (run.kind, run.queue_key, run.queue_pos) == ("journey", f"session:{session.id}", 1)
    assert run.topics == [f"session.{session.id}"]
    assert run.private_to == alice.ref
    assert run.inputs == {"session": str(session.id), "message_seq": 2, "text": "Good day"}


def test_first_message_names_the_session(alice: Principal, session: Session) -> None:
    say(alice, session.id, "My knee   hurts when I climb the stairs in the morning, and at night, too")
    say(alice, session.id, "Another")
    assert get_session(alice, session.id).title == "My knee hurts when I climb the stairs in the morning, and…"


def test_message_that_is_sent_again_is_the_same_message(alice: Principal, session: Session) -> None:
    first, again = say(alice, session.id, "Hi", "m1"), say(alice, session.id, "Hi", "m1")
    assert (first.pk, first.run_id) == (again.pk, again.run_id)
    assert Run.objects.count() == 1
    with pytest.raises(Conflict, match="another text"):
        say(alice, session.id, "Bye", "m1")


def test_messages_have_one_order_and_their_turns_too(alice: Principal, session: Session) -> None:
    sent = [say(alice, session.id, str(n)) for n in range(5)]
    assert [m.seq for m in sent] == [2, 3, 4, 5, 6]
    assert [run_of(m).queue_pos for m in sent] == [1, 2, 3, 4, 5]
    assert [m.text for m in list_messages(alice, session.id, after=4)] == ["3", "4"]


def test_stranger_and_colleague_find_no_session(alice: Principal, bob: Principal, charlie: Principal, session: Session) -> None:
    for other in (bob, charlie):
        with pytest.raises(NotFound):
            get_session(other, session.id)
        with pytest.raises(NotFound):
            say(other, session.id, "hello?")
        with pytest.raises(NotFound):
            list_messages(other, session.id)
        with pytest.raises(NotFound):
            rename_session(principal=other, session_id=session.id, title="mine")
        with pytest.raises(NotFound):
            delete_session(principal=other, session_id=session.id)
        assert list_sessions(other) == []
    assert not Message.objects.filter(role="user").exists()


def test_auditor_reads_and_never_writes(people: People, alice: Principal, bob: Principal) -> None:
    session = open_session(principal=bob, slug=publish_talk(bob))
    assert get_session(alice, session.id) == session  # an owner audits
    assert get_inspector(alice, session.id).session == session
    assert list_sessions(alice) == []
    assert list_sessions(alice, everyone=True) == [session]
    with pytest.raises(NotFound):
        say(alice, session.id, "let me in")
    auditor = Principal("user", "auditor", "Auditor", people.organization.id, Role.AUDITOR)
    assert get_session(auditor, session.id) == session


@pytest.mark.parametrize(
    ("client_id", "text", "where"), [("", "hi", "client_id"), ("a", "  ", "text"), ("a", "x" * 20_001, "text")]
)
def test_message_that_cannot_be_is_refused_with_its_field(
    alice: Principal, session: Session, client_id: str, text: str, where: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        post_message(principal=alice, session_id=session.id, client_id=client_id, text=text)
    assert refusal.value.problems[0]["where"] == where


def test_ended_session_takes_no_message(alice: Principal, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(status="ended")
    with pytest.raises(Conflict, match="has ended"):
        say(alice, session.id, "hello?")


def test_deleted_session_is_gone(alice: Principal, session: Session) -> None:
    delete_session(principal=alice, session_id=session.id)
    assert list_sessions(alice) == []
    with pytest.raises(NotFound):
        get_session(alice, session.id)


def test_rename_needs_a_title(alice: Principal, session: Session) -> None:
    assert rename_session(principal=alice, session_id=session.id, title=" My  knee ").title == "My knee"
    with pytest.raises(Invalid):
        rename_session(principal=alice, session_id=session.id, title=" ")


def test_retry_needs_a_turn_that_failed(alice: Principal, session: Session) -> None:
    message = say(alice, session.id, "Hi")
    assert message.run_id is not None
    with pytest.raises(Conflict, match="no unanswered message"):
        retry_turn(principal=alice, session_id=session.id, run_id=message.run_id)
    with pytest.raises(Conflict):
        retry_turn(principal=alice, session_id=session.id, run_id=uuid4())


@pytest.mark.django_db(transaction=True)
def test_senders_at_the_same_time_get_one_order_without_gap_or_double(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice))

    def send(n: int) -> None:
        try:
            say(alice, session.id, f"text {n % 8}", f"m{n % 8}")  # each message is sent twice
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(16)))
    rows = list(Message.objects.filter(session=session, role="user").order_by("seq"))
    assert sorted(m.client_id for m in rows) == [f"m{n}" for n in range(8)]
    assert [m.seq for m in rows] == list(range(2, 10))
    assert [m.turn for m in rows] == list(range(1, 9))
    assert Run.objects.count() == 8
