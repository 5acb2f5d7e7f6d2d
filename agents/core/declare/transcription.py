"""TranscriptionAgent: writes down what is said in a recording, which is given as the path of a file."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.media import Audio
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature


@dataclass
class TranscriptionAgentConfig(BaseAgentConfig):
    """``model`` is a speech model, such as whisper-1. Without a ``language`` the model finds out which one is spoken."""

    language: str = ""
    word_timestamps: bool = True


TranscriptionConfig = TranscriptionAgentConfig


class TranscriptionSignature(Signature):
    """Write down what is said."""

    audio: Audio = InputField("The recording")
    text: str = OutputField("What is said")
    language: str = OutputField("The language that is spoken")
    duration: float = OutputField("The length in seconds")
    segments: list[dict[str, Any]] = OutputField("Stretches of speech with start, end, text and confidence")
    confidence: float | None = OutputField("From 0 to 1, higher is better; null where the model tells nothing to judge by")
    model: str = OutputField("The model that wrote it down")


class TranscriptionAgent(BaseAgent):
    """Transcribes recordings."""

    __strategy__ = "transcription"
    __signature__ = TranscriptionSignature
    __config__ = TranscriptionAgentConfig()

    def transcribe(self, audio: str | PathLike[str]) -> Result:
        """``text``, ``language``, ``duration``, ``segments``, ``confidence`` and ``model``."""
        return self.run(audio=audio)

    ask = transcribe
