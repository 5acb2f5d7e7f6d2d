"""Hooks of a published journey: at the start of a session, and within turns on the real engine."""

from __future__ import annotations

import pytest

from journeys.models import Session
from journeys.services.sessions import list_messages, open_session
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, until
from trust.core.errors import Conflict
from trust.core.principal import Principal

CLOSED = {"event": "pre_session_start", "hook": "note", "params": {"text": "Opened at {pathway}"}}
BLOCK = {"event": "pre_message_process", "hook": "block_words", "params": {"words": ["blast"], "reply": "Gently."}}


@pytest.mark.django_db
def test_notes_of_the_start_go_with_the_greeting(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, hooks=[CLOSED]))
    assert list_messages(alice, session.id)[0].payload["notes"] == ["Opened at talk"]


@pytest.mark.django_db
def test_vetoed_start_opens_no_session_and_tells_why(alice: Principal) -> None:
    asks = {"event": "pre_session_start", "hook": "require_fields", "params": {"fields": ["topic"], "reply": "Which topic?"}}
    slug = publish_talk(alice, hooks=[asks])
    with pytest.raises(Conflict, match="Which topic?"):
        open_session(principal=alice, slug=slug)
    assert not Session.objects.exists()
    open_session(principal=alice, slug=slug, context={"topic": ["birds"]})
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_vetoed_message_is_answered_with_the_reason(alice: Principal, engine: None, script: Script) -> None:
    script({"json": {"response": "Never said."}})
    session = open_session(principal=alice, slug=publish_talk(alice, hooks=[BLOCK]))
    run = until(run_of(say(alice, session.id, "Blast!")), "succeeded", "failed")
    assert run.status == "succeeded", run.error
    answer = list_messages(alice, session.id)[-1]
    assert (answer.text, answer.payload["vetoed"]["hook"]) == ("Gently.", "block_words")
