"""What a model saw: one request cut into the kinds of text that filled its context window, with their shares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from agents.core.inspect.prompts import Prompt, PromptMessage

BYTES_A_TOKEN = 4  # near enough for any language and tokenizer to compare shares by
KINDS = (
    "Instructions",
    "Tools",
    "Answer format",
    "Conversation",
    "Known values",
    "Message",
    "Inputs",
    "Tool results",
    "Answers",
)
_HISTORY, _KNOWN, _MESSAGE = ("history", "conversation"), ("context", "known"), ("message",)


@dataclass(frozen=True, slots=True)
class Segment:
    """All text of one kind; ``percent`` is its share of the whole request, ``tokens`` an estimate of the same share."""

    kind: str
    text: str
    tokens: int
    percent: float


def cut_window(prompt: Prompt, counted: int | None = None) -> tuple[Segment, ...]:
    """The segments of ``prompt`` in the order of ``KINDS``; kinds without a text are left out.

    ``counted``: the tokens of the whole request as the provider counted them; those of the segments add up to it.
    """
    texts: dict[str, list[str]] = {}
    for kind, text in _parts(prompt):
        texts.setdefault(kind, []).append(text)
    sizes = {kind: count_tokens("".join(parts)) for kind, parts in texts.items()}
    whole = sum(sizes.values()) or 1
    shared = _share_out(counted, sizes) if counted else sizes
    return tuple(
        Segment(kind, "\n".join(texts[kind]), shared[kind], round(100 * sizes[kind] / whole, 1))
        for kind in KINDS
        if kind in texts
    )


def _share_out(counted: int, sizes: dict[str, int]) -> dict[str, int]:
    """``counted`` in whole parts that go like ``sizes``: what rounding leaves over goes to the largest remainders."""
    whole = sum(sizes.values()) or 1
    parts = {kind: counted * size // whole for kind, size in sizes.items()}
    by_rest = sorted(sizes, key=lambda kind: counted * sizes[kind] % whole, reverse=True)
    for kind in by_rest[: counted - sum(parts.values())]:
        parts[kind] += 1
    return parts


def count_tokens(text: str) -> int:
    """An estimate: four bytes a token."""
    return -(-len(text.encode()) // BYTES_A_TOKEN)


def _parts(prompt: Prompt) -> Iterator[tuple[str, str]]:
    for message in prompt.messages:
        yield from _of_message(message)
    for tool in prompt.tools:
        yield "Tools", json.dumps(tool, indent=2, ensure_ascii=False)
    if prompt.schema:
        yield "Answer format", json.dumps(prompt.schema, indent=2, ensure_ascii=False)


def _of_message(message: PromptMessage) -> Iterator[tuple[str, str]]:
    whole = {"system": "Instructions", "tool": "Tool results", "assistant": "Answers"}.get(message.role)
    for piece in message.pieces:
        yield whole or _of_piece(piece.name), piece.text
    for call in message.tool_calls:
        yield "Answers", json.dumps(call, ensure_ascii=False)


def _of_piece(name: str) -> str:
    if name in _HISTORY:
        return "Conversation"
    if name in _KNOWN:
        return "Known values"
    return "Message" if name in _MESSAGE or name.endswith("_message") else "Inputs"
