"""A person takes a conversation over, writes in it, and hands it back: one of two wins, and the journey is silent meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from agents.models import Run
from journeys.adapters.turn import commit_turn, load_turn
from journeys.core.errors import TakenOver
from journeys.models import Message, Session
from journeys.services.hand_over import (
    get_conversation,
    hand_back,
    list_conversation_messages,
    list_conversations,
    request_person,
    take_over,
    withdraw_request,
    write_as_human,
)
from journeys.services.inspector import get_inspector
from journeys.services.sessions import end_session, open_session
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, until
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(bob: Principal) -> Session:
    return open_session(principal=bob, slug=publish_talk(bob), origin="api")


def test_journey_is_silent_while_a_person_has_the_conversation(alice: Principal, bob: Principal, session: Session) -> None:
    take_over(principal=alice, session_id=session.id)
    message = say(bob, session.id, "Is anybody there?")
    answer = write_as_human(principal=alice, session_id=session.id, client_id="a1", text="Yes, I am.")
    assert message.run_id is None
    assert Run.objects.count() == 0
    assert (answer.role, answer.author, answer.seq) == ("human", "Alice", message.seq + 1)
    told = [(m.role, m.text) for m in list_conversation_messages(alice, session.id, after=1)]
    assert told == [
        ("system", "Alice has joined the conversation."),
        ("user", "Is anybody there?"),
        ("human", "Yes, I am."),
    ]


def test_summary_and_what_was_said_meanwhile_stand_in_the_history_after_hand_back(
    alice: Principal, bob: Principal, session: Session
) -> None:
    take_over(principal=alice, session_id=session.id)
    say(bob, session.id, "I want my money back.")
    write_as_human(principal=alice, session_id=session.id, client_id="a1", text="You get it.")
    hand_back(principal=alice, session_id=session.id, summary="A refund of 20 euros was promised.")
    message = say(bob, session.id, "When?")
    loaded = load_turn({"session": str(session.id), "message_seq": message.seq}, str(message.run_id), lambda do: None)
    assert [(m["role"], m["text"]) for m in loaded["history"]] == [
        ("assistant", "Hello."),
        ("user", "I want my money back."),
        ("assistant", "(Alice, a person of the team:) You get it."),
        ("assistant", "(What a person of the team settled in the meantime:) A refund of 20 euros was promised."),
    ]


def test_second_operator_is_told_who_has_the_conversation(people: People, alice: Principal, bob: Principal) -> None:
    dora = Principal("user", "77", "Dora", alice.organization_id, Role.OPERATOR)
    session = open_session(principal=bob, slug=publish_talk(bob), origin="widget")
    take_over(principal=dora, session_id=session.id)
    take_over(principal=dora, session_id=session.id)  # pressing twice changes nothing
    with pytest.raises(Conflict, match="Dora has taken"):
        take_over(principal=alice, session_id=session.id)
    with pytest.raises(Conflict, match="Dora has this conversation"):
        write_as_human(principal=alice, session_id=session.id, client_id="x", text="me too")
    with pytest.raises(Conflict, match="Dora has this conversation"):
        hand_back(principal=bob, session_id=session.id)
    assert hand_back(principal=alice, session_id=session.id).handling == "agent"  # an owner of the organization may


def test_message_of_a_person_that_is_sent_again_is_the_same_message(alice: Principal, session: Session) -> None:
    take_over(principal=alice, session_id=session.id)
    first = write_as_human(principal=alice, session_id=session.id, client_id="a1", text="Hi")
    again = write_as_human(principal=alice, session_id=session.id, client_id="a1", text="Hi")
    assert first.pk == again.pk
    with pytest.raises(Conflict, match="another text"):
        write_as_human(principal=alice, session_id=session.id, client_id="a1", text="Ho")


def test_conversations_that_wait_for_a_person_come_first(alice: Principal, bob: Principal) -> None:
    slug = publish_talk(bob)
    calm, held, waiting = (open_session(principal=bob, slug=slug, origin="api") for _ in range(3))
    take_over(principal=alice, session_id=held.id)
    request_person(principal=bob, session_id=waiting.id)
    assert [s.id for s in list_conversations(alice)] == [waiting.id, held.id, calm.id]
    assert [s.id for s in list_conversations(alice, handling="waiting")] == [waiting.id]
    with pytest.raises(Invalid, match="allowed: agent, waiting, human"):
        list_conversations(alice, handling="nobody")


def test_what_a_colleague_tries_out_stays_theirs_until_they_ask_for_a_person(alice: Principal, bob: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice))
    assert list_conversations(bob) == []
    with pytest.raises(NotFound):
        take_over(principal=bob, session_id=session.id)
    request_person(principal=alice, session_id=session.id)
    assert take_over(principal=bob, session_id=session.id).operator_label == "Bob"


def test_stranger_and_viewer_take_nothing_over(alice: Principal, charlie: Principal, session: Session) -> None:
    viewer = Principal("user", "9", "Vera", alice.organization_id, Role.VIEWER)
    for other in (charlie, viewer):
        with pytest.raises(NotFound):
            get_conversation(other, session.id)
        with pytest.raises(NotFound):
            take_over(principal=other, session_id=session.id)
        with pytest.raises(NotFound):
            hand_back(principal=other, session_id=session.id)
        assert list_conversations(other) == []


def test_person_who_waits_may_go_on_with_the_journey(alice: Principal, bob: Principal, session: Session) -> None:
    request_person(principal=bob, session_id=session.id)
    assert say(bob, session.id, "Hello?").run_id is None
    withdraw_request(principal=bob, session_id=session.id)
    assert say(bob, session.id, "Then you.").run_id is not None
    take_over(principal=alice, session_id=session.id)
    with pytest.raises(Conflict, match="Alice has this conversation"):
        withdraw_request(principal=bob, session_id=session.id)


def test_ended_conversation_is_not_taken_over(alice: Principal, bob: Principal, session: Session) -> None:
    end_session(principal=bob, session_id=session.id)
    with pytest.raises(Conflict, match="has ended"):
        take_over(principal=alice, session_id=session.id)
    with pytest.raises(Conflict, match="has ended"):
        request_person(principal=bob, session_id=session.id)


def test_answer_that_comes_after_the_take_over_is_not_said(alice: Principal, bob: Principal, session: Session) -> None:
    message = say(bob, session.id, "Hi")
    take_over(principal=alice, session_id=session.id)
    data = {"session": str(session.id), "message_seq": message.seq, "reply": "late", "summary": {}, "state": session.state}
    with pytest.raises(TakenOver):
        commit_turn(data, str(message.run_id), lambda do: None)


def test_turn_whose_summary_asks_for_a_person_makes_the_session_wait(
    alice: Principal, bob: Principal, session: Session
) -> None:
    message = say(bob, session.id, "A human, please")
    state = {**session.state, "ended": False}
    data = {"session": str(session.id), "message_seq": message.seq, "reply": "I pass you on.", "state": state}
    commit_turn(data | {"summary": {"hand_over": True}}, str(message.run_id), lambda do: None)
    assert [s.handling for s in list_conversations(alice)] == ["waiting"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
def test_take_over_stops_what_the_journey_is_answering(
    alice: Principal, bob: Principal, session: Session, script: Script
) -> None:
    script({"json": {"response": "slow"}, "latency_s": 30})
    message = say(bob, session.id, "Hi")
    run = until(run_of(message), "running")
    take_over(principal=alice, session_id=session.id)
    until(run, "cancelled", within_s=10)
    deadline = time.monotonic() + 5
    while not Message.objects.filter(session=session, text="Left to a person.").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    seen = get_inspector(bob, session.id)
    assert seen.turns[0].notice == "Left to a person."
    assert [m.text for m in seen.turns[0].asides] == ["Alice has joined the conversation."]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_over_at_once_one_wins(alice: Principal, bob: Principal) -> None:
    slug = publish_talk(bob)
    operators = [Principal("user", str(n), f"Op {n}", alice.organization_id, Role.OPERATOR) for n in range(100, 108)]
    for _ in range(3):
        session = open_session(principal=bob, slug=slug, origin="widget")

        def take(who: Principal, session: Session = session) -> str:
            try:
                take_over(principal=who, session_id=session.id)
                return who.ref
            except Conflict:
                return ""
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            winners = [ref for ref in pool.map(take, operators) if ref]
        session.refresh_from_db()
        assert winners == [session.operator]
        assert Message.objects.filter(session=session, role="system").count() == 1
