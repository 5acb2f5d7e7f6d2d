"""The demo provider: the rules of ``agents.core.llm.demo_rules`` behind the model port, streamed at a readable speed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from agents.core.llm.demo_rules import Thought, think
from agents.core.llm.nearest import Nearest
from agents.core.llm.port import Capabilities, ChatReply, ChatRequest, Delta, Embedder, ToolCall, Usage
from agents.core.llm.render import prepare
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
        return Capabilities(json_schema="strict", tools=True, streaming=True, is_ai=False, notice=NOTICE)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        return _reply(request, await asyncio.to_thread(think, request, self._nearest))

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        reply = await self.complete(request)
        for piece, slowly in _pieces(request, reply.content):
            if slowly and self._pause_s:
                await asyncio.sleep(self._pause_s)
            yield Delta(text=piece)
        yield Delta(reply=reply)


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
