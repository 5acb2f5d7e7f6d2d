"""Debugging in the builder: the test of the draft, its paint, breakpoints and pins, one agent alone, a failed run again."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Run
from agents.services.approvals import decide_approval
from agents.services.definitions import get_definition, save_draft
from agents.services.runs import list_steps
from journeys.models import Session
from journeys.services.debugging.bench import known_inputs, show_bench
from journeys.services.debugging.overriding import accept_override, set_override
from journeys.services.debugging.painting import edges_of, paint_coverage, paint_test
from journeys.services.debugging.recorded import read_answers
from journeys.services.debugging.runs import find_run_turn, rerun_on_draft, run_to
from journeys.services.debugging.session import (
    compare_draft,
    find_test,
    open_test,
    pin_output,
    reset_pins,
    set_breakpoint,
)
from journeys.services.debugging.steps import newest_step, start_step
from journeys.services.sessions import list_messages, open_session, session_spec
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, run_of, say, talk_draft, until
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]

DETOUR = {
    "id": "help",
    "from_pathways": ["talk"],
    "to_pathway": "help",
    "trigger": {"kind": "condition", "expression": 'message == "help"', "on": "message"},
    "push": True,
}


def two_pathways() -> dict[str, Any]:
    back = {"id": "help", "agents": ["talker"], "return_behavior": {"kind": "previous"}, "complete_when": ["response"]}
    return {"pathways": [*talk_draft()["pathways"], back], "transitions": [DETOUR]}


def change_draft(principal: Principal, **changes: Any) -> None:
    revision = get_definition(principal, "journey", "talk").draft_revision
    save_draft(principal, "journey", "talk", talk_draft(**changes), revision)


@pytest.fixture
def test(alice: Principal) -> Session:
    return open_test(principal=alice, slug=publish_talk(alice))


def test_a_test_talks_with_the_draft_and_knows_when_the_draft_has_moved_on(alice: Principal, test: Session) -> None:
    assert (test.version, test.origin, compare_draft(alice, test)) == (None, "builder", "same")
    assert open_test(principal=alice, slug="talk", anew=False).id == test.id
    change_draft(alice, greeting="New words.")
    assert compare_draft(alice, test) == "changed"
    again = open_test(principal=alice, slug="talk", anew=False)
    assert again.id != test.id
    assert [m.text for m in list_messages(alice, again.id)] == ["New words."]
    change_draft(alice, entry="nowhere")
    assert compare_draft(alice, again) == "broken"
    with pytest.raises(Invalid):
        open_test(principal=alice, slug="talk")


def test_a_new_test_keeps_the_breakpoints_and_pins_of_the_one_before(alice: Principal, test: Session) -> None:
    set_breakpoint(principal=alice, session_id=test.id, place="talk", armed=True)
    pin_output(principal=alice, session_id=test.id, agent="talker", outputs={"response": "Pinned."})
    again = open_test(principal=alice, slug="talk")
    assert again.id != test.id
    assert again.debug == {"breakpoints": ["talker"], "pins": {"talker": {"response": "Pinned.", "topic": None}}}


def test_a_test_belongs_to_who_opened_it(alice: Principal, people: People, test: Session) -> None:
    bob, charlie = people.principal(people.bob), people.principal(people.charlie)
    assert find_test(bob, "talk") is None
    with pytest.raises(NotFound):
        find_test(charlie, "talk")
    for stranger in (bob, charlie):
        with pytest.raises(NotFound):
            set_breakpoint(principal=stranger, session_id=test.id, place="talker", armed=True)
        with pytest.raises(NotFound):
            pin_output(principal=stranger, session_id=test.id, agent="talker", outputs={"response": "x"})


def test_the_canvas_lights_the_way_that_the_turn_took(alice: Principal, script: Script) -> None:
    test = open_test(principal=alice, slug=publish_talk(alice, **two_pathways()))
    assert paint_test(test)["edges"] == {}
    script({"json": {"response": "Helped.", "topic": "h"}})
    until(run_of(say(alice, test.id, "help")), "succeeded")
    test.refresh_from_db()
    painted = paint_test(test)
    assert {name for name, look in painted["edges"].items() if look["taken"]} == {"t:help:talk", "ret:help:talk"}
    assert (painted["nodes"]["help"]["state"], painted["nodes"]["help/talker"]["state"]) == ("ok", "ok")
    assert "talk" not in painted["nodes"]
    assert painted["outline"]["transition:help"] == {"text": "taken", "tone": "accent"}
    assert painted["outline"]["agent:talker:help"]["text"].startswith("ok")
    assert [e.id for e in edges_of(session_spec(test))] == ["t:help:talk", "ret:help:talk"]


def test_coverage_is_painted_by_the_ids_of_the_canvas(alice: Principal, script: Script) -> None:
    changes = two_pathways()
    asked = {"id": "ask", "from_pathways": ["*"], "to_pathway": "help", "trigger": {"kind": "intent", "intents": ["ask"]}}
    test = open_test(
        principal=alice,
        slug=publish_talk(
            alice,
            **changes,
        ),
    )
    change_draft(alice, **changes | {"transitions": [DETOUR, asked]})
    painted = paint_coverage(alice, "talk", test)
    never = {"coverage": "never"}
    assert painted["edges"] == {
        "t:help:talk": {"coverage": "never", "intents": {}},
        "t:ask:*": {"coverage": "never", "intents": {"ask": "never"}},
        "ret:help:talk": never,
        "ret:help:*": never,
    }
    assert painted["nodes"] == {"talk": never, "help": never}
    script({"json": {"response": "Helped.", "topic": "h"}})
    until(run_of(say(alice, test.id, "help")), "succeeded")
    set_breakpoint(principal=alice, session_id=test.id, place="talker", armed=True)
    test.refresh_from_db()
    painted = paint_coverage(alice, "talk", test)
    assert painted["nodes"]["help"] == {"coverage": "seen", "breakpoint": True}
    assert painted["edges"]["ret:help:talk"] == {"coverage": "seen"}
    assert painted["outline"]["transition:ask"]["text"] == "never"
    assert painted["outline"]["transition:help"] == {"text": "seen in sessions only", "tone": "warn"}


def test_a_breakpoint_shows_its_inputs_and_is_marked_on_the_canvas(alice: Principal, test: Session, script: Script) -> None:
    script({"json": {"response": "Answer.", "topic": "m"}})
    session = set_breakpoint(principal=alice, session_id=test.id, place="talk", armed=True)
    run = until(run_of(say(alice, test.id, "hi")), "waiting")
    painted = paint_test(session)
    assert painted["nodes"]["talk/talker"]["state"] == "waiting"
    assert painted["nodes"]["talk"]["breakpoint"] is painted["nodes"]["talk/talker"]["breakpoint"] is True
    assert set(painted["nodes"]) == {"talk", "talk/talker"}
    pause = show_bench(alice, session).pause
    assert pause is not None
    assert (pause.place, pause.inputs["message"]) == ("talker", "hi")
    asked = pause.approval
    decide_approval(principal=alice, approval_id=asked.id, decision="answer", result="Continue", seen_digest=asked.digest)
    until(run, "succeeded")
    bench = show_bench(alice, set_breakpoint(principal=alice, session_id=test.id, place="talker", armed=False))
    assert bench.pause is None
    (place,) = bench.places
    assert (place.state, place.breakpoint, place.pinned) == ("ok", False, False)
    assert place.outputs == {"response": "Answer.", "topic": "m"}
    assert place.inputs["message"] == "hi"


def test_a_breakpoint_needs_a_place_that_is_there(alice: Principal, test: Session) -> None:
    with pytest.raises(Invalid, match="no agent 'nobody'; the agents are: talker"):
        set_breakpoint(principal=alice, session_id=test.id, place="nobody", armed=True)


def test_a_pinned_output_answers_until_it_is_reset(alice: Principal, test: Session, script: Script) -> None:
    script({"json": {"response": "By the model.", "topic": "m"}})
    session = pin_output(principal=alice, session_id=test.id, agent="talker", outputs={"response": "Pinned.", "topic": "p"})
    assert paint_test(session)["nodes"]["talk"]["pinned"] is True
    until(run_of(say(alice, test.id, "hi")), "succeeded")
    (place,) = show_bench(alice, session).places
    assert (place.pinned, place.outputs) == (True, {"response": "Pinned.", "topic": "p"})
    assert reset_pins(principal=alice, session_id=test.id, agent="talker").debug == {}
    until(run_of(say(alice, test.id, "again")), "succeeded")
    assert list_messages(alice, test.id)[-1].text == "By the model."


def test_a_pin_must_fit_the_signature(alice: Principal, test: Session) -> None:
    with pytest.raises(Invalid, match="response"):
        pin_output(principal=alice, session_id=test.id, agent="talker", outputs={"topic": "p"})


def test_one_agent_runs_alone_with_the_inputs_that_it_is_given(alice: Principal, test: Session, script: Script) -> None:
    script({"match": "other words", "json": {"response": "To other words."}}, {"json": {"response": "First."}})
    until(run_of(say(alice, test.id, "hi")), "succeeded")
    known = known_inputs(alice, test, "talker")
    assert known["message"] == "hi"
    run = until(
        start_step(principal=alice, slug="talk", agent="talker", inputs={**known, "message": "other words"}), "succeeded"
    )
    assert run.output == {"response": "To other words.", "topic": None}
    assert newest_step(alice, "talk", "talker").id == run.id
    assert len(list_messages(alice, test.id)) == 3  # the conversation knows nothing of it


def test_one_agent_alone_is_refused_what_does_not_fit(alice: Principal, people: People, test: Session) -> None:
    with pytest.raises(Invalid) as refused:
        start_step(principal=alice, slug="talk", agent="talker", inputs={"message": "hi"})
    assert refused.value.problems[0]["where"] == "inputs.history"
    with pytest.raises(Invalid, match="no agent 'nobody'"):
        start_step(principal=alice, slug="talk", agent="nobody", inputs={})
    with pytest.raises(NotFound):
        start_step(principal=people.principal(people.charlie), slug="talk", agent="talker", inputs={})


def test_a_failed_run_is_answered_again_by_the_draft(alice: Principal, people: People, script: Script) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice))
    script({"match": "break", "text": "no json at all"}, {"json": {"response": "One.", "topic": "t1"}})
    until(run_of(say(alice, session.id, "one")), "succeeded")
    failed = until(run_of(say(alice, session.id, "break")), "failed", within_s=30)
    turn = find_run_turn(alice, failed.id, "talk")
    assert (turn.session.id, turn.question.text, turn.session.version_label) == (session.id, "break", "v1")
    assert turn.error
    assert paint_test(turn.session, turn.question)["nodes"]["talk/talker"]["state"] == "failed"
    script({"json": {"response": "Mended.", "topic": "t2"}})
    test = rerun_on_draft(principal=alice, slug="talk", run_id=failed.id)
    assert find_test(alice, "talk") == test
    last = test.messages.filter(role="user").last()
    assert last is not None
    until(run_of(last), "succeeded")
    assert [m.text for m in list_messages(alice, test.id)][1:] == ["one", "One.", "break", "Mended."]
    assert [m.text for m in list_messages(alice, session.id)][1:4] == ["one", "One.", "break"]
    charlie = people.principal(people.charlie)
    with pytest.raises(NotFound):
        rerun_on_draft(principal=charlie, slug="talk", run_id=failed.id)


def test_a_run_that_is_no_turn_cannot_be_opened(alice: Principal, test: Session, script: Script) -> None:
    script({"json": {"response": "Alone."}})
    run = start_step(principal=alice, slug="talk", agent="talker", inputs={"message": "hi", "history": "-"})
    with pytest.raises(NotFound, match="no turn of the run"):
        find_run_turn(alice, run.id)
    until(run, "succeeded")


def test_a_turn_that_an_event_began_is_not_repeated_by_hand(alice: Principal, test: Session, script: Script) -> None:
    script({"json": {"response": "A."}})
    message = say(alice, test.id, "hi")
    run = until(run_of(message), "succeeded")
    message.role = "event"
    message.save(update_fields=["role"])
    with pytest.raises(Conflict, match="events cannot be repeated"):
        rerun_on_draft(principal=alice, slug="talk", run_id=run.id)


def two_agents() -> dict[str, Any]:
    """A pathway whose second agent reads what the first one brought."""
    draft = talk_draft()
    first = draft["agents"]["talker"]
    closer = {**first, "name": "Closer", "signature": {**first["signature"], "name": "Close"}}
    closer["signature"]["outputs"] = [{"name": "response", "type": {"kind": "str"}}, {"name": "end", "type": {"kind": "str"}}]
    topic = {"name": "topic", "type": {"kind": "optional", "of": {"kind": "str"}}, "required": False, "default": None}
    closer["signature"]["inputs"] = [{"name": "message", "type": {"kind": "str"}}, topic]
    pathways = [{**draft["pathways"][0], "agents": ["talker", "closer"]}]
    return {"agents": {"talker": first, "closer": closer}, "pathways": pathways}


def answer_pause(principal: Principal, session: Session, word: str) -> None:
    pause = show_bench(principal, session).pause
    assert pause is not None
    asked = pause.approval
    decide_approval(principal=principal, approval_id=asked.id, decision="answer", result=word, seen_digest=asked.digest)


def test_the_test_runs_to_an_agent_and_waits_there_once(alice: Principal, script: Script) -> None:
    publish_talk(alice, **two_agents())
    closed, first = {"match": "end", "json": {"response": "Closed.", "end": "e"}}, {"json": {"response": "Open.", "topic": "t"}}
    script(closed, closed, first, first, first)
    test = run_to(principal=alice, slug="talk", agent="closer", text="hi")
    (message,) = test.messages.filter(role="user")
    until(run_of(message), "waiting")
    bench = show_bench(alice, test)
    assert bench.pause is not None
    assert (bench.pause.place, bench.pause.inputs) == ("closer", {"message": "hi", "topic": "t"})
    assert (bench.places[0].outputs, bench.places[1].outputs) == ({"response": "Open.", "topic": "t"}, {})
    again = run_to(principal=alice, slug="talk", agent="closer")
    until(run_of(message), "failed")
    assert again.id != test.id
    (message,) = again.messages.filter(role="user")
    run = until(run_of(message), "waiting")
    answer_pause(alice, again, "Continue")
    until(run, "succeeded")
    until(run_of(say(alice, again.id, "more")), "succeeded")  # once: the next turn goes through
    assert show_bench(alice, again).missed == ""


def test_a_turn_that_does_not_come_to_the_agent_says_so(alice: Principal, script: Script) -> None:
    back = {"id": "help", "return_behavior": {"kind": "previous"}}
    publish_talk(alice, pathways=[*talk_draft()["pathways"], back], transitions=[DETOUR])
    script({"json": {"response": "Here.", "topic": "t"}})
    with pytest.raises(Invalid, match="nothing was said"):
        run_to(principal=alice, slug="talk", agent="help")
    with pytest.raises(Invalid, match="no agent 'nobody'"):
        run_to(principal=alice, slug="talk", agent="nobody", text="hi")
    test = run_to(principal=alice, slug="talk", agent="help", text="hi")
    (message,) = test.messages.filter(role="user")
    until(run_of(message), "succeeded")
    assert show_bench(alice, test).missed == "help"


def test_an_override_answers_in_the_test_stands_in_the_journal_and_becomes_the_draft(
    alice: Principal, people: People, test: Session, script: Script
) -> None:
    script({"match": "Speak like a pirate", "json": {"response": "Arr."}}, {"json": {"response": "Hello."}})
    with pytest.raises(Invalid, match="no provider"):
        set_override(principal=alice, session_id=test.id, agent="talker", override={"provider": "nobody"})
    with pytest.raises(Invalid, match="an override changes"):
        set_override(principal=alice, session_id=test.id, agent="talker", override={})
    with pytest.raises(NotFound):
        set_override(principal=people.principal(people.bob), session_id=test.id, agent="talker", override={"temperature": 0.5})
    wanted = {"guidelines": ["Speak like a pirate"], "temperature": 0.5}
    set_override(principal=alice, session_id=test.id, agent="talker", override=wanted)
    run = until(run_of(say(alice, test.id, "hi")), "succeeded")
    assert list_messages(alice, test.id)[-1].text == "Arr."
    (note,) = [s for s in list_steps(run) if "/overridden/" in s.path]
    assert note.request == {"place": "talker", **wanted}
    assert show_bench(alice, find_test(alice, "talk") or test).overrides[0].override == wanted
    done = accept_override(principal=alice, slug="talk", agent="talker")
    agent = get_definition(alice, "journey", "talk").draft["agents"]["talker"]
    assert agent["signature"]["guidelines"] == ["Speak like a pirate"]
    assert agent["model"] == {"provider": "scripted", "temperature": 0.5}
    assert done.done[-1].label == "Changed agent talker"
    again = open_test(principal=alice, slug="talk", anew=False)
    assert (again.id != test.id, again.debug) == (True, {})
    with pytest.raises(Conflict, match="no change to accept"):
        accept_override(principal=alice, slug="talk", agent="talker")


def test_a_failed_run_goes_on_in_the_draft_from_where_it_failed(alice: Principal, script: Script) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice, **two_agents()))
    script({"match": "end", "text": "no json at all"}, {"json": {"response": "Open.", "topic": "t"}})
    failed = until(run_of(say(alice, session.id, "hi")), "failed", within_s=30)
    answers = read_answers(alice, failed)
    assert answers["talker"].outputs == {"response": "Open.", "topic": "t"}
    assert (answers["closer"].inputs, answers["closer"].outputs) == ({"message": "hi", "topic": "t"}, None)
    script({"match": "end", "json": {"response": "Closed.", "end": "e"}}, {"text": "asked although it is pinned"})
    test = rerun_on_draft(principal=alice, slug="talk", run_id=failed.id, keep=True)
    assert test.debug["pins"] == {"talker": {"response": "Open.", "topic": "t"}}
    (message,) = test.messages.filter(role="user")
    until(run_of(message), "succeeded")
    assert list_messages(alice, test.id)[-1].text.endswith("Closed.")


def test_the_api_runs_to_an_agent_overrides_it_and_accepts_the_change(alice: Principal, people: People, script: Script) -> None:
    publish_talk(alice)
    api = ApiClient(key_of(people, people.alice))
    script({"json": {"response": "A."}, "times": 3})
    opened = api.call("post", "/journeys/talk/agents/talker/test-session", {"text": "hi"})
    assert opened.status_code == 201, opened.content
    here = f"/sessions/{opened.json()['id']}"
    until(Run.objects.get(), "waiting")
    shown = api.call("get", "/journeys/talk/test-session").json()
    assert (shown["pause"]["place"], shown["missed"]) == ("talker", "")
    assert api.call("put", f"{here}/overrides/talker", {"temperature": 0.1}).status_code == 200
    assert api.call("put", f"{here}/overrides/talker", {"temperature": 9}).status_code == 422
    assert api.call("get", "/journeys/talk/test-session").json()["places"][0]["override"] == {"temperature": 0.1}
    accepted = api.call("post", "/journeys/talk/agents/talker/accept-override")
    assert accepted.json()["revision"] == get_definition(alice, "journey", "talk").draft_revision
    assert api.call("post", "/journeys/talk/agents/talker/accept-override").status_code == 409
    assert api.call("delete", f"{here}/overrides/talker").status_code == 204
    assert api.call("post", "/journeys/talk/agents/nobody/test-session", {"text": "hi"}).status_code == 422
