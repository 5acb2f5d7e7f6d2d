"""SelfReflectionAgent: attempts, criticises itself, and attempts again."""

from __future__ import annotations

from dataclasses import dataclass

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature
from agents.core.spec.agent import DemoRule


@dataclass
class SelfReflectionConfig(BaseAgentConfig):
    """A quality of ``improvement_threshold`` is good enough; after ``max_cycles`` attempts the best one counts."""

    max_cycles: int = 3
    improvement_threshold: float = 0.8


ReflectionConfig = SelfReflectionConfig


class SelfReflectionSignature(Signature):
    """Do the task as well as it can be done."""

    task: str = InputField("The task", min_length=1)
    attempt: str = OutputField("The result of the task")
    critique: str = OutputField("What is still wrong with it")
    quality_score: float = OutputField("Its quality from 0 to 1", ge=0, le=1)
    cycles: int = OutputField("How many attempts were made")


class SelfReflectionAgent(BaseAgent):
    """Improves its own work."""

    __strategy__ = "self_reflection"
    __signature__ = SelfReflectionSignature
    __demo__ = (
        DemoRule(
            if_known=("judged_attempt",),
            set={"critique": "The demo model is fixed rules and finds every attempt good enough.", "quality_score": 0.85},
        ),
        DemoRule(set={"attempt": "A demo attempt at: {task}"}),
    )
    __config__ = SelfReflectionConfig()

    def ask(self, task: str) -> Result:
        """``attempt``, ``critique``, ``quality_score`` and ``cycles``."""
        return self.run(task=task)
