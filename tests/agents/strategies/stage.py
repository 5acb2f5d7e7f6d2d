"""What the strategy tests share: scenes out of agents and scripts, and decisions as a model gives them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.core.spec.agent import AgentSpec
from agents.core.spec.permissions import PermissionPolicy
from tests.agents.strategies.resume import Scene
from tests.factories.strategy_scripts import Script


def scene_of(
    agent: BaseAgent, replies: Sequence[dict[str, Any]], *, inputs: dict[str, Any] | None = None, **more: Any
) -> Scene:
    return Scene(agent.spec, inputs or {"task": "Do it."}, replies, **more)


def scene_of_script(agent: BaseAgent, script: Script, workspace: Path | None = None) -> Scene:
    """``agent`` with the tools, parameters and permissions that ``script`` asks for."""
    spec = AgentSpec.model_validate(
        {
            **agent.spec.model_dump(mode="json"),
            "tools": [{"name": name} for name in script.tools],
            "strategy_params": {**agent.spec.strategy_params, **script.params},
            "permissions": PermissionPolicy.model_validate(script.permissions).model_dump(mode="json"),
        }
    )
    return Scene(spec, {"task": script.task}, script.replies, ports={"workspace": workspace} if workspace else {})


def decision(
    action: str, thought: str = "Hm.", *, tool: str | None = None, given: Any = None, sure: float = 0.5
) -> dict[str, Any]:
    """A cycle's typed decision as a reply."""
    return {"json": {"thought": thought, "action": action, "tool": tool, "action_input": given, "confidence": sure}}


def native(*calls: tuple[str, dict[str, Any]], said: str = "") -> dict[str, Any]:
    """A reply that calls tools by the provider's own means."""
    told = [{"id": f"c{n}", "name": name, "arguments": arguments} for n, (name, arguments) in enumerate(calls)]
    return {"text": said, "tool_calls": told}


async def _look_up(arguments: dict[str, Any], context: Any) -> Any:
    if arguments["word"] == "bomb":
        raise RuntimeError("the dictionary exploded")
    return {"meaning": arguments["word"].upper()}


LOOK_UP = Tool(
    "look_up",
    "Looks a word up",
    {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"], "additionalProperties": False},
    Effect.READ,
    _look_up,
)
TOOLS = {"look_up": LOOK_UP}
