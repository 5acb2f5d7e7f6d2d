"""The scripts that browser tests play: all four answer from one file, each as often as it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents import PEVAgent, PlanningAgent, ReActAgent, ToTAgent
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.declare.agent import BaseAgent
from tests.agents.strategies.resume import play
from tests.agents.strategies.stage import scene_of_script
from tests.factories.strategy_scripts import (
    Script,
    pev_with_two_refinements,
    planning_with_a_dependency_and_a_replan,
    react_with_five_tools,
    tot_with_four_paths,
)

SCRIPTS: dict[type[BaseAgent], Script] = {
    ReActAgent: react_with_five_tools(),
    PlanningAgent: planning_with_a_dependency_and_a_replan(),
    PEVAgent: pev_with_two_refinements(),
    ToTAgent: tot_with_four_paths(),
}


@pytest.mark.parametrize("agent", SCRIPTS)
async def test_one_file_answers_for_all_of_them_again_and_again(agent: type[BaseAgent], tmp_path: Path) -> None:
    first, *others = SCRIPTS.values()
    file = first.write(tmp_path / "script.json", *others)
    together = [reply.model_dump(by_alias=True) for reply in ScriptedModel.from_file(str(file)).replies]
    script = SCRIPTS[agent]
    outputs = []
    for n in range(2):
        workspace = tmp_path / str(n)
        workspace.mkdir()
        alone = await play(scene_of_script(agent(), script, workspace))
        shared = await play(scene_of_script(agent(), Script(script.task, together, script.tools, script.params), workspace))
        outputs += [alone.output, shared.output]
    assert outputs[0] == outputs[1] == outputs[2] == outputs[3]
