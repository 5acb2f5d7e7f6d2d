"""MemoryAgent: a conversation that goes on from call to call, by session id."""

from __future__ import annotations

from dataclasses import dataclass

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.loop import run_blocking
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature
from agents.core.memory.conversations import Turn
from agents.core.spec.agent import DemoRule


@dataclass
class MemoryConfig(BaseAgentConfig):
    """``max_history_turns``: how many earlier exchanges the model reads."""

    max_history_turns: int = 10


class MemorySignature(Signature):
    """Answer the person, in the light of everything that was said before."""

    message: str = InputField("What the person says", min_length=1)
    conversation_history: list[dict[str, str]] = InputField(
        "Earlier turns, oldest first, each with role and content", default=[]
    )
    response: str = OutputField("The answer to the person")
    memory_updated: bool = OutputField("Whether this turn was added to the conversation")
    updated_history: list[dict[str, str]] = OutputField("The conversation with this turn")


class MemoryAgent(BaseAgent):
    """Remembers the conversation."""

    __strategy__ = "memory"
    __signature__ = MemorySignature
    __demo__ = (
        DemoRule(when=(r"re:\bmy name is (?P<name>\w+)",), set={"response": "Nice to meet you, {name}."}),
        DemoRule(
            when=(r"re:\b(remember|my name|did I (say|tell)|earlier|before)\b",),
            if_known=("conversation_history",),
            set={"response": "Earlier you said: “{conversation_history.0.content}” (demo model: fixed rules, not an AI)."},
        ),
    )
    __config__ = MemoryConfig()

    def chat(self, message: str, session_id: str = "default") -> Result:
        """``response`` and ``memory_updated``; calls with the same ``session_id`` are one conversation."""
        return self.run(message=message, session_id=session_id)

    ask = chat

    def history(self, session_id: str = "default") -> list[Turn]:
        """What the agent knows of the session."""
        return run_blocking(self.conversations.load(session_id))

    def forget(self, session_id: str = "default") -> None:
        run_blocking(self.conversations.forget(session_id))
