"""Documents in memory, searched by meaning and by words at once. Documents are split into passages; the best one counts."""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from agents.core.llm.port import Embedder
from agents.core.retrieval.port import Document, Found
from trust.core.canonical import digest

MEANING, WORDS = 0.7, 0.3  # the weights of the two likenesses
PASSAGE = 600  # characters: a few sentences, which a sentence embedder still takes in
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")


@dataclass(frozen=True, slots=True)
class _Passage:
    document: Document
    text: str
    words: frozenset[str]
    vector: list[float]


class InMemoryRetriever:
    """Hybrid search over an embedder. Adding a document with an id that is there already replaces it."""

    name = "in_memory"

    def __init__(self, embedder: Embedder, documents: Iterable[Document] = ()):
        self._embedder = embedder
        self._documents: dict[str, Document] = {}
        self._passages: list[_Passage] | None = None
        self.add(documents)

    def add(self, documents: Iterable[Document]) -> None:
        for document in documents:
            self._documents[document.id] = document
            self._passages = None

    @property
    def digest(self) -> str:
        return digest([document.model_dump() for document in self._documents.values()])

    async def search(self, query: str, *, limit: int, least: float) -> list[Found]:
        return await asyncio.to_thread(self._search, query, limit, least)

    def _search(self, query: str, limit: int, least: float) -> list[Found]:
        if not self._documents or not query.strip():
            return []
        passages = self._index()
        vector = self._embedder.embed([query])[0]
        rarity = _rarity(passages)
        words = _words(query)
        best: dict[str, tuple[float, _Passage]] = {}
        for passage in passages:
            meaning = max(0.0, sum(a * b for a, b in zip(vector, passage.vector, strict=True)))
            likeness = MEANING * meaning + WORDS * _shared(words, passage.words, rarity)
            if likeness > best.get(passage.document.id, (-1.0, passage))[0]:
                best[passage.document.id] = (likeness, passage)
        ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].document.id))
        return [_found(passage, likeness) for likeness, passage in ranked[:limit] if likeness >= least]

    def _index(self) -> list[_Passage]:
        if self._passages is None:
            parts = [(document, text) for document in self._documents.values() for text in split(document.text)]
            vectors = self._embedder.embed([f"{document.title}. {text}" for document, text in parts])
            self._passages = [
                _Passage(document, text, _words(f"{document.title} {text}"), vector)
                for (document, text), vector in zip(parts, vectors, strict=True)
            ]
        return self._passages


def split(text: str) -> list[str]:
    """Passages of whole sentences, each about 600 characters; a longer sentence is cut."""
    passages = [""]
    for sentence in _SENTENCE.split(text.strip()):
        for start in range(0, len(sentence), PASSAGE):
            piece = sentence[start : start + PASSAGE].strip()
            if passages[-1] and len(passages[-1]) + 1 + len(piece) > PASSAGE:
                passages.append(piece)
            else:
                passages[-1] = f"{passages[-1]} {piece}".strip()
    return [passage for passage in passages if passage]


def _rarity(passages: list[_Passage]) -> dict[str, float]:
    """A word that is everywhere tells nothing."""
    counts = Counter(word for passage in passages for word in passage.words)
    return {word: math.log(1 + len(passages) / count) for word, count in counts.items()}


def _shared(words: frozenset[str], others: frozenset[str], rarity: dict[str, float]) -> float:
    """The share of the question's words, by their rarity, that are there; a word that is nowhere weighs as a rare one."""
    rarest = max(rarity.values(), default=1.0)
    whole = sum(rarity.get(word, rarest) for word in words)
    return sum(rarity[word] for word in words & others) / whole if whole else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if len(word) > 2)


def _found(passage: _Passage, likeness: float) -> Found:
    document = passage.document
    return Found(
        id=document.id,
        title=document.title or document.id,
        text=document.text if len(document.text) <= 4 * PASSAGE else passage.text,
        excerpt=passage.text,
        similarity=round(min(1.0, likeness), 4),
    )
