"""Silence: a session ends after its time to live, and an inactivity transition begins one turn a silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Run
from agents.services.recovery import sweep
from journeys.core.engine.silence import in_words
from journeys.models import Message, Session
from journeys.services.hand_over import request_person, take_over
from journeys.services.sessions import open_session
from journeys.services.silence import sweep_sessions
from tests.journeys.talking import publish_talk, say, talk_draft
from trust.core.errors import Conflict
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db


REMINDED = [*talk_draft()["pathways"], {"id": "reminder", "agents": ["talker"]}]


def nudge(after_s: float, **more: Any) -> dict[str, Any]:
    return {"trigger": {"kind": "event", "event": "inactivity", "after_s": after_s}, "to_pathway": "reminder", **more}


def silent_for(session: Session, seconds: float) -> None:
    """As if nobody had written for so long."""
    session.refresh_from_db()
    shift = timedelta(seconds=seconds)
    due = session.due_at - shift if session.due_at else None
    Session.objects.filter(pk=session.pk).update(silent_since=session.silent_since - shift, due_at=due)


def test_session_ends_after_its_time_to_live_and_says_why(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, session_ttl_s=3600))
    silent_for(session, 3599)
    assert sweep_sessions() == 0
    silent_for(session, 2)
    assert sweep_sessions() == 1
    session.refresh_from_db()
    assert (session.status, session.ended_because) == ("ended", "Nobody wrote for 1 hour.")
    assert Message.objects.get(role="system").text == "This conversation has ended: nobody wrote for 1 hour."
    with pytest.raises(Conflict, match="ended"):
        say(alice, session.id, "Hello?")
    assert sweep_sessions() == 0


def test_a_word_begins_a_new_silence(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, session_ttl_s=60))
    silent_for(session, 59)
    say(alice, session.id, "Here I am")
    Run.objects.update(status="succeeded")
    silent_for(session, 59)
    assert sweep_sessions() == 0


def test_session_whose_turn_is_under_way_does_not_end(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, session_ttl_s=60))
    say(alice, session.id, "Think about it")
    silent_for(session, 100)
    assert sweep_sessions() == 0
    session.refresh_from_db()
    assert session.status == "open"


def test_session_without_a_time_to_live_is_never_looked_at(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice))
    assert session.due_at is None


def test_inactivity_begins_one_turn_a_silence(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, pathways=REMINDED, transitions=[nudge(60)]))
    silent_for(session, 61)
    assert [sweep_sessions() for _ in range(3)] == [1, 0, 0]
    event = Message.objects.get(role="event")
    assert (event.text, event.turn) == ("Nobody wrote for 1 minute.", 1)
    assert event.payload == {"event": "inactivity", "transition": "t1", "after_s": 60}
    assert event.run is not None
    assert event.run.private_to == alice.ref
    Run.objects.update(status="succeeded")
    silent_for(session, 600)
    assert sweep_sessions() == 0
    say(alice, session.id, "I am back")
    Run.objects.update(status="succeeded")
    silent_for(session, 61)
    assert sweep_sessions() == 1


def test_later_inactivity_has_its_own_turn_in_the_same_silence(alice: Principal) -> None:
    session = open_session(
        principal=alice, slug=publish_talk(alice, pathways=REMINDED, transitions=[nudge(60), nudge(600)], session_ttl_s=6000)
    )
    fired = []
    for seconds in (61, 540, 5400):
        silent_for(session, seconds)
        sweep_sessions()
        Run.objects.update(status="succeeded")
        session.refresh_from_db()
        fired.append((list(session.silence_fired), session.status))
    assert fired == [(["t1"], "open"), (["t1", "t2"], "open"), (["t1", "t2"], "ended")]


def test_inactivity_of_another_pathway_does_not_fire(alice: Principal) -> None:
    pathways = [*REMINDED, {"id": "other", "agents": ["talker"]}]
    slug = publish_talk(alice, pathways=pathways, transitions=[nudge(60, from_pathways=["other"])])
    assert open_session(principal=alice, slug=slug).due_at is None


def test_silence_sets_off_nothing_while_a_person_answers(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, pathways=REMINDED, transitions=[nudge(60)]))
    request_person(principal=alice, session_id=session.id)
    take_over(principal=alice, session_id=session.id)
    session.refresh_from_db()
    assert session.due_at is None


def wait_over(session: Session, seconds: float) -> None:
    session.refresh_from_db()
    shift = timedelta(seconds=seconds)
    assert session.handling_since is not None
    assert session.due_at is not None
    Session.objects.filter(pk=session.pk).update(handling_since=session.handling_since - shift, due_at=session.due_at - shift)


@pytest.mark.parametrize(("then", "status"), [("agent", "open"), ("end", "ended")])
def test_a_wait_for_a_person_ends_as_the_journey_says(alice: Principal, then: str, status: str) -> None:
    pattern = {"wait_s": 300, "then": then, "late": "Nobody is here now."}
    session = open_session(principal=alice, slug=publish_talk(alice, patterns={"hand_over": pattern}))
    request_person(principal=alice, session_id=session.id)
    wait_over(session, 299)
    assert sweep_sessions() == 0
    wait_over(session, 2)
    assert sweep_sessions() == 1
    session.refresh_from_db()
    assert (session.handling, session.status) == ("agent", status)
    said = [m.text for m in Message.objects.filter(role="system").order_by("seq")]
    assert said[1] == "Nobody is here now."
    assert len(said) == (3 if then == "end" else 2)
    assert sweep_sessions() == 0
    if then == "agent":
        assert say(alice, session.id, "Then you").run is not None


def test_a_person_who_came_in_time_is_not_cut_short(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, patterns={"hand_over": {"wait_s": 300}}))
    request_person(principal=alice, session_id=session.id)
    take_over(principal=alice, session_id=session.id)
    session.refresh_from_db()
    assert session.due_at is None
    Session.objects.update(due_at=session.handling_since)
    assert sweep_sessions() == 0
    session.refresh_from_db()
    assert session.handling == "human"


def test_sweep_of_the_workers_looks_at_sessions(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, session_ttl_s=60))
    silent_for(session, 61)
    sweep(lambda run_id: None)
    session.refresh_from_db()
    assert session.status == "ended"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (90, "90 seconds"), (60, "1 minute"), (7200, "2 hours"), (86_400, "1 day"), (0.5, "0.5 seconds")],
)
def test_length_of_a_silence_is_said_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_due_time_counts_from_now(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, session_ttl_s=60))
    assert session.due_at is not None
    assert 55 < (session.due_at - timezone.now()).total_seconds() <= 60
