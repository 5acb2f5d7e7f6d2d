"""The demo provider: the rules of ``agents.core.llm.demo_rules`` behind the model port, streamed at a readable speed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from agents.core.llm.demo_guess import SORRY
from agents.core.llm.demo_rules import Thought, think
from agents.core.llm.demo_text import say
from agents.core.llm.nearest import Nearest
from agents.core.llm.port import (
    Capabilities,
    ChatReply,
    ChatRequest,
    Delta,
    Embedder,
    FilePart,
    ToolCall,
    Transcript,
    TranscriptionRequest,
    Usage,
)
from agents.core.llm.render import prepare
from agents.core.media.images import describe_image
from agents.core.media.sounds import seconds_of
from agents.core.spec.agent import ModelSpec

NOTICE = "Demo model: fixed rules, not an AI."
_WORD = re.compile(r"\s*\S+")
_READ_BY_PEOPLE = ("response", "answer")


class DemoModel:
    """Deterministic and free. ``tokens_per_s`` paces the words that people read; 0 gives the answer at once."""

    name = "demo"

    def __init__(self, embedder: Embedder, tokens_per_s: float = 60):
        self._nearest = Nearest(embedder)
        self._pause_s = 1 / tokens_per_s if tokens_per_s > 0 else 0.0

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return Capabilities(json_schema="strict", vision=True, audio=True, is_ai=False, notice=NOTICE)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return 0

    def worst_case_of_speech_microusd(self, request: TranscriptionRequest) -> int | None:
        return 0

    async def transcribe(self, request: TranscriptionRequest) -> Transcript:
        """It cannot hear, and says so; of a wav it tells the length."""
        seconds = seconds_of(request.media[request.audio.key])
        length = f"{seconds:.1f} seconds of sound" if seconds is not None else f"{request.audio.size:,} bytes of sound"
        text = f"{NOTICE} It was given {request.audio.name}, {length}, and cannot hear what is said."
        usage = Usage(cost_microusd=0, estimated=True)
        return Transcript(text=text, duration_s=round(seconds or 0.0, 3), provider="demo", model="rules", usage=usage)

    async def complete(self, request: ChatRequest) -> ChatReply:
        return _reply(request, await asyncio.to_thread(_think, request, self._nearest))

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        reply = await self.complete(request)
        for piece, slowly in _pieces(request, reply.content):
            if slowly and self._pause_s:
                await asyncio.sleep(self._pause_s)
            yield Delta(text=piece)
        yield Delta(reply=reply)


def _think(request: ChatRequest, nearest: Nearest) -> Thought:
    """The rules see nothing of a file; what can be told of it by its bytes is added to the sentence that admits the rest."""
    thought = think(request, nearest)
    files = [part for message in request.messages for part in message.files]
    if files and thought.outputs:
        seen = say([f"{part.name}, {_look(part, request.media.get(part.key, b''))}" for part in files])
        told = {
            n: f"{v} It looked at {seen}." for n, v in thought.outputs.items() if isinstance(v, str) and v.startswith(SORRY)
        }
        thought.outputs.update(told)
    return thought


def _look(part: FilePart, content: bytes) -> str:
    if part.media_type.startswith("image/"):
        return describe_image(content)
    return f"{part.size:,} bytes of {part.media_type}"


def _reply(request: ChatRequest, thought: Thought) -> ChatReply:
    content = "" if thought.tool else json.dumps(thought.outputs, ensure_ascii=False)
    prompt = sum(len(m.content) for m in request.messages)
    usage = Usage(input_tokens=prompt // 4, output_tokens=max(1, len(content) // 4), cost_microusd=0, estimated=True)
    calls: tuple[ToolCall, ...] = ()
    if thought.tool:
        done = sum(len(m.tool_calls) for m in request.messages)
        calls = (ToolCall(id=f"demo_{done + 1}", name=thought.tool, arguments=thought.arguments),)
    return ChatReply(
        content=content,
        tool_calls=calls,
        finish="tool_calls" if calls else "stop",
        usage=usage,
        provider="demo",
        model="rules",
    )


def _pieces(request: ChatRequest, content: str) -> list[tuple[str, bool]]:
    """The answer in pieces; those of the text that people read are words and come slowly."""
    shown = prepare(request.task.signature).shown_field if request.task else ""
    if not content or shown not in _READ_BY_PEOPLE:
        return [(content, False)] if content else []
    values: dict[str, Any] = json.loads(content)
    pieces: list[tuple[str, bool]] = []
    for i, (name, value) in enumerate(values.items()):
        pieces.append((f"{', ' if i else '{'}{json.dumps(name)}: ", False))
        text = json.dumps(value, ensure_ascii=False)
        pieces += [(word, True) for word in _WORD.findall(text)] if name == shown else [(text, False)]
    return [*pieces, ("}", False)]
