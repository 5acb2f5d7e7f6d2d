"""ResilientAgent: goes on to the next model when one does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature


@dataclass
class ResilientConfig(BaseAgentConfig):
    """``models``: the fallbacks in order, each a provider or ``provider:model``."""

    models: Sequence[str] = ()


class ResilientSignature(Signature):
    """Answer the query."""

    query: str = InputField("The query", min_length=1)
    response: str = OutputField("The answer")
    model_used: str = OutputField("The model that answered")
    fallback_used: bool = OutputField("Whether another model than the first answered")
    attempts: list[dict[str, Any]] = OutputField("Every model that was asked, with the reason where it did not answer")


class ResilientAgent(BaseAgent):
    """Answers as long as one of its models does."""

    __strategy__ = "resilient"
    __signature__ = ResilientSignature
    __config__ = ResilientConfig()

    def ask(self, query: str) -> Result:
        """``response``, ``model_used``, ``fallback_used`` and ``attempts``."""
        return self.run(query=query)
