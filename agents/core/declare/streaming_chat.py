"""StreamingChatAgent: a chat whose answer can be read while it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature


@dataclass
class StreamingChatConfig(BaseAgentConfig):
    """``chunk_size``: the least number of characters that ``stream`` gives at once."""

    chunk_size: int = 1
    max_history_turns: int = 10


StreamConfig = StreamingChatConfig


class StreamingChatSignature(Signature):
    """Answer the person."""

    message: str = InputField("What the person says", min_length=1)
    conversation_history: list[dict[str, str]] = InputField(
        "Earlier turns, oldest first, each with role and content", default=[]
    )
    response: str = OutputField("The answer to the person")


class StreamingChatAgent(BaseAgent):
    """Chats, and is heard while it writes."""

    __strategy__ = "streaming_chat"
    __signature__ = StreamingChatSignature
    __config__ = StreamingChatConfig()

    def chat(self, message: str, session_id: str | None = None) -> Result:
        """``response``, whole."""
        return self.run(message=message, **({"session_id": session_id} if session_id else {}))

    ask = chat

    async def stream(self, message: str, session_id: str | None = None) -> AsyncIterator[str]:
        """The answer in pieces, which together are the whole ``response``. Leaving the loop stops the model.

        An answer that had to be written anew, because the first did not fit, comes once more behind a line break.
        """
        pieces = _Pieces()
        inputs = {"message": message, **({"session_id": session_id} if session_id else {})}
        task = asyncio.ensure_future(self._run(inputs, pieces))
        task.add_done_callback(lambda _task: pieces.heard.set())
        sent, least = "", int(self.spec.strategy_params.get("chunk_size", 1))
        try:
            while not task.done():
                await pieces.heard.wait()
                pieces.heard.clear()
                if len(pieces.text) - len(sent) >= least and pieces.text.startswith(sent):
                    piece, sent = pieces.text[len(sent) :], pieces.text
                    yield piece
            whole = str((await task)["response"])
            if not whole.startswith(sent):  # the first answer did not fit and was written anew
                yield f"\n{whole}"
            elif whole != sent:
                yield whole[len(sent) :]
        finally:
            task.cancel()


class _Pieces:
    """A listener that keeps the text so far and rings."""

    def __init__(self) -> None:
        self.text = ""
        self.heard = asyncio.Event()

    def delta(self, path: str, text: str) -> None:
        self.text = text
        self.heard.set()
