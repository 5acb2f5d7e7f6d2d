"""The local provider: a small chat model in this process, its answers forced into their schema by a grammar.

It is small and often wrong, and its notice says so. Intents are chosen by sentence embeddings, which it is bad at.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from agents.adapters.llm.local.embedder import find_embedder
from agents.adapters.llm.local.server import load_server
from agents.adapters.llm.local.weights import chat_weights, why_no_chat
from agents.adapters.llm.wire import Assembly
from agents.core.llm.demo_rules import choose_intent
from agents.core.llm.grammar import ANSWER, grammar, tools_instructions, tools_schema
from agents.core.llm.nearest import Nearest
from agents.core.llm.port import Capabilities, ChatReply, ChatRequest, Delta, Message, ModelError, ToolCall, Usage
from agents.core.spec.agent import ModelSpec

NOTICE = "Local model: very small, runs without a key, and is often wrong."
CONTEXT = 4096
LONGEST_ANSWER = 512  # tokens, where the agent names no limit: about five seconds on one core
_ENDED = object()


class LocalModel:
    """One model a process, loaded on first use on a thread. Requests wait for each other: it has one slot."""

    name = "local"

    def __init__(self, folder: Path):
        self._folder = folder
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="local-model")
        embedder = find_embedder(folder)
        self._nearest = Nearest(embedder) if embedder else None

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return Capabilities(json_schema="grammar", tools=True, vision=False, audio=False, notice=NOTICE)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        reply = None
        async for delta in self.stream(request):
            reply = delta.reply or reply
        if reply is None:
            raise ModelError("the local model gave no reply", code="bad_reply")
        return reply

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        if any(message.files for message in request.messages):
            raise ModelError("the local model reads no files; choose a provider whose model does", code="rejected")
        chosen = await asyncio.to_thread(self._intent, request)
        if chosen is not None:
            yield Delta(text=chosen.content)
            yield Delta(reply=chosen)
            return
        offers = _offers_tools(request)
        assembly = Assembly()
        stream = await self._start(request, offers)
        try:
            async for chunk in stream.chunks(request.model.timeout_s):
                text = assembly.add(_checked(chunk, assembly.content))
                if text and not offers:
                    yield Delta.model_construct(text=text)
        finally:
            stream.stop()
        yield Delta(reply=_reply(assembly, offers))

    def _intent(self, request: ChatRequest) -> ChatReply | None:
        if request.task is None or self._nearest is None:
            return None
        outputs = choose_intent(request.task.model_copy(update={"demo": ()}), self._nearest)
        if outputs is None:
            return None
        return ChatReply(
            content=to_json(outputs).decode(),
            usage=Usage(cost_microusd=0, estimated=True),
            provider=self.name,
            model=self._nearest.embedder.name,
        )

    async def _start(self, request: ChatRequest, offers: bool) -> _Stream:
        missing = why_no_chat(self._folder)
        weights = chat_weights(self._folder)
        if missing or weights is None:
            raise ModelError(f"provider 'local' is not configured: {missing}", code="not_configured")
        server = await asyncio.to_thread(load_server, weights, context=CONTEXT)
        stream = _Stream(asyncio.get_running_loop())
        self._threads.submit(stream.run, server, _body(request, offers))
        return stream


class _Stream:
    """Carries pieces from the model's thread to the loop; ``stop`` ends the generation between two tokens."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self._loop = loop
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._stopped = threading.Event()

    def run(self, server: Any, body: dict[str, Any]) -> None:
        try:
            if not self._stopped.is_set():
                server.handle_chat_completions(body, self._take)
            self._put(_ENDED)
        except Exception as error:  # noqa: BLE001 the edge to a C++ library: whatever it raises must reach the waiting loop
            self._put({"error": {"message": f"{type(error).__name__}: {error}"}})

    def stop(self) -> None:
        self._stopped.set()

    async def chunks(self, timeout_s: float) -> AsyncIterator[dict[str, Any]]:
        deadline = self._loop.time() + timeout_s
        while True:
            try:
                chunk = await asyncio.wait_for(self._queue.get(), max(0.001, deadline - self._loop.time()))
            except TimeoutError:
                raise ModelError(f"the local model did not finish within {timeout_s:g} s", code="timeout") from None
            if chunk is _ENDED:
                return
            yield chunk

    def _take(self, chunk: dict[str, Any]) -> bool:
        self._put(chunk)
        return self._stopped.is_set()

    def _put(self, item: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)
        except RuntimeError:  # the loop is gone, and with it whoever waited
            self._stopped.set()


def _offers_tools(request: ChatRequest) -> bool:
    """One round of tools is what so small a model can do: after a result it must answer."""
    return bool(request.tools) and request.tool_choice != "none" and not any(m.role == "tool" for m in request.messages)


def _body(request: ChatRequest, offers: bool) -> dict[str, Any]:
    messages = [_plain(m) for m in request.messages]
    schema = request.json_schema
    if offers:
        schema = tools_schema(request.tools, schema, must_call=request.tool_choice == "required")
        messages.append({"role": "user", "content": tools_instructions(request.tools)})
    body: dict[str, Any] = {
        "messages": messages,
        "max_tokens": min(request.model.max_tokens or LONGEST_ANSWER, CONTEXT // 2),
        "temperature": 0.0 if request.model.temperature is None else request.model.temperature,
        "repeat_penalty": 1.1,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if schema is not None:
        body["grammar"] = grammar(schema)
    return body


def _plain(message: Message) -> dict[str, str]:
    """The model's template knows no tools: calls and results are told in words."""
    if message.role == "tool":
        return {"role": "user", "content": f"The tool's result: {message.content}"}
    called = "".join(f"\nCalled {call.name} with {to_json(call.arguments).decode()}" for call in message.tool_calls)
    return {"role": message.role, "content": message.content + called}


def _checked(chunk: dict[str, Any], partial: str) -> dict[str, Any]:
    error = chunk.get("error")
    if error:
        too_long = error.get("type") == "exceed_context_size_error"
        code = "context_too_long" if too_long else "bad_reply"
        raise ModelError(f"the local model: {error.get('message', error)}", code=code, partial=partial)
    return chunk


def _reply(assembly: Assembly, offers: bool) -> ChatReply:
    reported = assembly.usage or {}
    usage = Usage(
        input_tokens=reported.get("prompt_tokens", 0), output_tokens=reported.get("completion_tokens", 0), cost_microusd=0
    )
    content, finish = assembly.content, assembly.finish or "stop"
    calls: tuple[ToolCall, ...] = ()
    if offers and finish == "stop":
        content, calls = _chosen(content)
    return ChatReply(
        content=content,
        tool_calls=calls,
        finish="tool_calls" if calls else finish,
        usage=usage,
        provider="local",
        model=Path(assembly.model).stem or "local",
    )


def _chosen(content: str) -> tuple[str, tuple[ToolCall, ...]]:
    try:
        data = from_json(content)
    except ValueError:
        return content, ()
    if not isinstance(data, dict) or "tool" not in data:
        return content, ()
    if data["tool"] == ANSWER:
        return to_json(data.get("arguments")).decode(), ()
    return "", (ToolCall(id="local_1", name=data["tool"], arguments=data.get("arguments") or {}),)
