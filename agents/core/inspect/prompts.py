"""A prompt exactly as it was sent, cut into pieces, each with where its text came from. Adds and removes no character."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.core.inspect.labels import step_label
from agents.core.runtime.steps import Step

_LINE = re.compile(r"^(\w+): (.+)$", re.MULTILINE)
MAX_SOURCES = 400  # steps that are searched for a value: the nearest before


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``name`` and ``source`` are set where it is the value of a variable."""

    text: str
    name: str = ""
    source: str = ""
    path: str = ""  # the step it came from, if it came from one


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: str
    pieces: tuple[Piece, ...]
    source: str = ""
    path: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Prompt:
    """The request of a model step as people read it; ``tools`` and ``schema`` are sent beside the messages."""

    messages: tuple[PromptMessage, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()
    schema: dict[str, Any] | None = None
    model: dict[str, Any] = field(default_factory=dict)


def read_prompt(step: Step, steps: Sequence[Step], inputs: dict[str, Any]) -> Prompt | None:
    """``None`` for steps that ask no model. ``steps`` are the run's, ``inputs`` its inputs: where values may come from."""
    request = step.request if isinstance(step.request, dict) else {}
    messages = request.get("messages")
    if step.kind != "model" or not isinstance(messages, list):
        return None
    before = [s for s in steps if s.first_seq < step.first_seq and s.status == "finished"][-MAX_SOURCES:]
    sources = _Sources(before, inputs)
    return Prompt(
        tuple(_message(m, sources, step) for m in messages if isinstance(m, dict)),
        tuple(t for t in request.get("tools", ()) if isinstance(t, dict)),
        request.get("json_schema"),
        request.get("model") or {},
    )


def _message(message: dict[str, Any], sources: _Sources, step: Step) -> PromptMessage:
    role, content = str(message.get("role", "")), message.get("content", "")
    text = content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False)
    calls = tuple(c for c in message.get("tool_calls", ()) if isinstance(c, dict))
    source = path = ""
    pieces: tuple[Piece, ...] = (Piece(text),) if text else ()
    if role == "system":
        source = f"the signature of agent {step.agent}" if step.agent else "the agent’s signature"
    elif role == "tool":
        source, path = sources.of_tool(text)
    elif role == "assistant":
        source, path = sources.of_reply(text, calls)
    else:
        pieces = _pieces(text, sources)
    return PromptMessage(role, pieces, source, path, calls, len(text))


def _pieces(text: str, sources: _Sources) -> tuple[Piece, ...]:
    """Cut at lines such as ``message: "hello"`` whose value is JSON: that is how inputs are rendered."""
    pieces: list[Piece] = []
    done = 0
    for found in _LINE.finditer(text):
        try:
            value = json.loads(found.group(2))
        except ValueError:
            continue
        source, path = sources.of_value(found.group(1), value)
        pieces += [Piece(text[done : found.start(2)]), Piece(found.group(2), found.group(1), source, path)]
        done = found.end(2)
    return tuple(p for p in (*pieces, Piece(text[done:])) if p.text)


class _Sources:
    """Finds where a value was made: the run's inputs, then the nearest step before with the very same value."""

    def __init__(self, before: Sequence[Step], inputs: dict[str, Any]):
        self._before = before
        self._inputs = inputs

    def of_value(self, name: str, value: Any) -> tuple[str, str]:
        if name in self._inputs and self._inputs[name] == value:
            return "input of the run", ""
        for step in reversed(self._before):
            if _gave(step, name, value):
                return f"result of {step_label(step)}", step.path
        if value in (None, "", [], {}):
            return "empty", ""
        return "made by the agent’s strategy", ""

    def of_tool(self, text: str) -> tuple[str, str]:
        for step in reversed(self._before):
            if step.kind in ("tool", "question") and json.dumps(step.result, ensure_ascii=False, sort_keys=True) == text:
                return f"result of {step_label(step)}", step.path
        return "what the agent was told of its call", ""

    def of_reply(self, text: str, calls: tuple[dict[str, Any], ...]) -> tuple[str, str]:
        for step in reversed(self._before):
            result = step.result if isinstance(step.result, dict) else {}
            if step.kind == "model" and (result.get("content") or "") == text and (not calls or result.get("tool_calls")):
                return "earlier answer of the model", step.path
        return "earlier in the conversation", ""


def _gave(step: Step, name: str, value: Any) -> bool:
    result = step.result
    if result == value and value not in (None, "", [], {}):
        return True
    if not isinstance(result, dict):
        return False
    if name in result and result[name] == value:
        return True
    content = result.get("content") if step.kind == "model" else None
    if isinstance(content, str) and content.lstrip().startswith("{"):
        try:
            answer = json.loads(content)
        except ValueError:
            return False
        return isinstance(answer, dict) and name in answer and answer[name] == value
    return False
