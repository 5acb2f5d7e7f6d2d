"""Declaring signatures and agents as Python classes. Everything here compiles to specs."""

from agents.core.declare.agent import Agent, BaseAgent, agent_id, agent_spec
from agents.core.declare.errors import AgentFailed, AgentWaiting
from agents.core.declare.fields import MISSING, InputField, OutputField
from agents.core.declare.signature import Signature, as_spec
from agents.core.declare.simple_qa import QAConfig, QASignature, SimpleQAAgent

__all__ = [
    "MISSING",
    "Agent",
    "AgentFailed",
    "AgentWaiting",
    "BaseAgent",
    "InputField",
    "OutputField",
    "QAConfig",
    "QASignature",
    "Signature",
    "SimpleQAAgent",
    "agent_id",
    "agent_spec",
    "as_spec",
]
