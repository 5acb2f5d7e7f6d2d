"""Anything that can run answers in a pathway: pipelines by name, and the pathway's own agents under a pattern."""

from __future__ import annotations

from typing import Any

import pytest

from agents.core.spec.errors import InvalidSpec
from agents.core.spec.pipeline import MemberSpec, PipelineSpec
from agents.core.spec.runnable import canonical, parse_spec
from agents.services.specs import link_draft
from journeys.core.declare.session import TurnFailed
from journeys.core.spec import JourneySpec, PathwaySpec
from tests.agents.pipelines.specs import agent, pipeline, said
from tests.agents.strategies.resume import assert_resumes_everywhere
from tests.journeys.engine.talks import scene, talk
from trust.core.errors import Invalid
from trust.core.principal import Principal


def journey(pathway: dict[str, Any], **agents: Any) -> JourneySpec:
    return JourneySpec(name="Desk", entry="talk", pathways=(PathwaySpec(id="talk", **pathway),), agents=agents)


def desk() -> JourneySpec:
    views = pipeline("parallel", agent("north", "snow"), agent("south", "sun"))
    return journey(
        {"agents": ("views", "writer"), "guidelines": ("Be brief.",), "accumulate": ("snow",)},
        views=views,
        writer=agent("writer", "response", inputs=("message", "snow", "sun")),
    )


async def test_a_pipeline_answers_in_a_pathway_like_an_agent() -> None:
    session, model = talk(
        desk(), said("north", snow="much"), said("south", sun="little"), said("writer", response="Stay home.")
    )
    await session.start()
    result = await session.process_message("How is it?")
    assert result.message == "Stay home."
    assert result.accumulated_context == {"snow": "much"}
    assert all("Be brief." in r.messages[0].content for r in model.requests), "guidelines reach every agent within"
    assert "much" in model.requests[-1].messages[-1].content


async def test_the_agents_of_a_pathway_answer_at_once_under_its_pattern() -> None:
    spec = journey(
        {"agents": ("north", "south"), "pipeline": "parallel", "pipeline_params": {"conflict": "first"}},
        north=agent("north", "response"),
        south=agent("south", "response"),
    )
    whole = await assert_resumes_everywhere(
        scene(spec, {**said("north", response="Snow."), "latency_s": 0.02}, said("south", response="Sun."))
    )
    assert whole.output["reply"] == "Snow."


async def test_a_router_lets_one_agent_of_the_pathway_answer() -> None:
    spec = journey(
        {"agents": ("bills", "tech"), "pipeline": "router"}, bills=agent("bills", "response"), tech=agent("tech", "response")
    )
    choice = {"match": "Decide who answers", "json": {"member": "tech", "confidence": 0.9, "reason": "a screen"}}
    whole = await assert_resumes_everywhere(scene(spec, choice, said("tech", response="Restart it.")))
    assert (whole.output["reply"], whole.output["outputs"]["routed_to"]) == ("Restart it.", "tech")
    assert whole.steps("model") == ["pathway/0/route/0/model/0", "pathway/0/tech/0/model/0"]


async def test_unknown_pattern_fails_the_turn_with_the_patterns_there_are() -> None:
    spec = journey({"agents": ("north",), "pipeline": "circle"}, north=agent("north", "response"))
    session, _ = talk(spec)
    await session.start()
    with pytest.raises(TurnFailed, match="there is: parallel, router, sequential"):
        await session.process_message("hello")


def test_journey_with_a_pipeline_is_equal_after_its_json_form() -> None:
    assert parse_spec(canonical(desk())) == desk()


def test_agents_of_old_journeys_without_a_kind_stay_agents() -> None:
    data = canonical(desk())
    del data["agents"]["writer"]["kind"]
    assert parse_spec(data) == desk()


def test_names_of_fields_are_checked_against_the_pipeline() -> None:
    data = canonical(desk())
    data["pathways"][0]["accumulate"] = ["rain"]
    with pytest.raises(InvalidSpec, match="the outputs are: snow, sun, response"):
        parse_spec(data)


@pytest.mark.django_db
def test_linking_tells_unknown_patterns_and_what_is_wrong_within_a_pipeline(alice: Principal) -> None:
    spec = journey({"agents": ("views",), "pipeline": "circle"}, views=agent("x", "response"))
    with pytest.raises(Invalid) as pattern:
        link_draft(alice.organization_id, "journey", canonical(spec))
    assert [p["where"] for p in pattern.value.problems] == ["pathways[0].pipeline"]
    inner = PipelineSpec(
        name="Views", members=(MemberSpec(name="north", spec=agent("north", "response", tools=[{"name": "nothing"}])),)
    )
    with pytest.raises(InvalidSpec) as tool:
        link_draft(alice.organization_id, "journey", canonical(journey({"agents": ("views",)}, views=inner)))
    assert [p["where"] for p in tool.value.problems] == ["agents.views.members[0].spec.tools[0]"]
