"""What a session has gathered, changed by hand: past values, one of them restored, another version, user variables."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Run
from agents.services.definitions import get_definition, publish_version, save_draft
from journeys.adapters.turn import commit_turn, load_turn
from journeys.models import Message, Session
from journeys.services.session_state import field_history, move_session, plan_move, restore_field, set_variables
from journeys.services.sessions import open_session
from tests.journeys.talking import publish_talk, say, talk_draft
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
NAME = {"name": "first_name", "type": {"kind": "str"}}
AGE = {"name": "age", "type": {"kind": "int"}, "required": False}


def turn(principal: Principal, session: Session, **changed: Any) -> Message:
    """One turn that changed the context, as its run commits it."""
    message = say(principal, session.id, f"turn {changed}")
    session.refresh_from_db()
    context = {**session.state["context"], **changed}
    state = {
        **session.state,
        "context": context,
        "changed": {**session.state["changed"], **dict.fromkeys(changed, message.turn)},
    }
    data = {"session": str(session.id), "message_seq": message.seq, "reply": "ok", "state": state}
    commit_turn(data | {"summary": {"changed": changed, "ran": "talk"}}, str(message.run_id), lambda do: None)
    Run.objects.update(status="succeeded")
    return message


@pytest.fixture
def session(alice: Principal) -> Session:
    slug = publish_talk(alice, variables=[NAME, AGE])
    return open_session(principal=alice, slug=slug, context={"topic": ["before"]}, variables={"first_name": "Ann"})


def test_every_past_value_of_a_field_is_known_with_turn_and_who(alice: Principal, session: Session) -> None:
    turn(alice, session, topic=["a"])
    turn(alice, session, topic=["a", "b"])
    values = field_history(alice, session.id)["topic"]
    assert [(v.turn, v.value, v.by, v.current) for v in values] == [
        (0, ["before"], "known beforehand", False),
        (1, ["a"], "the pathway talk", False),
        (2, ["a", "b"], "the pathway talk", True),
    ]


def test_restored_value_is_a_recorded_act(alice: Principal, session: Session) -> None:
    turn(alice, session, topic=["a"])
    seq = field_history(alice, session.id)["topic"][1].seq
    turn(alice, session, topic=["b"])
    restore_field(principal=alice, session_id=session.id, field="topic", seq=seq)
    session.refresh_from_db()
    assert session.state["context"] == {"topic": ["a"]}
    note = Message.objects.filter(session=session).order_by("seq").last()
    assert note is not None
    assert note.text == "Alice has restored topic to its value of turn 1."
    assert note.payload["by"] == alice.ref
    last = field_history(alice, session.id)["topic"][-1]
    assert (last.value, last.by, last.restored_from, last.current) == (["a"], "Alice", seq, True)


def test_what_was_known_beforehand_can_be_restored(alice: Principal, session: Session) -> None:
    turn(alice, session, topic=["a"])
    restore_field(principal=alice, session_id=session.id, field="topic", seq=0)
    session.refresh_from_db()
    assert session.state["context"] == {"topic": ["before"]}


def test_restore_that_cannot_be_says_what_is_allowed(alice: Principal, session: Session) -> None:
    with pytest.raises(NotFound, match="its fields are: topic"):
        restore_field(principal=alice, session_id=session.id, field="colour", seq=0)
    with pytest.raises(Invalid, match="allowed: 0"):
        restore_field(principal=alice, session_id=session.id, field="topic", seq=99)
    say(alice, session.id, "Think")
    with pytest.raises(Conflict, match="under way"):
        restore_field(principal=alice, session_id=session.id, field="topic", seq=0)


def test_stranger_and_colleague_restore_and_move_nothing(
    alice: Principal, bob: Principal, charlie: Principal, session: Session
) -> None:
    for other in (bob, charlie):
        with pytest.raises(NotFound):
            field_history(other, session.id)
        with pytest.raises(NotFound):
            restore_field(principal=other, session_id=session.id, field="topic", seq=0)
        with pytest.raises(NotFound):
            move_session(principal=other, session_id=session.id)
        with pytest.raises(NotFound):
            set_variables(principal=other, session_id=session.id, variables={"age": 3})


def _publish_again(principal: Principal, **changes: Any) -> None:
    revision = get_definition(principal, "journey", "talk").draft_revision
    save_draft(principal, "journey", "talk", talk_draft(**changes), revision)
    publish_version(principal, "journey", "talk")


def test_session_keeps_its_version_until_it_is_moved(alice: Principal, session: Session) -> None:
    _publish_again(alice, greeting="Good day.", variables=[NAME])
    session.refresh_from_db()
    assert session.version_label == "v1"
    moved = move_session(principal=alice, session_id=session.id)
    assert moved.version_label == "v2"
    assert moved.variables == {"first_name": "Ann"}
    note = Message.objects.get(session=session, role="system")
    assert note.text == "Alice has moved this conversation from version 1 to version 2."
    assert say(alice, session.id, "Hi").run.version_id == moved.version_id  # type: ignore[union-attr]
    Run.objects.update(status="succeeded")
    with pytest.raises(Conflict, match="version 2 already"):
        move_session(principal=alice, session_id=session.id)


def test_move_to_a_version_without_the_pathway_asks_for_a_mapping(alice: Principal, session: Session) -> None:
    pathways = [{"id": "chat", "agents": ["talker"]}]
    _publish_again(alice, pathways=pathways, entry="chat")
    plan = plan_move(alice, session.id)
    assert (plan.number, plan.missing, plan.offered) == (2, ("talk",), ("chat",))
    with pytest.raises(Invalid, match="map it to one of: chat"):
        move_session(principal=alice, session_id=session.id)
    with pytest.raises(Invalid, match="allowed: chat"):
        move_session(principal=alice, session_id=session.id, mapping={"talk": "nowhere"})
    session.refresh_from_db()
    assert session.version_label == "v1"
    moved = move_session(principal=alice, session_id=session.id, mapping={"talk": "chat"})
    assert moved.state["pathway"] == "chat"


def test_variables_are_checked_and_reach_the_turn(alice: Principal, session: Session) -> None:
    set_variables(principal=alice, session_id=session.id, variables={"age": 41})
    message = say(alice, session.id, "Hi")
    loaded = load_turn({"session": str(session.id), "message_seq": message.seq}, str(message.run_id), lambda do: None)
    assert loaded["variables"] == {"first_name": "Ann", "age": 41}
    with pytest.raises(Invalid) as refused:
        set_variables(principal=alice, session_id=session.id, variables={"age": "old", "size": 3})
    assert {p["where"] for p in refused.value.problems} == {"variables.age", "variables.size"}
    assert "first_name, age" in refused.value.message
    set_variables(principal=alice, session_id=session.id, variables={"age": None})
    session.refresh_from_db()
    assert session.variables == {"first_name": "Ann"} or session.variables == {"first_name": "Ann", "age": None}


def test_session_opens_with_checked_variables_only(alice: Principal) -> None:
    slug = publish_talk(alice, variables=[NAME])
    with pytest.raises(Invalid, match="its variables are: first_name"):
        open_session(principal=alice, slug=slug, variables={"x": 1})
    assert open_session(principal=alice, slug=slug).variables == {}
    assert Session.objects.count() == 1
