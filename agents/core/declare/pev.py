"""PEVAgent: plans, executes, verifies and refines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.signature import Signature


@dataclass
class PEVAgentConfig(BaseAgentConfig):
    """``verification_strictness``: low, medium or high. A score from ``early_stop_threshold`` on ends the refining."""

    max_iterations: int = 5
    verification_strictness: str = "medium"
    enable_error_recovery: bool = True
    early_stop_threshold: float = 0.9


class PEVSignature(Signature):
    """Do the task as well as it can be done."""

    task: str = InputField("The task to do", min_length=1)
    context: Any = InputField("What is known that may help", default="")
    plan: list[str] = OutputField("The steps it set out with")
    execution_result: dict[str, Any] = OutputField("What the best execution came to")
    verification: dict[str, Any] = OutputField("The judgement of it: passed, score, issues, feedback")
    refinements: list[dict[str, Any]] = OutputField("Every judgement that was not passed, in order")
    final_result: str = OutputField("The result of the task")
    warning: str = OutputField("Says that the result never passed; empty when it did", default="")


class PEVAgent(BaseAgent):
    """Works in rounds: each result is judged by a question of its own, and refined until it passes."""

    __strategy__ = "pev"
    __signature__: Any = PEVSignature

    def __init__(self, config: Any = None, **options: Any):
        super().__init__(PEVAgentConfig() if config is None else config, **options)
