"""Routing on the database with the real engine: remembered intents, a question back, silence and user variables."""

from __future__ import annotations

from typing import Any

import pytest

from agents.services.runs import list_steps
from journeys.models import Session
from journeys.services.sessions import list_messages, open_session
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, talk_draft, until
from trust.core.principal import Principal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]


def pathway(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "agents": ["talker"], **more}


def intent(to: str, name: str) -> dict[str, Any]:
    return {"trigger": {"kind": "intent", "intents": [name], "description": f"About the {name}"}, "to_pathway": to}


def publish_routes(principal: Principal, **more: Any) -> str:
    back = {"kind": "previous"}
    changes = {
        "pathways": [*talk_draft()["pathways"], pathway("bill", return_behavior=back), pathway("visit", return_behavior=back)],
        "transitions": [intent("bill", "bill"), intent("visit", "visit")],
        "intent_model": {"provider": "scripted"},
        "patterns": {"clarify": {"enabled": True}},
    }
    return publish_talk(principal, **{**changes, **more})


def meant(name: str, confidence: float, second: str = "none", less: float = 0.0) -> dict[str, Any]:
    found = {"intent": name, "confidence": confidence, "evidence": "so", "runner_up": second, "runner_up_confidence": less}
    return {"match": "You route the messages", "times": 1, "json": found}


ANSWER = {"match": "message", "json": {"response": "So it is."}}


def answer(alice: Principal, session: Session, text: str) -> dict[str, Any]:
    run = until(run_of(say(alice, session.id, text)), "succeeded", "failed")
    assert run.error is None
    assert run.output is not None
    return {**run.output, "steps": [step.path for step in list_steps(run)]}


def test_intent_is_remembered_across_sessions_of_one_journey(alice: Principal, script: Script) -> None:
    slug = publish_routes(alice)
    script(meant("bill", 0.9), ANSWER)
    first = answer(alice, open_session(principal=alice, slug=slug), "The bill please")
    again = answer(alice, open_session(principal=alice, slug=slug), "The bill please")
    assert first["ran"] == again["ran"] == "bill"
    assert first["steps"] == ["load/0", "recall/0", "intent/0/model/0", "pathway/0/talker/0/model/0", "commit/0"]
    assert again["steps"] == ["load/0", "recall/0", "pathway/0/talker/0/model/0", "commit/0"]
    assert (first["intent"]["from_cache"], again["intent"]["from_cache"]) == (False, True)


def test_unclear_message_is_asked_back_and_answered_when_it_is_clear(alice: Principal, script: Script) -> None:
    session = open_session(principal=alice, slug=publish_routes(alice))
    script(meant("bill", 0.75, "visit", 0.7), ANSWER)
    asked = answer(alice, session, "It is about last week")
    assert asked["reply"] == "Do you mean About the bill or About the visit?"
    assert asked["ran"] == ""
    session.refresh_from_db()
    assert session.state["pending"]["message"] == "It is about last week"
    done = answer(alice, session, "the second")
    assert done["ran"] == "visit"
    assert done["steps"] == ["load/0", "pathway/0/talker/0/model/0", "commit/0"]
    session.refresh_from_db()
    assert session.state["pending"] == {}
    assert list_messages(alice, session.id)[-1].payload["exercised"]["transitions"] == ["t2"]


def test_condition_over_a_user_variable_moves_without_a_model(alice: Principal, script: Script) -> None:
    condition = {"kind": "condition", "expression": 'user.plan == "pro"', "on": "message"}
    slug = publish_routes(
        alice,
        transitions=[
            {"trigger": condition, "to_pathway": "visit", "context_update": [{"op": "set", "field": "vip", "value": True}]}
        ],
        variables=[{"name": "plan", "type": {"kind": "str"}}],
        patterns={},
    )
    script(ANSWER)
    done = answer(alice, open_session(principal=alice, slug=slug, variables={"plan": "pro"}), "Hi")
    assert (done["ran"], done["changed"]) == ("visit", {"vip": True})
    assert answer(alice, open_session(principal=alice, slug=slug, variables={"plan": "free"}), "Hi")["ran"] == "talk"
