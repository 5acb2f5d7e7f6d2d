"""The ChatModel port: one way to ask any model, streamed or not, with tools, a JSON schema, usage and cost.

Owns the data that crosses the port and its errors. Adapters live in ``agents.adapters.llm``; rendering a signature into
messages and validating what comes back is ``agents.core.llm.structured``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol

from pydantic import Field

from agents.core.spec.agent import DemoRule, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import Frozen


class ToolCall(Frozen):
    """A call that the model wants: ``arguments`` is the parsed JSON object, ``raw`` the text when it was not one."""

    id: str
    name: str
    arguments: dict[str, Any] = {}
    raw: str | None = None


class FilePart(Frozen):
    """A file that goes along with a message. The bytes are not here: whoever asks puts them into ``ChatRequest.media``.

    ``longest_side``: an image with a longer one is scaled down to it, in pixels; 0: never.
    """

    file: str
    name: str
    media_type: str
    size: int
    sha256: str
    longest_side: int = 0

    @property
    def key(self) -> str:
        """Under which ``media`` has the bytes."""
        return f"{self.sha256}:{self.longest_side}"


class Message(Frozen):
    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    files: tuple[FilePart, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


class ToolSchema(Frozen):
    """What the model is told of a tool; ``parameters`` is a JSON schema of type object."""

    name: str
    description: str
    parameters: dict[str, Any]


class Task(Frozen):
    """What the messages were rendered from. Never sent: the demo and local models read it instead of guessing."""

    signature: SignatureSpec
    values: dict[str, Any]
    demo: tuple[DemoRule, ...] = ()


class ChatRequest(Frozen):
    """One request to one model. Everything but ``task`` reaches the provider."""

    model: ModelSpec
    messages: tuple[Message, ...]
    tools: tuple[ToolSchema, ...] = ()
    tool_choice: Literal["auto", "required", "none"] = "auto"
    json_schema: dict[str, Any] | None = None
    strict: bool = Field(default=True, description="Whether ``json_schema`` fits a provider's strict mode.")
    schema_name: str = "answer"
    task: Task | None = None
    media: dict[str, bytes] = Field(default={}, exclude=True, repr=False, description="Bytes by ``FilePart.key``.")


class Usage(Frozen):
    """Tokens of one reply and what they cost: micro-dollars, or ``None`` where no price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_microusd: int | None = None
    estimated: bool = False


class ChatReply(Frozen):
    """A whole reply. ``finish`` is ``length`` when the provider cut it off."""

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Literal["stop", "tool_calls", "length", "content_filter"] = "stop"
    usage: Usage = Usage()
    provider: str = ""
    model: str = ""


class Delta(Frozen):
    """A piece of a streamed reply; the last one carries the whole ``reply``."""

    text: str = ""
    reply: ChatReply | None = None


class Capabilities(Frozen):
    """What a provider's model can do; ``json_schema`` says how a schema is enforced."""

    json_schema: Literal["strict", "grammar", "instructions"] = "instructions"
    tools: bool = True
    vision: bool | None = Field(default=None, description="Whether it takes images; None: not known.")
    audio: bool | None = Field(default=None, description="Whether it takes sound; None: not known.")
    streaming: bool = True
    is_ai: bool = True
    notice: str = Field(default="", description="What a page must tell people about this model; empty: nothing.")


class ChatModel(Protocol):
    """A provider. ``stream`` yields text deltas and ends with one ``Delta`` whose ``reply`` is whole.

    Cancelling the task that awaits ``stream`` or ``complete`` closes the request at the provider.
    """

    name: str

    def capabilities(self, model: ModelSpec) -> Capabilities: ...

    def stream(self, request: ChatRequest) -> AsyncIterator[Delta]: ...

    async def complete(self, request: ChatRequest) -> ChatReply: ...

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        """Upper bound of the cost of ``request`` for a budget's reservation; ``None``: no price is known."""
        ...


class TranscriptionRequest(Frozen):
    """Speech to be written down. ``language``: ISO 639-1, empty: the model finds out."""

    model: ModelSpec
    audio: FilePart
    language: str = ""
    words: bool = False
    media: dict[str, bytes] = Field(default={}, exclude=True, repr=False)


class Segment(Frozen):
    """A stretch of speech, in seconds from the start; ``confidence`` is 0 to 1, higher is better."""

    start: float
    end: float
    text: str
    confidence: float | None = None


class Transcript(Frozen):
    """What was said. ``confidence`` is 0 to 1, higher is better; ``None`` where the provider tells nothing to judge by."""

    text: str
    language: str = ""
    duration_s: float = 0.0
    segments: tuple[Segment, ...] = ()
    confidence: float | None = None
    provider: str = ""
    model: str = ""
    usage: Usage = Usage()


class Transcriber(Protocol):
    """A provider that writes speech down; a ``ChatModel`` may be one as well."""

    name: str

    async def transcribe(self, request: TranscriptionRequest) -> Transcript: ...

    def worst_case_of_speech_microusd(self, request: TranscriptionRequest) -> int | None: ...


class Embedder(Protocol):
    """Sentence embeddings: unit vectors as lists of floats. Two texts of a likeness of ``near`` or more mean the same."""

    name: str
    near: float

    def embed(self, texts: list[str]) -> list[list[float]]: ...


class ModelError(Exception):
    """A request that failed. ``retryable`` only when nothing of a reply was consumed; ``partial`` is the text so far."""

    def __init__(
        self, message: str, *, code: str, retryable: bool = False, partial: str = "", retry_after_s: float | None = None
    ):
        super().__init__(message)
        self.code = code  # unavailable, timeout, rate_limited, rejected, not_configured, bad_reply, context_too_long
        self.retryable = retryable
        self.partial = partial
        self.retry_after_s = retry_after_s
