"""HumanApprovalAgent: gives an answer only when a person has approved it."""

from __future__ import annotations

from dataclasses import dataclass

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature


@dataclass
class HumanApprovalConfig(BaseAgentConfig):
    """A rejected answer is revised ``max_revisions`` times; ``quorum`` people must approve."""

    title: str = ""
    risk: str = "medium"
    max_revisions: int = 0
    quorum: int = 1
    other_person: bool = False


class HumanApprovalSignature(Signature):
    """Answer the prompt. A person reads the answer before it is given."""

    prompt: str = InputField("What is asked", min_length=1)
    response: str = OutputField("The answer")
    approved: bool = OutputField("Whether a person approved it")
    decision: str = OutputField("approved or rejected")
    rejection_reason: str = OutputField("Why it was rejected; empty when it was approved")
    revisions: int = OutputField("How often it was revised after a rejection")


class HumanApprovalAgent(BaseAgent):
    """Asks a person before it answers. In Python alone there is nobody to ask: such a run ends in ``AgentWaiting``."""

    __strategy__ = "human_approval"
    __signature__ = HumanApprovalSignature
    __config__ = HumanApprovalConfig()

    def ask(self, prompt: str) -> Result:
        """``response``, ``approved``, ``decision`` and ``rejection_reason``."""
        return self.run(prompt=prompt)
