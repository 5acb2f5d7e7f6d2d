"""SimpleQAAgent: the smallest useful agent, and the one of the quick start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.history import with_history
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature


@dataclass
class QAConfig:
    """Without a provider the first configured one answers. Below ``min_confidence_threshold`` an answer carries a warning.

    ``max_turns``: how many earlier turns of a session the agent remembers; ``None`` or 0: it has no memory.
    """

    llm_provider: str | None = None
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    timeout: float | None = None
    min_confidence_threshold: float = 0.5
    max_turns: int | None = None
    budget_limit_usd: float | None = None


class QASignature(Signature):
    """Answer the question correctly and briefly. Say so when you do not know."""

    question: str = InputField("The question to answer", min_length=1)
    context: str = InputField("What is known that may help", default="")
    answer: str = OutputField("The answer")
    confidence: float = OutputField("How sure the answer is, from 0 to 1", ge=0, le=1)
    reasoning: str = OutputField("Why this is the answer, in a sentence or two")


class SimpleQAAgent(BaseAgent):
    """Answers questions."""

    def __init__(self, config: Any = None, **options: Any):
        config = QAConfig() if config is None else config
        turns = getattr(config, "max_turns", None)
        if turns:
            self.__strategy__ = "memory"
            self.__strategy_params__ = {"max_history_turns": turns}
        super().__init__(config=config, signature=with_history(QASignature.spec) if turns else QASignature(), **options)

    def ask(self, question: str, context: str = "", session_id: str | None = None) -> Result:
        """``answer``, ``confidence`` and ``reasoning``; ``warning`` as well when the confidence is low.

        With ``max_turns`` in the config, calls with the same ``session_id`` are one conversation.
        """
        session = {"session_id": session_id} if session_id else {}
        result = self.run(question=question.strip(), context=context, **session)
        least = getattr(self.config, "min_confidence_threshold", 0.0)
        if result["confidence"] < least:
            result["warning"] = f"The confidence {result['confidence']:g} is below {least:g}."
        return result
