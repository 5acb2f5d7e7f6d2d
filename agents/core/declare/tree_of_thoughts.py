"""ToTAgent: thinks of several ways, judges them, and takes the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.signature import Signature


@dataclass
class ToTAgentConfig(BaseAgentConfig):
    """``evaluation_criteria``: one or several, as a list or as "cost, speed". More than ``max_paths`` paths are refused."""

    temperature: float | None = 0.9
    num_paths: int = 5
    max_paths: int = 20
    evaluation_criteria: str | Sequence[str] = "quality"
    parallel_execution: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.num_paths <= self.max_paths:
            raise ValueError(f"num_paths is {self.num_paths}; allowed: 1 to max_paths, which is {self.max_paths}")


class ToTSignature(Signature):
    """Do the task."""

    task: str = InputField("The task to do", min_length=1)
    context: Any = InputField("What is known that may help", default="")
    paths: list[dict[str, Any]] = OutputField("Every way that was thought of: path, approach, steps, reasoning")
    evaluations: list[dict[str, Any]] = OutputField("The judgement of each: path, score, scores, reasons")
    best_path: dict[str, Any] = OutputField("The way with the highest score")
    final_result: str = OutputField("The result of the task")


class ToTAgent(BaseAgent):
    """Explores several ways at once, judges each by the criteria, and carries the best one out."""

    __strategy__ = "tree_of_thoughts"
    __signature__: Any = ToTSignature

    def __init__(self, config: Any = None, **options: Any):
        super().__init__(ToTAgentConfig() if config is None else config, **options)
