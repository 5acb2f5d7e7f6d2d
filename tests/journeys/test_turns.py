"""Turns on the database with the real engine: answered in order, atomically, or visibly not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection

from agents.services.approvals import decide_approval, list_approvals
from agents.services.runs import cancel_run, fork_run, list_steps
from journeys.models import Appointment, Message, Session
from journeys.services.gallery import publish_gallery
from journeys.services.inspector import get_inspector, get_turn
from journeys.services.sessions import list_messages, open_session, retry_turn
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, until
from trust.core.errors import Conflict
from trust.core.principal import Principal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]


def texts(alice: Principal, session: Session) -> list[tuple[str, str]]:
    return [(m.role, m.text) for m in list_messages(alice, session.id, after=1)]


@pytest.fixture
def session(alice: Principal) -> Session:
    return open_session(principal=alice, slug=publish_talk(alice))


def test_turn_stores_answer_and_state_together(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "Good day to you.", "topic": "weather"}})
    run = until(run_of(say(alice, session.id, "Good day")), "succeeded", "failed")
    assert run.error is None
    assert run.output is not None
    assert run.output["reply"] == "Good day to you."
    assert texts(alice, session) == [("user", "Good day"), ("assistant", "Good day to you.")]
    session.refresh_from_db()
    assert session.state["context"] == {"topic": ["weather"]}
    assert [s.path for s in list_steps(run)] == ["load/0", "pathway/0/talker/0/model/0", "commit/0"]


def test_messages_sent_together_are_answered_in_order_each_with_the_history_before_it(
    alice: Principal, session: Session, script: Script
) -> None:
    script(
        {"match": "user: one", "json": {"response": "answer two", "topic": "b"}},
        {"json": {"response": "answer one", "topic": "a"}, "latency_s": 0.3},
    )
    first, second = say(alice, session.id, "one"), say(alice, session.id, "two")
    until(run_of(second), "queued")
    until(run_of(first), "succeeded")
    until(run_of(second), "succeeded")
    expected = [("user", "one"), ("user", "two"), ("assistant", "answer one"), ("assistant", "answer two")]
    assert texts(alice, session) == expected
    session.refresh_from_db()
    assert session.state["context"] == {"topic": ["a", "b"]}
    assert session.state["changed"] == {"topic": 2}


def test_failed_turn_changes_nothing_says_why_and_can_be_tried_again(
    alice: Principal, session: Session, script: Script
) -> None:
    script({"text": "no JSON at all", "match": "message"})
    before = session.state
    message = say(alice, session.id, "Hi")
    failed = until(run_of(message), "failed")
    session.refresh_from_db()
    assert session.state == before
    [_, notice] = list_messages(alice, session.id, after=1)
    assert (notice.role, notice.payload["status"]) == ("system", "failed")
    assert "could not be answered" in notice.text
    assert get_turn(alice, session.id, failed.id).can_retry

    script({"json": {"response": "Now it works."}})
    again = retry_turn(principal=alice, session_id=session.id, run_id=failed.id)
    assert again.pk == message.pk
    until(run_of(message), "succeeded")
    assert texts(alice, session)[-1] == ("assistant", "Now it works.")
    with pytest.raises(Conflict):
        retry_turn(principal=alice, session_id=session.id, run_id=failed.id)
    view = get_inspector(alice, session.id).turns
    assert [(t.text, t.reply) for t in view] == [("Hi", "Now it works.")]


def test_next_message_works_after_a_failed_one(alice: Principal, session: Session, script: Script) -> None:
    script({"error_code": "unavailable", "match": "message", "times": 1}, {"json": {"response": "Here."}})
    until(run_of(say(alice, session.id, "Hi")), "failed")
    until(run_of(say(alice, session.id, "Hi again")), "succeeded")
    assert [role for role, _ in texts(alice, session)] == ["user", "system", "user", "assistant"]


def test_stopped_turn_keeps_what_there_was_labelled_as_partial(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "word " * 400}, "piece_delay_s": 0.03})
    run = until(run_of(say(alice, session.id, "Talk")), "running")
    time.sleep(0.8)
    cancel_run(principal=alice, run_id=run.id)
    until(run, "cancelled")
    [_, partial] = list_messages(alice, session.id, after=1)
    assert (partial.role, partial.payload["partial"], partial.payload["status"]) == ("assistant", True, "cancelled")
    assert partial.text.startswith("word word")
    script(*({"json": {"response": "Yes."}} for _ in range(32)))
    until(run_of(say(alice, session.id, "And now?")), "succeeded")


def test_turn_stopped_in_the_line_is_not_answered(alice: Principal, session: Session, script: Script) -> None:
    script(*({"json": {"response": "Yes."}} for _ in range(32)))
    message = say(alice, session.id, "Talk")
    cancel_run(principal=alice, run_id=run_of(message).id)
    [_, notice] = list_messages(alice, session.id, after=1)
    assert notice.text == "Stopped before there was an answer."


def test_fork_of_a_turn_leaves_the_session_alone(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "First."}}, {"json": {"response": "Second."}})
    run = until(run_of(say(alice, session.id, "Talk")), "succeeded")
    fork = until(fork_run(principal=alice, run_id=run.id, path="pathway/0/talker/0/model/0"), "succeeded", "failed")
    assert fork.output is not None
    assert fork.output["reply"] == "Second."
    assert texts(alice, session) == [("user", "Talk"), ("assistant", "First.")]


@pytest.mark.slow
def test_reference_journey_books_once_when_a_second_person_approves(people: People, alice: Principal, bob: Principal) -> None:
    publish_gallery(people.organization)
    session = open_session(principal=alice, slug="healthcare-referral")
    for text in ("I have back pain", "Mornings, please", "yes", "the first one"):
        run = until(run_of(say(alice, session.id, text)), "succeeded", "failed")
        assert run.error is None
    waiting = until(run_of(say(alice, session.id, "the second one")), "waiting", "failed")
    assert waiting.error is None
    [card] = list_approvals(bob)
    assert card.title.startswith("Book Dr. Sarah Chen on ")
    assert not Appointment.objects.exists()
    decide_approval(principal=bob, approval_id=card.id, decision="approve", seen_digest=card.digest)
    until(waiting, "succeeded")
    appointment = Appointment.objects.get()
    seen = get_inspector(alice, session.id)
    assert appointment.confirmation_number.startswith("HC-")
    assert appointment.confirmation_number in (seen.turns[-1].reply or "")
    assert seen.state.pathway == "confirmation"
    assert {row.key: row.turn for row in seen.context}["confirmation_number"] == 5
    assert [row.key for row in seen.context if row.changed_now]
    assert seen.suggestions


def test_message_behind_one_that_ends_the_journey_is_told_so(people: People, alice: Principal) -> None:
    publish_gallery(people.organization)
    session = open_session(principal=alice, slug="healthcare-referral")
    cancel, late = say(alice, session.id, "Cancel"), say(alice, session.id, "wait, one more thing")
    until(run_of(cancel), "succeeded")
    run = until(run_of(late), "failed")
    assert run.error is not None
    assert run.error["code"] == "journey_ended"
    assert list_messages(alice, session.id)[-1].role == "system"


@pytest.mark.slow
def test_thirty_two_senders_at_once_get_one_order_and_one_answer_each(
    alice: Principal, session: Session, script: Script
) -> None:
    script(*({"json": {"response": "Yes."}} for _ in range(32)))

    def send(n: int) -> None:
        try:
            say(alice, session.id, f"from sender {n}", f"sender-{n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(send, range(32)))
    questions = list(Message.objects.filter(session=session, role="user").order_by("seq"))
    assert sorted(m.text for m in questions) == sorted(f"from sender {n}" for n in range(32))
    assert [m.turn for m in questions] == list(range(1, 33))
    for message in questions:
        until(run_of(message), "succeeded", within_s=60)
    answers = list(Message.objects.filter(session=session, role="assistant", turn__gt=0).order_by("seq"))
    assert [m.turn for m in answers] == list(range(1, 33)), "answered once each, in the order of the questions"
    runs = [run_of(message) for message in questions]
    assert [later.started_at >= earlier.finished_at for earlier, later in pairwise(runs)] == [True] * 31  # type: ignore[operator]
