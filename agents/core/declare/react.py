"""ReActAgent: thinks, acts, observes, and again, until the task is solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.signature import Signature


@dataclass
class ReActConfig(BaseAgentConfig):
    """After ``max_cycles`` it answers with what it has; below ``confidence_threshold`` an answer carries a warning."""

    max_cycles: int = 10
    confidence_threshold: float = 0.7
    enable_parallel_tools: bool = False
    allow_clarify: bool = True


class ReActSignature(Signature):
    """Solve the task with the tools there are."""

    task: str = InputField("The task to solve", min_length=1)
    context: Any = InputField("What is known that may help", default="")
    answer: str = OutputField("The result of the task")
    thought: str = OutputField("The last thought")
    action: str = OutputField("The last action: tool_use, clarify or finish")
    action_input: Any = OutputField("What the last action was given")
    confidence: float = OutputField("How sure the answer is, from 0 to 1", ge=0, le=1)
    need_tool: bool = OutputField("Whether the last action was a tool")
    tool_calls: list[dict[str, Any]] = OutputField("Every tool call: name, arguments, result")
    cycles_used: int = OutputField("How many cycles it took")
    total_cycles: int = OutputField("How many cycles it could have taken")
    warning: str = OutputField("What is wrong with the answer; empty when nothing is", default="")


class ReActAgent(BaseAgent):
    """Solves a task in cycles of thought and action with its tools."""

    __strategy__ = "react"
    __signature__: Any = ReActSignature

    def __init__(self, config: Any = None, **options: Any):
        super().__init__(ReActConfig() if config is None else config, **options)
