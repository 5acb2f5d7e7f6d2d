"""The retriever port: documents in, the passages that bear on a question out, each with how near it is."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import Field

from agents.core.spec.types import Frozen


class Document(Frozen):
    """Something to look things up in. ``id`` is how an answer names it as its source."""

    id: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=1_000_000)
    title: str = ""
    metadata: dict[str, Any] = {}


class Found(Frozen):
    """A document that bears on a question: its likeness from 0 to 1 and the passage of it that is nearest."""

    id: str
    title: str
    text: str
    excerpt: str
    similarity: float


class Retriever(Protocol):
    """``name`` and ``digest`` say what was searched: they are part of a search's identity in the journal."""

    name: str

    @property
    def digest(self) -> str:
        """Changes when the documents change; empty where that cannot be told."""
        ...

    async def search(self, query: str, *, limit: int, least: float) -> list[Found]:
        """The nearest first, at most ``limit``, none with a likeness below ``least``."""
        ...
