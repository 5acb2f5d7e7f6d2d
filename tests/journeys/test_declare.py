"""Journeys as classes: SEED's example, its completion, and every wrong name."""

from __future__ import annotations

from typing import Any

import pytest

from agents import Agent, InputField, InvalidSpec, OutputField, Signature
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.spec import canonical, parse_spec
from journeys import (
    IntentTrigger,
    Journey,
    JourneyConfig,
    Pathway,
    ReturnToPrevious,
    ReturnToSpecific,
    Transition,
    TurnFailed,
)
from journeys.core.declare.journey import pathway_id
from journeys.core.spec import IntentTriggerSpec, JourneySpec, ReturnSpec, TransitionSpec


class IntakeSignature(Signature):
    __intent__ = "Gather patient symptoms and preferences"
    __guidelines__ = ["Ask symptoms before demographics", "Use empathetic language"]

    message: str = InputField(desc="Patient message")
    symptoms: list = OutputField(desc="Extracted symptoms")  # type: ignore[type-arg]


class CompleteIntake(IntakeSignature):
    preferences: dict[str, Any] = OutputField(desc="What the patient prefers")
    response: str = OutputField(desc="The reply")


class IntakeAgent(Agent):
    __signature__ = CompleteIntake


class BookingSignature(Signature):
    message: str = InputField()
    symptoms: list[Any] = InputField()
    response: str = OutputField()


class FAQSignature(Signature):
    message: str = InputField()
    response: str = OutputField()


class PatientJourney(Journey):
    __entry_pathway__ = "intake"
    __transitions__ = [
        Transition(trigger=IntentTrigger(intents=["help", "faq"]), to_pathway="faq"),
        Transition(trigger=IntentTrigger(intents=["cancel"], confidence_threshold=0.9), from_pathway=["intake", "booking"]),
    ]

    class IntakePath(Pathway):
        __signature__ = CompleteIntake
        __agents__ = ["intake_agent"]
        __accumulate__ = ["symptoms", "preferences"]
        __next__ = "booking"

    class BookingPath(Pathway):
        __signature__ = BookingSignature

    class FAQPath(Pathway):
        __signature__ = FAQSignature
        __return_behavior__ = ReturnToPrevious()  # Returns to previous pathway


def models(*replies: dict[str, Any]) -> Providers:
    model = ScriptedModel([{"json": reply} for reply in replies])
    return Providers({}, DefaultModel("scripted"), {"scripted": model})


def intent(name: str, confidence: float = 0.95) -> dict[str, Any]:
    return {"intent": name, "confidence": confidence, "evidence": ""}


def test_the_first_example_as_printed_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(TypeError) as caught:

        class Printed(Journey):
            __entry_pathway__ = "intake"
            __transitions__ = [Transition(trigger=IntentTrigger(intents=["help", "faq"]), to_pathway="faq")]

            class IntakePath(Pathway):
                __signature__ = IntakeSignature
                __agents__ = ["intake_agent"]
                __accumulate__ = ["symptoms", "preferences"]
                __next__ = "booking"

            class FAQPath(Pathway):
                __return_behavior__ = ReturnToPrevious()

    assert str(caught.value) == (
        "Printed: pathway 'intake' (__next__) names the unknown pathway 'booking'; the pathways are: intake, faq; "
        "pathway 'intake' accumulates 'preferences', which is no output of its signature; the outputs are: symptoms"
    )


async def test_the_first_example_completed_compiles_and_runs() -> None:
    answer = {"symptoms": ["back pain"], "preferences": {"time": "morning"}, "response": "I see."}
    journey = PatientJourney(
        session_id="patient-123",
        config=JourneyConfig(),
        models=models(
            intent("none"), answer, intent("faq"), {"response": "We open at 8."}, intent("none"), {"response": "When?"}
        ),
    )
    journey.manager.register_agent("intake_agent", IntakeAgent())
    await journey.start()
    response = await journey.process_message("I have back pain")
    assert (response.message, response.pathway_id, response.pathway_changed) == ("I see.", "booking", True)
    assert response.accumulated_context == {"symptoms": ["back pain"], "preferences": {"time": "morning"}}
    assert response.outputs["symptoms"] == ["back pain"]
    detour = await journey.process_message("When are you open?")
    assert (detour.message, detour.pathway_id) == ("We open at 8.", "booking")
    assert detour.metadata["ran"] == "faq"
    assert (await journey.process_message("I want to book")).message == "When?"


def test_a_journey_compiles_to_a_spec() -> None:
    spec = PatientJourney.spec
    assert (spec.name, spec.entry, [p.id for p in spec.pathways]) == (
        "PatientJourney",
        "intake",
        ["intake", "booking", "faq"],
    )
    assert spec.pathways[2].return_behavior == ReturnSpec(kind="previous")
    faq, cancel = spec.transitions
    assert (faq.to_pathway, faq.from_pathways, threshold(faq)) == ("faq", ("*",), 0.7)
    assert (cancel.to_pathway, cancel.from_pathways, threshold(cancel)) == (
        "end",
        ("intake", "booking"),
        0.9,
    )
    assert parse_spec(canonical(spec)) == spec


async def test_an_agent_that_nobody_registered_fails_at_start() -> None:
    journey = PatientJourney(models=models())
    with pytest.raises(InvalidSpec, match=r"intake.agents: 'intake_agent' is not a registered agent; registered are: none"):
        await journey.start()
    with pytest.raises(ValueError, match="no pathway names the agent 'intake'; the pathways name: intake_agent"):
        journey.manager.register_agent("intake", IntakeAgent)
    with pytest.raises(TurnFailed, match="has not been started"):
        await journey.process_message("Hello")
    journey.manager.register_agent("intake_agent", IntakeAgent)
    assert (await journey.start()).pathway_id == "intake"


async def test_a_registered_agent_must_bring_what_is_accumulated() -> None:
    class Poor(Agent):
        __signature__ = FAQSignature

    class Any(Journey):
        class OnePath(Pathway):
            __agents__ = ["one"]
            __accumulate__ = ["symptoms"]

    journey = Any(models=models())
    journey.manager.register_agent("one", Poor)
    with pytest.raises(InvalidSpec, match="accumulates 'symptoms', which is no output"):
        await journey.start()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IntakePath", "intake"),
        ("FAQPath", "faq"),
        ("HTTPServerPath", "http_server"),
        ("Step2Path", "step2"),
        ("FollowUpPathway", "follow_up"),
        ("Confirm", "confirm"),
        ("PathFinderPath", "path_finder"),
    ],
)
def test_the_id_of_a_pathway_is_its_name_without_the_ending(name: str, expected: str) -> None:
    assert pathway_id(type(name, (Pathway,), {})) == expected


def test_a_pathway_must_have_a_name() -> None:
    with pytest.raises(TypeError, match="its id would be empty"):
        pathway_id(type("Path", (Pathway,), {}))


def threshold(transition: TransitionSpec) -> float:
    assert isinstance(transition.trigger, IntentTriggerSpec)
    return transition.trigger.confidence_threshold


def made(pathway: dict[str, Any], **words: Any) -> JourneySpec:
    """A journey of two pathways, ``one`` with the words of ``pathway``."""
    one = type("OnePath", (Pathway,), {f"__{k}__": v for k, v in {"signature": CompleteIntake, **pathway}.items()})
    two = type("TwoPath", (Pathway,), {})
    journey = type("Made", (Journey,), {"OnePath": one, "TwoPath": two, **{f"__{k}__": v for k, v in words.items()}})
    spec: JourneySpec = journey.spec  # type: ignore[attr-defined]
    return spec


@pytest.mark.parametrize(
    ("pathway", "words", "told"),
    [
        (
            {},
            {"entry_pathway": "three"},
            "the entry pathway names the unknown pathway 'three'; the pathways are: one, two",
        ),
        ({"next": "three"}, {}, "(__next__) names the unknown pathway 'three'; the pathways are: one, two"),
        (
            {},
            {"transitions": [Transition(IntentTrigger(["x"]), "three")]},
            "transition 1 (to_pathway) names the unknown",
        ),
        ({}, {"transitions": [Transition(IntentTrigger(["x"]), "two", "three")]}, "(from_pathway) names the unknown"),
        ({"return_behavior": ReturnToSpecific("three")}, {}, "(__return_behavior__) names the unknown pathway 'three'"),
        ({"return_behavior": ReturnToPrevious}, {}, "must be ReturnToPrevious() or ReturnToSpecific(...)"),
        (
            {"accumulate": ["age"]},
            {},
            "'age', which is no output of its signature; the outputs are: symptoms, preferences",
        ),
        ({"accumulate": "age"}, {}, "__accumulate__ must be a list of texts, got 'age'"),
        ({"signature": None, "accumulate": ["age"]}, {}, "the outputs are: response"),
        ({"merge": {"symptoms": "union"}}, {}, "a merge rule for 'symptoms', which it does not accumulate"),
        (
            {"accumulate": ["symptoms"], "merge": {"symptoms": "glue"}},
            {},
            "merges 'symptoms' by 'glue'; the rules are: replace, append",
        ),
        ({"bindings": {"text": "message"}}, {}, "binds 'text', which is no input there; the inputs are: message"),
        ({"response_field": "reply"}, {}, "answers with 'reply', which is no output there"),
        ({"complete_when": ["done"]}, {}, "is complete when 'done', which nothing brings"),
        ({"agents": "intake_agent"}, {}, "__agents__ must be a list of agents or their ids"),
        ({"agents": [3]}, {}, "an agent must be an agent, an agent class or an AgentSpec, got 3"),
        ({"signature": 3}, {}, "a signature must be a Signature class"),
        ({"agent": ["x"]}, {}, "OnePath.__agent__ means nothing here; did you mean __agents__?"),
        ({}, {"transition": []}, "Made.__transition__ means nothing here; did you mean __transitions__?"),
        ({}, {"transitions": ["x"]}, "must list Transition(...), got 'x'"),
        ({}, {"transitions": [Transition("x", "two")]}, "a Transition's trigger must be an IntentTrigger"),  # type: ignore[arg-type]
        ({}, {"transitions": [Transition(IntentTrigger("x"), "two")]}, "IntentTrigger.intents must be a list of texts"),
        ({}, {"transitions": [Transition(IntentTrigger(["none"]), "two")]}, "has the intent 'none'"),
        (
            {},
            {"transitions": [Transition(IntentTrigger(["x"], confidence_threshold=2), "two")]},
            "confidence_threshold",
        ),
        (
            {},
            {"config": JourneyConfig(intent_model_options={"heat": 1})},
            "the model that detects intents cannot be used",
        ),
    ],
)
def test_a_wrong_name_fails_when_the_class_is_made(pathway: dict[str, Any], words: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError) as caught:
        made(pathway, **words)
    assert told in str(caught.value)


def test_agents_may_be_given_as_themselves() -> None:
    spec = made({"agents": [IntakeAgent]})
    assert spec.pathways[0].agents == ("intake_agent",)
    assert spec.agents["intake_agent"].signature == CompleteIntake.spec
    assert made({"agents": ["helper"]}, agents={"helper": IntakeAgent()}).agents["helper"].name == "IntakeAgent"
    assert list(made({"agents": ["intake_agent"]}, agents=[IntakeAgent]).agents) == ["intake_agent"]


def test_the_config_shapes_the_spec() -> None:
    config = JourneyConfig("gpt-4o-mini", "openai", 0.8, 15, 512_000)
    for spec in (
        made({}, config=config, transitions=[Transition(IntentTrigger(["x"]))]),
        PatientJourney(config=config).spec,
    ):
        assert (spec.intent_model, spec.max_depth) == ({"provider": "openai", "model": "gpt-4o-mini"}, 15)
        assert (spec.max_context_bytes, threshold(spec.transitions[0])) == (512_000, 0.8)
    assert PatientJourney.spec.max_depth == 10


def test_a_subclass_inherits_pathways_and_transitions() -> None:
    class Longer(PatientJourney):
        __greeting__ = "Hello"

        class BookingPath(PatientJourney.BookingPath):
            __next__ = "thanks"

        class ThanksPath(Pathway):
            pass

    class Shorter(Longer):
        __transitions__ = []
        FAQPath = None  # type: ignore[assignment]

    assert [p.id for p in Longer.spec.pathways] == ["intake", "booking", "faq", "thanks"]
    assert Longer.spec.pathway("booking").next == "thanks"
    assert Longer.spec.pathway("booking").signature == BookingSignature.spec
    assert Longer.spec.transitions == PatientJourney.spec.transitions
    assert ([p.id for p in Shorter.spec.pathways], Shorter.spec.transitions) == (["intake", "booking", "thanks"], ())
    assert PatientJourney.spec.pathway("booking").next == ""


def test_two_pathways_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="FAQPath and FAQPathway are both the pathway 'faq'"):

        class Twice(Journey):
            class FAQPath(Pathway):
                pass

            class FAQPathway(Pathway):
                pass


def test_a_journey_without_pathways_is_only_a_base() -> None:
    class Base(Journey):
        __greeting__ = "Hello"

    class Real(Base):
        class OnePath(Pathway):
            pass

    assert Real.spec.greeting == "Hello"
    with pytest.raises(TypeError, match="has no pathways"):
        Base()
