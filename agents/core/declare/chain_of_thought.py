"""ChainOfThoughtAgent: solves a problem in written steps and has them checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.signature import Signature
from agents.core.spec.signature import SignatureSpec
from agents.core.strategies.parts.question import text


@dataclass
class ChainOfThoughtConfig(BaseAgentConfig):
    """``verified`` is true when a separate check finds no mistake and the confidence reaches ``confidence_threshold``."""

    reasoning_steps: int = 5
    confidence_threshold: float = 0.7
    enable_verification: bool = True


class ChainOfThoughtSignature(Signature):
    """Solve the problem."""

    problem: str = InputField("The problem to solve", min_length=1)
    context: Any = InputField("What is known that may help", default="")
    final_answer: str = OutputField("The answer to the problem")
    confidence: float = OutputField("How sure the answer is, from 0 to 1", ge=0, le=1)
    verified: bool = OutputField("Whether the answer was checked and held")


class ChainOfThoughtAgent(BaseAgent):
    """Reasons in steps before it answers: results are step1, step2 and so on, final_answer, confidence and verified."""

    __strategy__ = "chain_of_thought"

    def __init__(self, config: Any = None, signature: Any = None, **options: Any):
        config = ChainOfThoughtConfig() if config is None else config
        own = self.__signature__ if signature is None else signature
        steps = config.get("reasoning_steps", 5) if isinstance(config, Mapping) else getattr(config, "reasoning_steps", 5)
        super().__init__(config, with_steps(steps) if own is None else own, **options)


def with_steps(count: int) -> SignatureSpec:
    """The signature with ``step1`` to ``step<count>`` before the answer."""
    spec = ChainOfThoughtSignature.spec
    steps = tuple(text(f"step{n}", f"Step {n} and what it concludes") for n in range(1, count + 1))
    return spec.model_copy(update={"outputs": (*steps, *spec.outputs)})
