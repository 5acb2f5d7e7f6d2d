"""What holds for every pattern of the catalog: its form can be drawn, wrong parameters and names are told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from agents.core.pipelines.catalog import UnknownPattern, get_pattern, pattern_names, pattern_problems
from tests.agents.pipelines.specs import agent, pipeline, said, scene
from tests.agents.strategies.resume import assert_resumes_everywhere, play

NAMES = sorted(pattern_names())


@pytest.mark.parametrize("name", NAMES)
def test_its_parameters_draw_a_form(name: str) -> None:
    params = get_pattern(name).Params
    assert issubclass(params, BaseModel)
    assert params.model_config.get("frozen")
    assert params.model_config.get("extra") == "forbid"
    schema: dict[str, Any] = params.model_json_schema()
    assert [field for field, part in schema.get("properties", {}).items() if not part.get("description")] == []
    assert not schema.get("required"), "the form of a new pipeline begins with defaults"


@pytest.mark.parametrize("name", NAMES)
def test_its_title_is_words_for_people(name: str) -> None:
    assert get_pattern(name).title[:1].isupper()
    assert (type(get_pattern(name)).__doc__ or "").strip()


@pytest.mark.parametrize("name", NAMES)
async def test_unknown_parameters_end_the_run_before_anything_is_asked(name: str) -> None:
    played = await play(scene(pipeline(name, agent("first"), zeal=11)))
    assert played.outcome.error["code"] == "invalid_inputs"
    assert "zeal" in played.outcome.error["message"]
    assert played.requests == ()


@pytest.mark.parametrize("name", NAMES)
async def test_it_goes_on_after_a_crash_behind_any_event(name: str) -> None:
    spec = pipeline(name, agent("first", "a"), agent("second", "b"))
    route = {"match": "Decide who answers", "json": {"member": "second", "confidence": 0.9, "reason": "it fits"}}
    whole = await assert_resumes_everywhere(scene(spec, route, said("first", a="one"), said("second", b="two")))
    assert whole.output["b"] == "two"


def test_an_unknown_pattern_lists_the_known_ones() -> None:
    with pytest.raises(UnknownPattern, match="parallel, router, sequential"):
        get_pattern("circle")
    assert pattern_problems("circle", {})[0]["where"] == "pattern"


def test_wrong_parameters_are_told_with_their_place() -> None:
    problems = pattern_problems("parallel", {"conflict": "fight"}, name="pipeline", fields="pipeline_params")
    assert [p["where"] for p in problems] == ["pipeline_params.conflict"]
