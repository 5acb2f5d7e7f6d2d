"""What holds for every strategy of the catalog: its form can be drawn, its outputs are explained, wrong parameters are told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from agents.core.spec.agent import AgentSpec
from agents.core.strategies.catalog import get_strategy, strategy_names
from tests.agents.signatures import INPUTS, TRIAGE
from tests.agents.strategies.resume import Scene, play

NAMES = sorted(strategy_names())


@pytest.mark.parametrize("name", NAMES)
def test_its_parameters_draw_a_form(name: str) -> None:
    params = get_strategy(name).Params
    assert issubclass(params, BaseModel)
    assert params.model_config.get("frozen")
    assert params.model_config.get("extra") == "forbid"
    schema: dict[str, Any] = params.model_json_schema()
    undescribed = [field for field, part in schema.get("properties", {}).items() if not part.get("description")]
    assert undescribed == []
    assert not schema.get("required"), "the form of a new agent begins with defaults"


@pytest.mark.parametrize("name", NAMES)
def test_its_title_and_the_outputs_it_provides_are_words_for_people(name: str) -> None:
    strategy = get_strategy(name)
    assert strategy.title[:1].isupper()
    assert (type(strategy).__doc__ or "").strip()
    assert all(output.isidentifier() and meaning.strip() for output, meaning in strategy.provides.items())


@pytest.mark.parametrize("name", NAMES)
async def test_unknown_parameters_end_the_run_before_anything_is_asked(name: str) -> None:
    spec = AgentSpec(name="Desk", signature=TRIAGE, strategy=name, strategy_params={"zeal": 11})
    played = await play(Scene(spec, INPUTS, []))
    assert played.outcome.error["code"] == "invalid_inputs"
    assert "zeal" in played.outcome.error["message"]
    assert played.requests == ()
