"""The scripted provider: exact replies, latency and faults, written down before. For tests and for trying out a journey.

A script is an object in this process or a JSON file (``KAIZEN_SCRIPTED`` names it for child processes):
``{"replies": [{"match": "text in the prompt", "json": {...}}, ...], "log": "path"}``.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from agents.core.llm.port import (
    Capabilities,
    ChatReply,
    ChatRequest,
    Delta,
    ModelError,
    ToolCall,
    Transcript,
    TranscriptionRequest,
    Usage,
)
from agents.core.spec.agent import ModelSpec
from agents.core.spec.types import Frozen

NOTICE = "Scripted model: replies written down before, for tests."


class ScriptedReply(Frozen):
    """One reply. The first that matches and is not used up is given.

    ``match``: a text that the prompt must hold; with one, the reply may be given again and again unless ``times`` says
    otherwise; without one it is given once. ``values`` (in JSON: ``json``) is the answer as an object, ``text`` as it is.
    ``error_code`` fails the request, after ``break_after`` characters if that is not ``None``.
    """

    match: str = ""
    times: int | None = None
    values: Any = Field(default=None, alias="json")
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Literal["stop", "tool_calls", "length", "content_filter"] = "stop"
    latency_s: float = 0.0
    piece_delay_s: float = 0.0
    piece_length: int = Field(default=8, gt=0)
    error_code: str = ""
    error_message: str = "as the script says"
    retryable: bool = False
    break_after: int | None = None
    usage: Usage = Usage(input_tokens=10, output_tokens=10, cost_microusd=0)

    @property
    def content(self) -> str:
        return self.text if self.values is None else json.dumps(self.values, ensure_ascii=False)


class ScriptFile(Frozen):
    replies: tuple[ScriptedReply, ...]
    log: str = ""


class ScriptedModel:
    """Gives the replies of its script. ``requests`` are all that came, ``cancelled`` counts those that were cut off."""

    name = "scripted"

    def __init__(self, replies: Sequence[ScriptedReply | dict[str, Any]] = (), *, log: str = ""):
        self.replies = [r if isinstance(r, ScriptedReply) else ScriptedReply.model_validate(r) for r in replies]
        self.requests: list[ChatRequest] = []
        self.heard: list[TranscriptionRequest] = []
        self.cancelled = 0
        self._log = log
        self._used: dict[int, int] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, path: str) -> ScriptedModel:
        script = ScriptFile.model_validate_json(Path(path).read_bytes())
        return cls(script.replies, log=script.log)

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return Capabilities(json_schema="strict", vision=True, audio=True, is_ai=False, notice=NOTICE)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return max((r.usage.cost_microusd or 0 for r in self.replies), default=0)

    def worst_case_of_speech_microusd(self, request: TranscriptionRequest) -> int | None:
        return max((r.usage.cost_microusd or 0 for r in self.replies), default=0)

    async def transcribe(self, request: TranscriptionRequest) -> Transcript:
        """A reply's ``json`` is a whole transcript, its ``text`` what was said. ``match`` looks at the file's name."""
        self.heard.append(request)
        script = self._find(f"transcribe {request.audio.name}")
        await asyncio.sleep(script.latency_s)
        if script.error_code:
            raise ModelError(script.error_message, code=script.error_code, retryable=script.retryable)
        told = script.values if isinstance(script.values, dict) else {"text": script.text}
        return Transcript.model_validate({"provider": self.name, "model": "script", "usage": script.usage, **told})

    async def complete(self, request: ChatRequest) -> ChatReply:
        reply: ChatReply | None = None
        async for delta in self.stream(request):
            reply = delta.reply or reply
        assert reply is not None, "a script's stream ends with its reply"
        return reply

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        script = self._choose(request)
        try:
            async for delta in _play(script, request.model):
                yield delta
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise

    def _choose(self, request: ChatRequest) -> ScriptedReply:
        prompt = "\n".join([*(m.content for m in request.messages), *(c.name for m in request.messages for c in m.tool_calls)])
        with self._lock:
            self.requests.append(request)
        return self._find(prompt)

    def _find(self, prompt: str) -> ScriptedReply:
        with self._lock:
            for index, reply in enumerate(self.replies):
                most = reply.times if reply.times is not None else None if reply.match else 1
                if reply.match in prompt and (most is None or self._used.get(index, 0) < most):
                    self._used[index] = self._used.get(index, 0) + 1
                    self._write_log(reply.match or f"reply {index}")
                    return reply
        raise ModelError(f"the script has no reply left for a prompt that ends: {prompt[-300:]!r}", code="rejected")

    def _write_log(self, line: str) -> None:
        if self._log:
            with Path(self._log).open("a", encoding="utf-8") as out:
                out.write(line + "\n")


async def _play(script: ScriptedReply, model: ModelSpec) -> AsyncIterator[Delta]:
    if script.latency_s:
        await asyncio.sleep(script.latency_s)
    text = script.content if script.break_after is None else script.content[: script.break_after]
    if script.error_code and script.break_after is None:
        raise ModelError(script.error_message, code=script.error_code, retryable=script.retryable)
    for start in range(0, len(text), script.piece_length):
        if script.piece_delay_s:
            await asyncio.sleep(script.piece_delay_s)
        yield Delta(text=text[start : start + script.piece_length])
    if script.break_after is not None:
        raise ModelError(script.error_message, code=script.error_code or "bad_reply", partial=text)
    finish = "tool_calls" if script.tool_calls else script.finish
    yield Delta(
        reply=ChatReply(
            content=text,
            tool_calls=script.tool_calls,
            finish=finish,
            usage=script.usage,
            provider="scripted",
            model=model.model or "script",
        )
    )
