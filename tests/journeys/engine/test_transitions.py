"""Transitions of every kind: when they fire, in which order, what they change, and what is said about those that lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agents.core.spec.types import FieldSpec, ScalarType
from journeys.core.engine.machine import CommitTurn, DetectIntent, Happened, MessageReceived, RunAgent, step
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.errors import ContextTooLarge
from journeys.core.names import END
from journeys.core.spec import (
    AlwaysTriggerSpec,
    ConditionTriggerSpec,
    ContextUpdateSpec,
    EventTriggerSpec,
    JourneySpec,
    PathwaySpec,
    ReturnSpec,
    TransitionSpec,
)
from tests.journeys.specs import clinic, play, signature, text, transition, turn


def condition(to: str, expression: str, *, on: Any = "answer", **more: Any) -> TransitionSpec:
    return TransitionSpec(trigger=ConditionTriggerSpec(expression=expression, on=on), to_pathway=to, **more)


def always(to: str, *, on: Any = "answer", **more: Any) -> TransitionSpec:
    return TransitionSpec(trigger=AlwaysTriggerSpec(on=on), to_pathway=to, **more)


def event(to: str, name: Any, **more: Any) -> TransitionSpec:
    fields = {key: more.pop(key) for key in ("tool", "code", "after_s") if key in more}
    return TransitionSpec(trigger=EventTriggerSpec(event=name, **fields), to_pathway=to, **more)


def with_moves(*transitions: TransitionSpec, **more: Any) -> JourneySpec:
    return clinic(transitions=transitions, **more)


def why_of(done: CommitTurn, transition_id: str) -> str:
    return str(next(c["why"] for c in done.summary["considered"] if c["transition"] == transition_id))


def test_condition_at_the_message_moves_before_anything_answers_and_asks_no_model() -> None:
    spec = with_moves(condition("booking", 'message.contains("book")', on="message"), variables=())
    current, (effect,) = step(spec, turn(first_state(spec), "please book"), MessageReceived())
    assert isinstance(effect, RunAgent)
    assert current.ran == "booking"
    assert current.moves[0].transition == "t1"


def test_condition_that_is_not_true_stays_and_says_why() -> None:
    spec = with_moves(condition("booking", "size(symptoms) > 1", on="message"))
    done = play(spec, first_state(spec), symptoms=[])
    assert done.summary["ran"] == "intake"
    assert why_of(done, "t1") == "size(symptoms) > 1 cannot be told: symptoms is not known yet"


def test_condition_after_the_answer_sees_outputs_and_context_and_comes_before_next() -> None:
    spec = with_moves(condition("billing", 'size(symptoms) == 1 && response == "ok"'))
    done = play(spec, first_state(spec), symptoms=["cough"])
    assert done.summary["ran"] == "intake"
    assert done.state.pathway == "billing"
    assert [move["kind"] for move in done.summary["moves"]] == ["transition"]
    assert done.reply == "ok"


def test_condition_after_the_answer_comes_before_a_return() -> None:
    state = JourneyState(pathway="faq", stack=("intake",))
    done = play(with_moves(always("billing", from_pathways=("faq",))), state)
    assert done.state.pathway == "billing"
    assert done.state.stack == ("intake", "faq")


def test_one_transition_at_most_is_taken_after_an_answer() -> None:
    spec = with_moves(always("booking", from_pathways=("intake",)), always("intake", from_pathways=("booking",)))
    done = play(spec, first_state(spec), symptoms=[])
    assert done.state.pathway == "booking"
    assert len(done.summary["moves"]) == 1


def test_guard_holds_back_every_kind_of_trigger() -> None:
    for held in (
        transition("booking", "question", guard="turn > 5"),
        condition("booking", "true", guard="turn > 5"),
        condition("booking", "true", guard="turn > 5", on="message"),
        always("booking", guard="turn > 5"),
    ):
        spec = with_moves(held)
        assert play(spec, first_state(spec), "question", symptoms=[]).state.pathway == "intake"
        assert play(spec, first_state(spec), "question", number=6, symptoms=[]).state.pathway == "booking"


def test_higher_priority_wins_across_kinds() -> None:
    fires = condition("booking", "true", on="message", priority=5)
    spec = with_moves(transition("faq", "question", priority=1), fires, transition("billing", "price", priority=9))
    _, (effect,) = step(spec, turn(first_state(spec)), MessageReceived())
    assert isinstance(effect, DetectIntent)
    assert [i["name"] for i in effect.values["intents"]] == ["price"]
    assert play(spec, first_state(spec), "price").summary["ran"] == "billing"
    assert play(spec, first_state(spec), "none").summary["ran"] == "booking"
    spec = with_moves(transition("faq", "question", priority=1), fires)
    _, (effect,) = step(spec, turn(first_state(spec)), MessageReceived())
    assert isinstance(effect, RunAgent)


def test_transition_from_other_pathways_does_not_fire() -> None:
    spec = with_moves(always("billing", from_pathways=("booking", "faq")))
    assert play(spec, first_state(spec), symptoms=[]).state.pathway == "intake"
    assert play(spec, JourneyState(pathway="booking")).state.pathway == "billing"


@pytest.mark.parametrize(
    "move", [condition(END, "true"), always(END), condition(END, "true", on="message"), event(END, "tool_result")]
)
def test_every_kind_may_end_the_journey(move: TransitionSpec) -> None:
    spec = with_moves(move)
    started = replace(turn(first_state(spec)), tools=("book",))
    current, (effect,) = step(spec, started, MessageReceived())
    if isinstance(effect, RunAgent):
        from journeys.core.engine.machine import AgentAnswered

        _, (effect,) = step(spec, current, AgentAnswered({"response": "bye"}))
    assert isinstance(effect, CommitTurn)
    assert effect.state.ended
    assert effect.summary["exercised"]["transitions"] == ["t1"]


def test_tool_result_fires_for_its_tool_and_for_any_tool_when_it_names_none() -> None:
    from journeys.core.engine.machine import AgentAnswered

    def after(spec: JourneySpec, *tools: str) -> str:
        current, _ = step(spec, replace(turn(first_state(spec)), tools=tools), MessageReceived())
        _, (done,) = step(spec, current, AgentAnswered({"response": "ok", "symptoms": []}))
        assert isinstance(done, CommitTurn)
        return done.state.pathway

    named, any_tool = with_moves(event("booking", "tool_result", tool="book")), with_moves(event("booking", "tool_result"))
    assert after(named, "book") == "booking"
    assert after(named, "find") == "intake"
    assert after(any_tool, "find") == "booking"
    assert after(any_tool) == "intake"


def test_silence_takes_the_transition_that_waited_for_it_and_its_pathway_speaks() -> None:
    spec = with_moves(event("faq", "inactivity", after_s=60), event(END, "inactivity", after_s=600))
    asked = Happened("inactivity", "nobody wrote", after_s=60, transition="t1")
    current, (effect,) = step(spec, turn(first_state(spec), ""), asked)
    assert isinstance(effect, RunAgent)
    assert current.ran == "faq"
    _, (done,) = step(spec, turn(first_state(spec), ""), replace(asked, after_s=700, transition="t2"))
    assert isinstance(done, CommitTurn)
    assert done.state.ended


def test_event_that_nothing_listens_to_ends_the_turn_as_it_began() -> None:
    spec = with_moves(event("faq", "error", code="refused"))
    _, (done,) = step(spec, turn(first_state(spec)), Happened("error", "it failed", code="other"))
    assert isinstance(done, CommitTurn)
    assert done.state == first_state(spec)
    assert "waits for the error 'refused'" in why_of(done, "t1")
    _, (effect,) = step(spec, turn(first_state(spec)), Happened("error", "it failed", code="refused"))
    assert isinstance(effect, RunAgent)


UPDATES = (
    ContextUpdateSpec(op="set", field="channel", value="phone"),
    ContextUpdateSpec(op="copy", field="day", source="slot"),
    ContextUpdateSpec(op="copy", field="plan", source="user.plan"),
    ContextUpdateSpec(op="copy", field="nothing", source="unknown"),
    ContextUpdateSpec(op="append", field="log", source="message"),
    ContextUpdateSpec(op="append", field="log", value="moved"),
    ContextUpdateSpec(op="remove", field="draft"),
)


def test_context_updates_set_copy_append_and_remove_in_order() -> None:
    spec = with_moves(
        transition("faq", "question", context_update=UPDATES),
        variables=(FieldSpec(name="plan", type=ScalarType(kind="str")),),
    )
    before = first_state(spec, {"slot": "Monday", "draft": "x", "log": "start"})
    started = replace(turn(before, number=4), user={"plan": "pro"})
    current, (asked,) = step(spec, started, MessageReceived())
    from journeys.core.engine.intents import Classification
    from journeys.core.engine.machine import IntentDetected

    assert isinstance(asked, DetectIntent)
    moved, _ = step(spec, current, IntentDetected(Classification("question", 0.9)))
    assert moved.state.context == {
        "slot": "Monday",
        "log": ["start", "hello", "moved"],
        "channel": "phone",
        "day": "Monday",
        "plan": "pro",
    }
    assert moved.state.changed == {"slot": 0, "log": 4, "channel": 4, "day": 4, "plan": 4}


def test_context_updates_are_in_the_history_of_their_fields() -> None:
    spec = with_moves(always("faq", context_update=UPDATES[:1] + UPDATES[-1:]))
    done = play(spec, first_state(spec, {"draft": "x"}), symptoms=[])
    assert done.summary["changed"] == {"symptoms": [], "channel": "phone"}
    assert done.summary["forgotten"] == ["draft"]


def test_update_that_would_pass_the_limit_changes_nothing_at_all() -> None:
    update = ContextUpdateSpec(op="set", field="big", value="x" * 100)
    spec = with_moves(condition("faq", "true", on="message", context_update=(update,)), max_context_bytes=50)
    with pytest.raises(ContextTooLarge, match="limit of this journey is 50"):
        play(spec, first_state(spec))


def test_refused_transition_changes_no_context() -> None:
    update = ContextUpdateSpec(op="set", field="asked", value=True)
    spec = with_moves(transition("billing", "price", context_update=(update,)), max_depth=1)
    done = play(spec, JourneyState(pathway="faq", stack=("intake",)), "price", response="")
    assert done.summary["moves"][0]["kind"] == "refused"
    assert done.state.context == {}


def test_return_to_the_entry_forgets_what_was_suspended() -> None:
    faq = PathwaySpec(id="faq", return_behavior=ReturnSpec(kind="entry"))
    spec = clinic(pathways=(*clinic().pathways[:2], faq), transitions=(transition("faq", "question"),))
    done = play(spec, JourneyState(pathway="booking", stack=("intake",)), "question")
    assert (done.state.pathway, done.state.stack) == ("intake", ())
    assert done.summary["exercised"]["returns"] == ["faq"]


def test_entry_return_can_take_back_what_the_detour_added() -> None:
    faq = PathwaySpec(
        id="faq",
        signature=signature(text("response"), text("topic")),
        accumulate=("topic",),
        return_behavior=ReturnSpec(kind="entry", preserve_context=False),
    )
    spec = clinic(pathways=(*clinic().pathways[:2], faq), transitions=(transition("faq", "question"),))
    done = play(spec, JourneyState(pathway="booking", context={"slot": "Monday"}), "question", topic="x")
    assert done.state.pathway == "intake"
    assert done.state.context == {"slot": "Monday"}


def test_specific_return_stands_in_place_of_what_was_interrupted() -> None:
    faq = PathwaySpec(id="faq", return_behavior=ReturnSpec(kind="specific", target="booking"))
    spec = clinic(pathways=(*clinic().pathways[:2], faq), transitions=(transition("faq", "question"),))
    done = play(spec, first_state(spec), "question")
    assert (done.state.pathway, done.state.stack) == ("booking", ())


def test_full_stack_that_nothing_can_come_back_to_is_forgotten() -> None:
    pathways = tuple(PathwaySpec(id=name) for name in ("intake", "a", "b", "c"))
    moves = tuple(transition(name, f"to_{name}") for name in ("a", "b", "c"))
    spec = clinic(pathways=pathways, transitions=moves, max_depth=2)
    state = JourneyState(pathway="b", stack=("intake", "a"))
    done = play(spec, state, "to_c")
    assert (done.state.pathway, done.state.stack) == ("c", ("b",))
