"""PlanningAgent: plans, checks the plan, and does it step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.signature import Signature


@dataclass
class PlanningConfig(BaseAgentConfig):
    """``validation_mode``: strict refuses an invalid plan, warn reports it, off does not look. ``plan_format``: structured
    (steps with tools and dependencies) or narrative (sentences, done in order)."""

    max_plan_steps: int = 10
    validation_mode: str = "strict"
    enable_replanning: bool = True
    max_replans: int = 2
    plan_format: str = "structured"


class PlanningSignature(Signature):
    """Do the task."""

    task: str = InputField("The task to do", min_length=1)
    context: Any = InputField("What is known that may help", default="")
    plan: list[dict[str, Any]] = OutputField("The steps: step, action, description, tool, arguments, dependencies")
    validation_result: dict[str, Any] = OutputField("What the check of the plan found: status and problems")
    execution_results: list[dict[str, Any]] = OutputField("What came of each step")
    final_result: str = OutputField("The result of the task")


class PlanningAgent(BaseAgent):
    """Plans before it acts: the plan is checked before anything is done, and made anew with the reasons where it fails."""

    __strategy__ = "planning"
    __signature__: Any = PlanningSignature

    def __init__(self, config: Any = None, **options: Any):
        super().__init__(PlanningConfig() if config is None else config, **options)
