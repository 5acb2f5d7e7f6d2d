"""Trying a journey out: drafts and other models, branches, personas, feedback, pins, breakpoints, faults, jumps."""

from __future__ import annotations

import time

import pytest

from agents.models import Run
from agents.services.approvals import decide_approval, list_approvals
from agents.services.definitions import get_definition, save_draft
from agents.services.runs import list_steps
from agents.services.window import list_windows
from journeys.models import Session
from journeys.services.branches import branch_session, siblings_of
from journeys.services.environments import promote_version
from journeys.services.feedback import give_feedback, list_opinions, opinions_of, withdraw_feedback
from journeys.services.personas import delete_persona, list_personas, save_persona
from journeys.services.sessions import get_session, list_messages, open_session, post_message
from journeys.services.tester import jump_to, paint_session, set_debug
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, talk_draft, until
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]


@pytest.fixture
def session(alice: Principal) -> Session:
    return open_session(principal=alice, slug=publish_talk(alice))


def heard(principal: Principal, session: Session) -> list[str]:
    return [m.text for m in list_messages(principal, session.id, after=1)]


def play(alice: Principal, session: Session, text: str, **wishes: object) -> Run:
    message = post_message(
        principal=alice, session_id=session.id, client_id=f"p{time.monotonic_ns()}", text=text, play=dict(wishes)
    )
    return run_of(message)


def test_a_session_of_the_draft_keeps_the_draft_as_it_was(alice: Principal, session: Session) -> None:
    draft = {**talk_draft(), "greeting": "Draft hello."}
    save_draft(alice, "journey", "talk", draft, get_definition(alice, "journey", "talk").draft_revision)
    opened = open_session(principal=alice, slug="talk", draft=True)
    assert (opened.version, opened.version_label) == (None, "draft")
    save_draft(
        alice, "journey", "talk", {**draft, "greeting": "Later."}, get_definition(alice, "journey", "talk").draft_revision
    )
    assert [m.text for m in list_messages(alice, opened.id)] == ["Draft hello."]
    assert get_session(alice, session.id).version_label == "v1"


def test_a_session_is_opened_with_the_version_of_its_environment(alice: Principal, session: Session) -> None:
    save_draft(alice, "journey", "talk", talk_draft(greeting="Dev."), get_definition(alice, "journey", "talk").draft_revision)
    promote_version(principal=alice, slug="talk", environment="dev")
    assert open_session(principal=alice, slug="talk", environment="dev").version_label == "v2"
    assert open_session(principal=alice, slug="talk", environment="production").version_label == "v1"
    with pytest.raises(NotFound, match="no version in staging"):
        open_session(principal=alice, slug="talk", environment="staging")


def test_another_model_answers_in_place_of_the_journeys_own(alice: Principal, session: Session, script: Script) -> None:
    opened = open_session(principal=alice, slug="talk", model={"provider": "demo"})
    assert opened.version_label == "v1 · demo"
    assert opened.digest != session.digest
    until(run_of(say(alice, opened.id, "Good day")), "succeeded")  # the scripted model has no script here
    with pytest.raises(Invalid, match="no provider 'hal'"):
        open_session(principal=alice, slug="talk", model={"provider": "hal"})


def test_a_branch_repeats_what_was_said_and_goes_another_way(alice: Principal, session: Session, script: Script) -> None:
    script(
        {"match": "two, then", "json": {"response": "B2", "topic": "x"}},
        {"match": "two", "json": {"response": "A2", "topic": "t2"}},
        {"json": {"response": "A1", "topic": "t1"}},
    )
    until(run_of(say(alice, session.id, "one")), "succeeded")
    until(run_of(say(alice, session.id, "two")), "succeeded")
    branch = branch_session(principal=alice, session_id=session.id, turn=2, text="two, then")
    last = branch.messages.filter(role="user").last()
    assert last is not None
    until(run_of(last), "succeeded")
    assert heard(alice, branch) == ["one", "A1", "two, then", "B2"]
    assert heard(alice, session) == ["one", "A1", "two", "A2"]
    branch.refresh_from_db()
    assert branch.state["context"] == {"topic": ["t1", "x"]}
    again = branch_session(principal=alice, session_id=branch.id, turn=2, text="two")
    ways = siblings_of(alice, again)[2]
    assert [(w.session_id, w.current) for w in ways] == [(session.id, False), (branch.id, False), (again.id, True)]
    assert [w.current for w in siblings_of(alice, session)[2]] == [True, False, False]


def test_a_branch_at_the_first_turn_begins_as_the_session_began(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "A1", "topic": "t1"}})
    until(run_of(say(alice, session.id, "one")), "succeeded")
    branch = branch_session(principal=alice, session_id=session.id, turn=1, text="uno")
    assert branch.state["context"] == {}
    assert [m.text for m in list_messages(alice, branch.id)] == ["Hello.", "uno"]


def test_a_branch_needs_a_turn_and_its_owner(alice: Principal, people: People, session: Session) -> None:
    with pytest.raises(NotFound, match="no message of a person in turn 7"):
        branch_session(principal=alice, session_id=session.id, turn=7)
    with pytest.raises(NotFound):
        branch_session(principal=people.principal(people.charlie), session_id=session.id, turn=1)


def test_a_pinned_answer_stands_in_place_of_the_models(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "from the model", "topic": "m"}})
    run = until(play(alice, session, "hi", pins={"talker": {"response": "pinned", "topic": "p"}}), "succeeded")
    assert run.output is not None
    assert run.output["reply"] == "pinned"
    assert "model" not in [step.kind for step in list_steps(run)]
    until(run_of(say(alice, session.id, "again")), "succeeded")
    assert heard(alice, session)[-1] == "from the model"  # the pin was of one turn


def test_a_turn_waits_at_a_breakpoint_and_goes_on_or_stops(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "answer", "topic": "m"}})
    set_debug(principal=alice, session_id=session.id, debug={"breakpoints": ["talker"]})
    run = until(run_of(say(alice, session.id, "hi")), "waiting")
    assert paint_session(alice, session.id)["nodes"]["talk"]["state"] == "waiting"
    asked = list_approvals(alice, run_id=run.id)[0]
    step = next(s for s in list_steps(run) if s.path.endswith("stopped/0"))
    assert (step.request["place"], step.request["inputs"]["message"]) == ("talker", "hi")
    decide_approval(principal=alice, approval_id=asked.id, decision="answer", result="Continue", seen_digest=asked.digest)
    until(run, "succeeded")
    painted = paint_session(alice, session.id)
    assert (painted["nodes"]["talk"]["state"], painted["agents"]["talk/talker"]["state"]) == ("ok", "ok")
    stopped = until(run_of(say(alice, session.id, "again")), "waiting")
    asked = list_approvals(alice, run_id=stopped.id)[0]
    decide_approval(principal=alice, approval_id=asked.id, decision="answer", result="Stop", seen_digest=asked.digest)
    ended = until(stopped, "failed")
    assert ended.error is not None
    assert ended.error["code"] == "stopped_by_tester"


def test_wishes_that_no_turn_can_fulfil_are_refused(alice: Principal, session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        play(alice, session, "hi", simulate="earthquake")
    assert refused.value.problems[0]["where"] == "play.simulate"


def test_a_jump_is_told_and_keeps_what_was_gathered(alice: Principal, script: Script) -> None:
    two = [*talk_draft()["pathways"], {"id": "other", "agents": ["talker"]}]
    session = open_session(principal=alice, slug=publish_talk(alice, pathways=two))
    script({"json": {"response": "A", "topic": "t"}})
    until(run_of(say(alice, session.id, "hi")), "succeeded")
    jump_to(principal=alice, session_id=session.id, pathway="other")
    session.refresh_from_db()
    assert (session.state["pathway"], session.state["context"]) == ("other", {"topic": ["t"]})
    assert heard(alice, session)[-1] == "Alice jumped from talk to other."
    with pytest.raises(Invalid, match="the pathways are: talk, other"):
        jump_to(principal=alice, session_id=session.id, pathway="nowhere")


def test_a_jump_waits_for_the_turn_that_is_under_way(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "A"}, "latency_s": 5})
    run = until(run_of(say(alice, session.id, "hi")), "running")
    with pytest.raises(Conflict, match="under way"):
        jump_to(principal=alice, session_id=session.id, pathway="talk")
    assert not run.ended


def test_feedback_is_one_opinion_a_person_and_answer(
    alice: Principal, people: People, session: Session, script: Script
) -> None:
    script({"json": {"response": "A", "topic": "t"}})
    until(run_of(say(alice, session.id, "hi")), "succeeded")
    give_feedback(principal=alice, session_id=session.id, turn=1, good=True)
    give_feedback(principal=alice, session_id=session.id, turn=1, good=False, comment=" too short ", better="Hello!")
    own = opinions_of(alice, session.id)[1]
    assert (own.good, own.comment, own.better) == (False, "too short", "Hello!")
    listed = list_opinions(alice, "talk", good=False)
    assert [(o.question, o.answer, o.turn) for o in listed] == [("hi", "A", 1)]
    with pytest.raises(NotFound):
        list_opinions(people.principal(people.charlie), "talk")
    withdraw_feedback(principal=alice, session_id=session.id, turn=1)
    assert opinions_of(alice, session.id) == {}
    with pytest.raises(NotFound, match="no answer in turn 2"):
        give_feedback(principal=alice, session_id=session.id, turn=2, good=True)


def test_a_persona_holds_only_what_the_journey_declares(alice: Principal) -> None:
    variables = [{"name": "plan", "type": {"kind": "enum", "values": ["free", "pro"]}}]
    publish_talk(alice, variables=variables)
    save_persona(principal=alice, slug="talk", name="Paying  Pat", variables={"plan": "pro"})
    assert [(p.name, p.variables) for p in list_personas(alice, "talk")] == [("Paying Pat", {"plan": "pro"})]
    with pytest.raises(Invalid):
        save_persona(principal=alice, slug="talk", name="Odd", variables={"plan": "gold"})
    delete_persona(principal=alice, slug="talk", name="Paying Pat")
    with pytest.raises(NotFound, match="it has: none"):
        delete_persona(principal=alice, slug="talk", name="Paying Pat")


def test_the_window_says_what_the_model_saw_by_share(alice: Principal, session: Session, script: Script) -> None:
    script({"json": {"response": "A", "topic": "t"}}, {"json": {"response": "B", "topic": "t"}})
    until(run_of(say(alice, session.id, "one")), "succeeded")
    run = until(run_of(say(alice, session.id, "two")), "succeeded")
    window = list_windows(run)[0]
    shares = {segment.kind: segment for segment in window.segments}
    assert {"Instructions", "Conversation", "Message", "Answer format"} <= shares.keys()
    assert "two" in shares["Message"].text
    assert "one" in shares["Conversation"].text
    assert sum(segment.percent for segment in window.segments) == pytest.approx(100, abs=0.5)
    step = next(step for step in list_steps(run) if step.path == window.path)
    assert sum(segment.tokens for segment in window.segments) == window.tokens == step.input_tokens
