"""Random journeys and random conversations: whatever happens, a turn ends, the stack stays whole and nobody is stuck."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.core.engine.intents import Classification
from journeys.core.engine.machine import (
    AgentAnswered,
    CommitTurn,
    Event,
    Happened,
    IntentDetected,
    MessageReceived,
    RunAgent,
    step,
)
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.names import END
from journeys.core.spec import JourneySpec
from tests.journeys.specs import turn

NAMES = ("a", "b", "c", "d")
TARGETS = st.sampled_from(NAMES)
EXPRESSIONS = st.sampled_from(["", "true", "flag", "count > 1", "turn % 2 == 0", 'message == "x"', "has(flag)"])
MOMENTS = st.sampled_from(["message", "answer"])
FLAG = {"name": "flag", "type": {"kind": "bool"}}
TEXT = {"name": "response", "type": {"kind": "str"}}
SIGNATURE = {"kind": "signature", "name": "S", "inputs": [{**TEXT, "name": "message"}], "outputs": [TEXT]}

returns = st.none() | st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["previous", "specific", "entry"]),
        "target": TARGETS,
        "preserve_context": st.booleans(),
        "max_depth": st.integers(1, 3),
    }
)
triggers = st.one_of(
    st.fixed_dictionaries({"kind": st.just("intent"), "intents": st.lists(st.sampled_from("xyz"), min_size=1, max_size=2)}),
    st.fixed_dictionaries({"kind": st.just("condition"), "expression": EXPRESSIONS.filter(bool), "on": MOMENTS}),
    st.fixed_dictionaries({"kind": st.just("always"), "on": MOMENTS}),
    st.fixed_dictionaries(
        {"kind": st.just("event"), "event": st.sampled_from(["timeout", "inactivity", "tool_result", "error"])}
    ),
)
updates = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["set", "append", "remove", "copy"]),
            "field": st.sampled_from(["flag", "count", "log"]),
            "value": st.sampled_from([True, 3, "x"]),
            "source": st.sampled_from(["", "count", "message", "user.plan"]),
        }
    ),
    max_size=2,
)
transitions = st.fixed_dictionaries(
    {
        "trigger": triggers,
        "to_pathway": TARGETS | st.just(END),
        "from_pathways": st.lists(TARGETS, min_size=1, max_size=2) | st.just(["*"]),
        "priority": st.integers(-1, 1),
        "push": st.booleans(),
        "guard": EXPRESSIONS,
        "context_update": updates,
    }
)
patterns = st.fixed_dictionaries(
    {
        "clarify": st.fixed_dictionaries({"enabled": st.booleans()}),
        "hand_over": st.fixed_dictionaries({"enabled": st.booleans()}),
        "fallback": st.fixed_dictionaries(
            {
                "enabled": st.booleans(),
                "after": st.integers(1, 2),
                "pathway": TARGETS | st.just(""),
                "reply": st.sampled_from(["", "no"]),
            }
        ),
    }
)


@st.composite
def journeys(draw: st.DrawFn) -> JourneySpec:
    pathways = [
        {
            "id": name,
            "signature": SIGNATURE,
            "return_behavior": draw(returns),
            "next": draw(TARGETS | st.sampled_from(["", END])),
        }
        for name in NAMES
    ]
    return JourneySpec.model_validate(
        {
            "name": "Walk",
            "entry": "a",
            "pathways": pathways,
            "transitions": draw(st.lists(transitions, max_size=6)),
            "patterns": draw(patterns),
            "max_depth": draw(st.integers(1, 3)),
            "context": [FLAG],
        }
    )


said = st.tuples(
    st.sampled_from(["x", "2", "neither", "something long and strange"]),
    st.sampled_from(["none", "off_topic", "x", "y", "z", "ask_for_a_person"]),
    st.sampled_from([0.3, 0.65, 0.75, 0.9]),
    st.sampled_from(["none", "x", "y"]),
    st.sampled_from(["", "ok"]),
    st.sampled_from(["message", "message", "message", "timeout", "error", "inactivity"]),
)


def play(spec: JourneySpec, state: JourneyState, number: int, move: Any) -> CommitTurn:
    message, intent, confidence, second, response, kind = move
    event: Event = MessageReceived() if kind == "message" else Happened(kind, "it happened", after_s=1000)
    current = turn(state, message, number)
    for _ in range(10):
        current, (effect,) = step(spec, current, event)
        if isinstance(effect, CommitTurn):
            return effect
        if isinstance(effect, RunAgent):
            event = AgentAnswered({"response": response})
        else:
            event = IntentDetected(Classification(intent, confidence, "", second, confidence - 0.05))
    raise AssertionError("the turn does not end")


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(journeys(), st.lists(said, max_size=12))
def test_no_conversation_is_ever_stuck(spec: JourneySpec, moves: list[Any]) -> None:
    state = first_state(spec)
    known = {t.id for t in spec.transitions}
    for number, move in enumerate(moves, 1):
        done = play(spec, state, number, move)
        before, state = state, done.state
        assert len(set(state.stack)) == len(state.stack)
        assert state.pathway not in state.stack
        assert len(state.stack) <= spec.max_depth
        assert set(state.kept) <= set(state.stack)
        assert set(done.summary["exercised"]["transitions"]) <= known
        assert sum(m["kind"] == "transition" for m in done.summary["moves"]) <= 2  # one at the message, one after the answer
        for made in done.summary["moves"]:
            assert made["why"]
        if [m["kind"] for m in done.summary["moves"]] == ["return"]:
            assert len(state.stack) < len(before.stack) or not before.stack
        assert JourneyState.from_json(state.to_json()) == state
        if state.ended:
            assert not state.stack
            break
