"""The turn's state machine: staying, moving on, detours and their returns, ending, refusing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.spec.agent import AgentSpec
from journeys.core.engine.machine import AgentAnswered, DetectIntent, MessageReceived, RunAgent, step
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.errors import ContextTooLarge, InvalidOutputs, JourneyEnded
from journeys.core.names import END
from journeys.core.spec import JourneySpec, PathwaySpec, ReturnSpec
from tests.journeys.specs import agent, clinic, play, signature, text, transition, turn

SPEC = clinic()
START = first_state(SPEC)


def test_pathway_with_a_next_stays_until_it_is_complete() -> None:
    done = play(SPEC, START, symptoms=[])
    assert done.state.pathway == "intake"
    assert done.summary["complete"] is False


def test_complete_pathway_goes_on_to_its_next() -> None:
    done = play(SPEC, START, symptoms=["back pain"])
    assert done.state.pathway == "booking"
    assert done.state.context == {"symptoms": ["back pain"]}
    assert done.summary["moves"][0]["kind"] == "next"


def test_completion_counts_what_earlier_turns_brought() -> None:
    known = first_state(SPEC, {"symptoms": ["fever"]})
    assert play(SPEC, known, symptoms=[]).state.pathway == "booking"


def test_detour_is_answered_by_the_detour_and_returns_when_it_is_complete() -> None:
    done = play(SPEC, START, "question")
    assert done.summary["ran"] == "faq"
    assert done.state.pathway == "intake"
    assert done.state.stack == ()
    assert [move["kind"] for move in done.summary["moves"]] == ["transition", "return"]


def test_advancing_into_a_pathway_with_a_return_does_not_bounce_out_of_it() -> None:
    spec = clinic(
        pathways=(
            PathwaySpec(id="intake", next="faq"),
            PathwaySpec(id="faq", return_behavior=ReturnSpec(kind="previous")),
        ),
        transitions=(),
    )
    assert play(spec, first_state(spec)).state.pathway == "faq"


def test_message_after_a_detour_is_handled_by_the_interrupted_pathway() -> None:
    after = play(SPEC, START, "question").state
    assert play(SPEC, after, symptoms=["cough"]).summary["ran"] == "intake"


def test_incomplete_detour_keeps_the_interrupted_pathway_suspended() -> None:
    done = play(SPEC, START, "question", response="")
    assert done.state.pathway == "faq"
    assert done.state.stack == ("intake",)


def test_entering_a_suspended_pathway_unwinds_to_it() -> None:
    state = JourneyState(pathway="billing", stack=("intake", "faq"))
    done = play(SPEC, state, "question", response="")
    assert done.state.pathway == "faq"
    assert done.state.stack == ("intake",)


def test_full_stack_refuses_the_detour_and_says_so_in_the_reply() -> None:
    spec = clinic(max_depth=1)
    state = JourneyState(pathway="faq", stack=("intake",))
    done = play(spec, state, "price", response="")
    assert done.state.pathway == "faq"
    assert done.summary["moves"][0]["kind"] == "refused"
    assert "1 topics are open already (Intake)" in done.reply


def test_transition_to_the_end_ends_without_asking_an_agent() -> None:
    done = play(clinic(end_message="Goodbye."), JourneyState(pathway="faq", stack=("intake",)), "cancel")
    assert done.state.ended
    assert done.state.stack == ()
    assert done.reply == "Goodbye."
    assert done.summary["ran"] == ""


def test_next_may_be_the_end() -> None:
    spec = clinic(pathways=(PathwaySpec(id="intake", next=END),), transitions=())
    done = play(spec, first_state(spec))
    assert done.state.ended
    assert done.reply == "ok"


def test_ended_session_refuses_the_message() -> None:
    with pytest.raises(JourneyEnded):
        step(SPEC, turn(JourneyState(pathway="intake", ended=True)), MessageReceived())


def test_no_intent_is_asked_for_when_no_transition_applies() -> None:
    spec = clinic(transitions=(transition("faq", "question", from_pathways=("booking",)),))
    _, (effect,) = step(spec, turn(START), MessageReceived())
    assert isinstance(effect, RunAgent)


def test_intents_are_asked_for_when_a_transition_applies() -> None:
    _, (effect,) = step(SPEC, turn(START), MessageReceived())
    assert isinstance(effect, DetectIntent)
    assert [entry["name"] for entry in effect.values["intents"]] == ["cancel", "question", "price"]


def test_transition_without_push_leaves_nothing_suspended() -> None:
    spec = clinic(transitions=(transition("booking", "book", push=False),))
    done = play(spec, START, "book", slot="")
    assert (done.state.pathway, done.state.stack) == ("booking", ())


def test_return_to_a_specific_pathway_unwinds_to_it() -> None:
    faq = PathwaySpec(id="faq", return_behavior=ReturnSpec(kind="specific", target="intake"))
    spec = clinic(pathways=(*SPEC.pathways[:2], faq), transitions=(transition("faq", "question"),))
    done = play(spec, JourneyState(pathway="booking", stack=("intake",)), "question")
    assert (done.state.pathway, done.state.stack) == ("intake", ())


def test_detour_that_does_not_preserve_context_takes_back_what_it_added() -> None:
    faq = PathwaySpec(
        id="faq",
        signature=signature(text("response"), text("topic")),
        accumulate=("topic",),
        return_behavior=ReturnSpec(kind="previous", preserve_context=False),
    )
    spec = clinic(pathways=(*SPEC.pathways[:2], faq), transitions=(transition("faq", "question"),))
    done = play(spec, first_state(spec, {"symptoms": ["fever"]}), "question", topic="insurance")
    assert done.state.pathway == "intake"
    assert done.state.context == {"symptoms": ["fever"]}
    assert done.state.kept == {}


def test_declared_predicate_decides_completion() -> None:
    intake = SPEC.pathway("intake").model_copy(update={"complete_when": ("ready",)})
    spec = SPEC.model_copy(update={"pathways": (intake, *SPEC.pathways[1:])})
    assert play(spec, START, symptoms=["fever"], ready=False).state.pathway == "intake"
    assert play(spec, START, symptoms=["fever"], ready=True).state.pathway == "booking"


def test_agents_run_in_order_and_see_what_earlier_ones_brought() -> None:
    agents = {
        "triage": agent("triage", text("urgency")),
        "writer": agent("writer", text("response"), inputs=(text("message"), text("urgency"))),
    }
    spec = clinic(pathways=(PathwaySpec(id="intake", agents=("triage", "writer")),), transitions=(), agents=agents)
    current, (first,) = step(spec, turn(first_state(spec)), MessageReceived())
    assert isinstance(first, RunAgent)
    assert first.id == "triage"

    _, (second,) = step(spec, current, AgentAnswered({"urgency": "low"}))
    assert isinstance(second, RunAgent)
    assert second.values == {"message": "hello", "urgency": "low"}


def test_guidelines_of_the_pathway_reach_its_agents() -> None:
    spec = clinic(pathways=(PathwaySpec(id="intake", guidelines=("Be brief",)),), transitions=())
    _, (effect,) = step(spec, turn(first_state(spec)), MessageReceived())
    assert isinstance(effect, RunAgent)
    assert isinstance(effect.agent, AgentSpec)
    assert effect.agent.signature.guidelines == ("Be brief",)


def test_outputs_must_fit_the_signature_that_the_pathway_declares() -> None:
    intake = PathwaySpec(id="intake", signature=signature(text("response")), agents=("a",))
    spec = clinic(pathways=(intake,), transitions=(), agents={"a": agent("a", text("response"))})
    with pytest.raises(InvalidOutputs, match="response"):
        play(spec, first_state(spec), response=7)


def test_context_limit_is_checked_before_anything_changes() -> None:
    with pytest.raises(ContextTooLarge, match="limit of this journey is 40"):
        play(clinic(max_context_bytes=40), START, symptoms=["x" * 60])


def test_changed_fields_name_the_turn_that_changed_them() -> None:
    first = play(SPEC, START, number=3, symptoms=["fever"]).state
    second = play(SPEC, first, number=4, slot="Monday").state
    assert second.changed == {"symptoms": 3, "slot": 4}


def test_state_survives_its_json_form() -> None:
    state = JourneyState("faq", ("intake",), {"a": 1}, {"a": 2}, {"intake": {"a": 0}}, False)
    assert JourneyState.from_json(state.to_json()) == state


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["none", "question", "price", "cancel"]), st.sampled_from(["", "ok"])), max_size=40))
def test_stack_never_holds_a_pathway_twice_nor_the_current_one(messages: list[tuple[str, str]]) -> None:
    state = START
    for intent, response in messages:
        if state.ended:
            break
        state = play(SPEC, state, intent, response=response, symptoms=[], slot="").state
        assert len(set(state.stack)) == len(state.stack)
        assert state.pathway not in state.stack
        assert len(state.stack) < len(SPEC.pathways)


def test_specs_with_unknown_targets_are_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        JourneySpec(name="X", entry="a", pathways=(PathwaySpec(id="a", next="nowhere"),))


def test_expression_decides_completion_alone_or_besides_the_named_fields() -> None:
    intake = SPEC.pathway("intake").model_copy(update={"complete_if": "size(symptoms) >= 2"})
    spec = SPEC.model_copy(update={"pathways": (intake, *SPEC.pathways[1:])})
    assert play(spec, START, symptoms=["fever"]).state.pathway == "intake"
    assert play(spec, START, symptoms=["fever", "cough"]).state.pathway == "booking"
    both = intake.model_copy(update={"complete_when": ("ready",)})
    spec = SPEC.model_copy(update={"pathways": (both, *SPEC.pathways[1:])})
    assert play(spec, START, symptoms=["fever", "cough"], ready=False).state.pathway == "intake"
    assert play(spec, START, symptoms=["fever"], ready=True).state.pathway == "intake"
    assert play(spec, START, symptoms=["fever", "cough"], ready=True).state.pathway == "booking"


def test_names_of_the_patterns_are_checked_like_any_other() -> None:
    with pytest.raises(ValueError, match="pattern fallback .* unknown pathway 'nowhere'"):
        clinic(patterns={"fallback": {"enabled": True, "pathway": "nowhere"}})
    with pytest.raises(ValueError, match="'off_topic', which is a name of the conversation patterns"):
        clinic(transitions=(transition("faq", "off_topic"),))
