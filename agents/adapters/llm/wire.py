"""OpenAI's chat format: requests as its JSON, replies and stream pieces read back. Owns no connection."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

from pydantic_core import from_json

from agents.core.llm.port import ChatRequest, FilePart, Message, ModelError, ToolCall
from agents.core.llm.structured import with_schema_instructions
from agents.core.media.kinds import IMAGE_TYPES, sniff

Finish = Literal["stop", "tool_calls", "length", "content_filter"]
_FINISHES = {"function_call": "tool_calls"}


def request_body(request: ChatRequest, *, stream: bool, use_schema: bool, limit_name: str = "max_tokens") -> dict[str, Any]:
    """The body of ``/chat/completions``. Without ``use_schema`` the schema goes into the system message."""
    enforced = use_schema and request.strict and request.json_schema is not None
    messages = request.messages
    if request.json_schema is not None and not enforced:
        messages = with_schema_instructions(messages, request.json_schema)
    body: dict[str, Any] = {"model": request.model.model, "messages": [message_body(m, request.media) for m in messages]}
    if request.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.parameters}}
            for t in request.tools
        ]
        body["tool_choice"] = request.tool_choice
    if enforced:
        schema = {"name": request.schema_name, "strict": True, "schema": request.json_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.model.temperature is not None:
        body["temperature"] = request.model.temperature
    if request.model.max_tokens is not None:
        body[limit_name] = request.model.max_tokens
    if stream:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}
    return body


def message_body(message: Message, media: Mapping[str, bytes] = MappingProxyType({})) -> dict[str, Any]:
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.files:
        parts = [file_part(part, media[part.key]) for part in message.files]
        body["content"] = [{"type": "text", "text": message.content}, *parts]
    if message.tool_calls:
        body["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _arguments_text(call)},
            }
            for call in message.tool_calls
        ]
    if message.role == "tool":
        body["tool_call_id"] = message.tool_call_id
    return body


def file_part(part: FilePart, content: bytes) -> dict[str, Any]:
    """A file as a part of a message. Raises ``ModelError`` for a type that no chat format takes."""
    if part.media_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": f"data:{sniff(content)};base64,{b64encode(content).decode()}"}}
    if part.media_type in _HEARD:
        audio = {"data": b64encode(content).decode(), "format": _HEARD[part.media_type]}
        return {"type": "input_audio", "input_audio": audio}
    if part.media_type == "text/plain":
        return {"type": "text", "text": f"{part.name}:\n{content.decode('utf-8', 'replace')}"}
    raise ModelError(
        f"the file {part.name} is {part.media_type}, which a model cannot read; allowed: "
        f"{', '.join((*IMAGE_TYPES, *_HEARD, 'text/plain'))}",
        code="rejected",
    )


_HEARD = {"audio/wav": "wav", "audio/mpeg": "mp3"}


class Assembly:
    """Puts the pieces of a streamed reply together, or takes a whole one."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.usage: dict[str, Any] | None = None
        self.finish: Finish | None = None
        self.model = ""
        self._calls: dict[int, dict[str, str]] = {}

    @property
    def content(self) -> str:
        return "".join(self.texts)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            tool_call(part["id"] or f"call_{index}", part["name"], part["arguments"])
            for index, part in sorted(self._calls.items())
        )

    def add(self, chunk: dict[str, Any]) -> str:
        """Takes one piece of a stream and returns its text."""
        self.usage = chunk.get("usage") or self.usage
        self.model = chunk.get("model") or self.model
        text = ""
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            text += delta.get("content") or ""
            self._add_calls(delta.get("tool_calls") or ())
            self._end(choice.get("finish_reason"))
        if text:
            self.texts.append(text)
        return text

    def take(self, body: dict[str, Any]) -> None:
        """Takes a whole reply. Raises ``ModelError`` when it has no choice."""
        choices = body.get("choices") or []
        if not choices:
            raise ModelError(f"the provider's reply has no choices: {str(body)[:200]}", code="bad_reply")
        message = choices[0].get("message") or {}
        self.usage, self.model = body.get("usage"), body.get("model") or ""
        if message.get("content"):
            self.texts.append(message["content"])
        self._add_calls(message.get("tool_calls") or ())
        self._end(choices[0].get("finish_reason") or "stop")

    def _add_calls(self, parts: Any) -> None:
        for position, part in enumerate(parts):
            index = part.get("index")
            known = self._calls.setdefault(position if index is None else index, {"id": "", "name": "", "arguments": ""})
            function = part.get("function") or {}
            known["id"] = known["id"] or part.get("id") or ""
            known["name"] += function.get("name") or ""
            known["arguments"] += function.get("arguments") or ""

    def _end(self, reason: str | None) -> None:
        if reason:
            known = _FINISHES.get(reason, reason)
            self.finish = cast("Finish", known if known in ("tool_calls", "length", "content_filter") else "stop")


def tool_call(call_id: str, name: str, arguments: str) -> ToolCall:
    """``raw`` is set when the model's arguments are no JSON object."""
    try:
        parsed = from_json(arguments or "{}", allow_inf_nan=False)
        json.dumps(parsed, allow_nan=False)  # 1e999 is infinite, too
    except ValueError:
        parsed = None
    if isinstance(parsed, dict):
        return ToolCall(id=call_id, name=name, arguments=parsed)
    return ToolCall(id=call_id, name=name, raw=arguments)


def _arguments_text(call: ToolCall) -> str:
    return call.raw if call.raw is not None else json.dumps(call.arguments, ensure_ascii=False)
