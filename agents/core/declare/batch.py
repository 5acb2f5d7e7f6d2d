"""BatchProcessingAgent: the same task for many prompts, several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature


@dataclass
class BatchConfig(BaseAgentConfig):
    """``max_concurrent``: how many prompts are worked on at once."""

    max_concurrent: int = 10


class BatchSignature(Signature):
    """Answer the prompt."""

    prompts: list[str] = InputField("The prompts")
    results: list[str | None] = OutputField("The answer to each prompt, in order; null where it failed")
    failures: list[dict[str, Any]] = OutputField("Index, code and message of each prompt that failed")
    total: int = OutputField("How many prompts there were")
    succeeded: int = OutputField("How many of them succeeded")


class BatchProcessingAgent(BaseAgent):
    """Works through many prompts at once."""

    __strategy__ = "batch"
    __signature__ = BatchSignature
    __config__ = BatchConfig()

    def process_batch(self, prompts: Iterable[str]) -> Result:
        """``results`` in the order of ``prompts``, ``failures``, ``total`` and ``succeeded``."""
        return self.run(prompts=list(prompts))

    run_batch = process_batch


BatchAgent = BatchProcessingAgent
