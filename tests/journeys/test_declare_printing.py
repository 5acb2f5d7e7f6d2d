"""A journey prints as Python source that compiles to an equal spec."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.spec.agent import AgentSpec, ToolUse
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from journeys import Journey
from journeys.core.spec import IntentTriggerSpec, JourneySpec, PathwaySpec, ReturnSpec, TransitionSpec
from journeys.core.text.printing import print_journey
from journeys.gallery.catalog import GALLERY, get_gallery_journey
from tests.journeys.test_declare import PatientJourney

TEXT = ScalarType(kind="str")
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(['"""', "it's", "a\nb", "\\", "Ü 🎉"]),
)
IDS = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
    st.sampled_from(["faq", "step_2", "a__b", "path", "class", "list"]),
).filter(lambda name: name != "end")


def compiled(source: str) -> JourneySpec:
    module = ModuleType("printed_journey")
    sys.modules["printed_journey"] = module
    exec(compile(source, "<printed>", "exec"), module.__dict__)
    own = [v for v in vars(module).values() if isinstance(v, type) and v.__module__ == "printed_journey"]
    (journey,) = [c for c in own if issubclass(c, Journey)]
    return journey.spec


def signature(name: str, *outputs: str) -> SignatureSpec:
    return SignatureSpec(
        name=name,
        inputs=(FieldSpec(name="message", type=TEXT),),
        outputs=tuple(FieldSpec(name=output, type=TEXT) for output in outputs),
    )


@st.composite
def moves(draw: st.DrawFn, ids: list[str]) -> TransitionSpec:
    return TransitionSpec(
        trigger=IntentTriggerSpec(
            intents=("ask", "it's"),
            description=draw(WORDS),
            examples=tuple(draw(st.lists(WORDS, max_size=2))),
            demo_patterns=("re:x",) if draw(st.booleans()) else (),
            confidence_threshold=draw(st.sampled_from([0.0, 0.7, 1.0])),
        ),
        to_pathway=draw(st.sampled_from([*ids, "end"])),
        from_pathways=tuple(draw(st.sampled_from([("*",), (ids[0],), tuple(ids)]))),
        priority=draw(st.integers(-1, 2)),
        push=draw(st.booleans()),
    )


@st.composite
def journeys(draw: st.DrawFn) -> JourneySpec:
    ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    agents = {
        name: AgentSpec(name=title, signature=signature("Shared", "response", "mark"), tools=(ToolUse(name="t", ask=True),))
        for name, title in draw(st.dictionaries(IDS, st.sampled_from(["Helper", "Journey", "A b"]), max_size=2)).items()
    }
    targets = st.sampled_from([*ids, "end"])
    pathways = []
    for name in ids:
        own = draw(st.booleans())
        pathways.append(
            PathwaySpec(
                id=name,
                title=draw(WORDS),
                signature=signature(draw(st.sampled_from(["Own", "Pathway", "Same"])), "response", "mark") if own else None,
                agents=tuple(agents) if draw(st.booleans()) else (),
                bindings={"message": "context"} if draw(st.booleans()) else {},
                guidelines=tuple(draw(st.lists(WORDS, max_size=2))),
                accumulate=("mark",) if own else (),
                merge={"mark": draw(st.sampled_from(["append", "max"]))} if own and draw(st.booleans()) else {},
                complete_when=("response",) if draw(st.booleans()) else (),
                next=draw(st.one_of(st.just(""), targets)),
                return_behavior=draw(
                    st.sampled_from(
                        [None, ReturnSpec(kind="previous", max_depth=3), ReturnSpec(kind="specific", target=ids[0])]
                    )
                ),
                response_field="mark" if own else "response",
                suggestions=tuple(draw(st.lists(WORDS, max_size=2))),
            )
        )
    count = draw(st.integers(0, 2))
    transitions = [draw(moves(ids)) for _ in range(count)]
    model: dict[str, Any] = draw(st.sampled_from([{}, {"provider": "demo", "temperature": 0.5}, {"model": "m"}]))
    return JourneySpec(
        name=draw(st.sampled_from(["Referral", "My journey", "Journey", "IntakePath"])),
        description=draw(WORDS),
        greeting=draw(WORDS),
        end_message=draw(WORDS),
        entry=draw(st.sampled_from(ids)),
        pathways=tuple(pathways),
        transitions=tuple(transitions),
        agents=agents,
        intent_model=model,
        max_depth=draw(st.sampled_from([10, 3])),
        budget_microusd=draw(st.sampled_from([None, 0, 9])),
    )


@settings(max_examples=120, deadline=None)
@given(journeys())
def test_a_journey_prints_as_source_that_compiles_to_an_equal_spec(spec: JourneySpec) -> None:
    assert compiled(print_journey(spec)) == spec


def test_the_seeds_journey_prints_and_compiles_again() -> None:
    source = print_journey(PatientJourney.spec)
    assert "    class FaqPath(Pathway):\n" in source
    assert "        __return_behavior__ = ReturnToPrevious(preserve_context=True, max_depth=5)\n" in source
    assert compiled(source) == PatientJourney.spec


@pytest.mark.parametrize("slug", sorted(GALLERY))
def test_every_journey_of_the_gallery_prints_and_compiles_again(slug: str) -> None:
    spec = get_gallery_journey(slug).journey.spec
    assert compiled(print_journey(spec)) == spec
