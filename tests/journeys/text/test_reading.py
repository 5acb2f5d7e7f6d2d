"""A journey's Python is read, never run: what a person makes of it by hand, and everything that is refused with a reason."""

from __future__ import annotations

import time

import pytest

from journeys.core.spec import ContextUpdateSpec, ErrorRecoverySpec, ReturnSpec
from journeys.core.text.reading import read_journey

EDITED = '''
"""A module as a person writes it."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal, Optional

from agents import Agent, DemoRule, InputField, ModelSpec, OutputField, Signature, ToolUse
from journeys import (
    AlwaysTrigger, Append, ConditionTrigger, Copy, ErrorRecovery, EventTrigger, IntentTrigger, Journey, JourneyConfig,
    Pathway, Patterns, CancelPattern, Remove, ReturnToEntry, ReturnToPrevious, Set, Transition, Variable, HookUse,
)

TONE = "warm"
RULES = ["Be " + TONE, f"Stay {TONE}"]  # constants are kept where they are used
LIMIT = 3
FAQ = IntentTrigger(["help", "faq"], description="Wants help")


class Level(Enum):
    LOW = "low"
    HIGH = "high"


@dataclass(kw_only=True)
class Place:
    city: str
    zip: Annotated[Optional[str], "postal code"] = None


class Message(Signature):
    message: str = InputField("What was said")


class Intake(Message):
    """Listen to the person."""

    __guidelines__ = [*RULES, "Ask"]
    mood: Literal["good", "bad"] | None = OutputField()
    level: Level = OutputField(default=Level.LOW)
    places: list[Place] = OutputField(min_length=0, max_length=LIMIT)
    response: "str" = OutputField()


class IntakeAgent(Agent):
    __signature__ = Intake
    __config__ = ModelSpec(provider="demo", temperature=-0.0)
    __tools__ = ["clock", ToolUse(name="bash", ask=True)]
    __demo__ = [DemoRule(set={"response": "Hello"})]


class Base(Journey):
    __greeting__ = ("Hello, "
                    "you")

    class FaqPath(Pathway):
        """Answers questions."""
        __return_behavior__ = ReturnToPrevious()


class Desk(Base):
    """A desk."""
    __guidelines__ = RULES + ["End well"]
    __variables__ = {"plan": Variable(Literal["free", "gold"], "Their plan", default="free"), "age": int}
    __patterns__ = Patterns(cancel=CancelPattern(enabled=True, to="entry"))
    __hooks__ = [HookUse(event="pre_transition", hook="log")]
    __agents__ = [IntakeAgent]
    __config__ = JourneyConfig(
        intent_confidence_threshold=0.8, pathway_timeout_seconds=9.5, session_ttl_seconds=60,
        error_recovery=ErrorRecovery(mode="retry"),
    )
    __entry_pathway__ = "intake"
    __transitions__ = [
        Transition(FAQ, "faq", id="help"),
        Transition(
            to_pathway="intake",
            from_pathways=["faq"],
            trigger=ConditionTrigger("size(places) > 0", on="message"),
            guard="true",
            context_update=[Set("seen", True), Copy("was", "mood"), Append("log", 1),
                            Append("log", source="mood"), Remove("x")],
        ),
        Transition(EventTrigger("inactivity", after_s=60), context_update={"mood": "remove:", "a": "copy:b", "c": "d", "n": 3}),
        Transition(trigger=AlwaysTrigger(), to_pathway="end", from_pathway="faq", priority=-1),
    ]

    class IntakePath(Pathway):
        __timeout_s__ = 3
        __agents__ = [IntakeAgent]
        __accumulate__ = ["places",]
        __merge__ = {"places": "UNION"}
        __on_error__ = ErrorRecovery(mode="reply", reply="Sorry")
        __return_behavior__ = ReturnToEntry(max_depth=2)
'''


def test_a_source_that_a_person_edited_is_read_as_python_would_run_it() -> None:
    read = read_journey(EDITED)
    assert read.problems == []
    spec = read.spec
    assert spec is not None
    assert (spec.name, spec.description, spec.greeting) == ("Desk", "A desk.", "Hello, you")
    assert spec.guidelines == ("Be warm", "Stay warm", "End well")
    assert [(p.id, p.description, p.timeout_s) for p in spec.pathways] == [
        ("faq", "Answers questions.", 9.5),
        ("intake", "", 3),
    ]
    assert spec.pathways[0].on_error == ErrorRecoverySpec(mode="retry")
    assert spec.pathways[1].return_behavior == ReturnSpec(kind="entry", max_depth=2)
    agent = spec.agents["intake_agent"]
    assert agent.signature is not None
    assert agent.signature.guidelines == ("Be warm", "Stay warm", "Ask")
    assert [f.name for f in agent.signature.outputs] == ["mood", "level", "places", "response"]
    assert agent.signature.outputs[1].default == "low"
    assert [t.id for t in spec.transitions] == ["help", "t2", "t3", "t4"]
    assert getattr(spec.transitions[0].trigger, "confidence_threshold", None) == 0.8
    assert spec.transitions[2].context_update == (
        ContextUpdateSpec(op="remove", field="mood"),
        ContextUpdateSpec(op="copy", field="a", source="b"),
        ContextUpdateSpec(op="copy", field="c", source="d"),
        ContextUpdateSpec(op="set", field="n", value=3),
    )
    assert (spec.session_ttl_s, spec.variables[1].type.kind) == (60, "int")


JOURNEY = """from journeys import AlwaysTrigger, ConditionTrigger, IntentTrigger, Journey, JourneyConfig, Pathway, Transition

class Desk(Journey):
    {line}

    class IntakePath(Pathway):
        pass
"""


@pytest.mark.parametrize(
    ("line", "at", "says"),
    [
        ("__greeting__ = open('/etc/passwd')", (4, 20), "'open' is not defined above"),
        ("__greeting__ = ().__class__", (4, 20), "allowed after a dot"),
        ("__greeting__ = Journey.__subclasses__()", (4, 20), "allowed after a dot"),
        ("__greeting__ = [x for x in (1, 2)]", (4, 20), "would have to be run"),
        ("__greeting__ = 'a' * 1000", (4, 20), "would have to be computed"),
        ("__greeting__ = f'{1:>999999999}'", (4, 20), "without a format"),
        ("__greeting__ = (lambda: 'x')()", (4, 21), "would have to be run"),
        ("__greeting__ = b'x'", (4, 20), "no JSON value"),
        ("def start(self): pass", (4, 5), "the method start would have to be run"),
        ("import os", (4, 5), "none of them"),
        ("__greting__ = 'x'", (4, 5), "__greting__ means nothing here"),
        ("__init_subclass__ = 'x'", (4, 5), "means nothing here"),
        ("_pathways = {}", (4, 5), "means nothing here"),
        ("__config__ = JourneyConfig(depth=3)", (4, 18), "unexpected keyword argument 'depth'"),
        ("__entry_pathway__ = 'nowhere'", (4, 5), "unknown pathway 'nowhere'; the pathways are: intake"),
        ("__transitions__ = [\n        Transition(AlwaysTrigger(), 'nowhere')]", (5, 9), "unknown pathway 'nowhere'"),
        ("__transitions__ = [Transition(ConditionTrigger(lambda c: True))]", (4, 52), "would have to be run"),
        ("__greeting__ = {'a': 1, 'a': 2}", (4, 29), "stands twice"),
    ],
)
def test_what_would_have_to_be_run_is_refused_with_its_place(line: str, at: tuple[int, int], says: str) -> None:
    problem = read_journey(JOURNEY.format(line=line)).problems[0]
    assert says in problem.message
    assert (problem.line, problem.column) == at


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import os", "write from ... import"),
        ("from os import system", "modules that can be: agents, dataclasses"),
        ("from agents import tool", "'tool' cannot be imported from agents"),
        ("from . import x", "cannot be imported"),
        ("for x in []:\n    pass", "would have to be run"),
        ("print('x')", "would have to be run"),
        ("x = y", "'y' is not defined above"),
        ("class A:\n    pass", "derives from none of these"),
        ("from agents import Signature\nclass A(Signature, metaclass=int):\n    pass", "no metaclass"),
        ("from pydantic import BaseModel\nclass A(BaseModel):\n    copy: str", "a name of pydantic's own"),
        ("from enum import Enum\nclass A(Enum):\n    X = [1]", "a member of an enum"),
        ("x = 1", "declares no journey"),
        ("x = (", "this is no Python"),
        ("\0", "no Python"),
        ("x = " + "[" * 90 + "]" * 90, "brackets stand deeper"),
        ("x = " + "-" * 50_000 + "1", "cannot be read"),
        ("x = " + "+".join(["''"] * 50_000), "cannot be read"),
        ("x = " + "+".join(["''"] * 200), "nests deeper"),
        ("a0 = 'xxxxxxxxxx'\n" + "\n".join(f"a{n + 1} = [a{n}, a{n}]" for n in range(60)), "characters and items in all"),
    ],
)
def test_a_text_that_is_no_declaration_is_refused_quickly(source: str, says: str) -> None:
    started = time.monotonic()
    read = read_journey(source)
    assert read.spec is None
    assert says in read.problems[0].message
    assert time.monotonic() - started < 10


def test_every_fault_is_told_and_none_twice() -> None:
    source = JOURNEY.format(
        line="__guidelines__ = [open, 'x', exit]\n    __wrong__ = 1\n    __transitions__ = [Transition(trigger=later)]"
    )
    read = read_journey(source + "\nclass More(Desk):\n    __greeting__ = 'x'\n")
    assert [(p.line, p.message.split(" ")[0]) for p in read.problems] == [
        (4, "'open'"),
        (4, "'exit'"),
        (5, "__wrong__"),
        (6, "'later'"),
    ]


def test_two_journeys_in_one_text_are_one_too_many() -> None:
    source = JOURNEY.format(line="pass") + "\n\nclass Other(Journey):\n    class APath(Pathway):\n        pass\n"
    (problem,) = read_journey(source).problems
    assert "several journeys: Desk, Other" in problem.message
    assert problem.line == 10
