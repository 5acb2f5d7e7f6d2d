"""How alike texts are, over any embedder. Remembers the vectors of texts that come again, such as examples."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from itertools import chain

from agents.core.llm.port import Embedder

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_QUESTION = re.compile(
    r"\?|^\W*(?:what|when|where|who|whom|whose|which|why|how|is|are|am|do|does|did|can|could|will|would|should|may|have|has)\b",
    re.IGNORECASE,
)
_STATED = 0.25  # what a statement loses against a question: "my insurance is X" is near to "do you take my insurance?"
_MOST = 4096


class Nearest:
    """Likeness of a message to texts: of the whole message or of its best sentence, whichever is higher."""

    def __init__(self, embedder: Embedder):
        self.embedder = embedder
        self._known: OrderedDict[str, list[float]] = OrderedDict()

    @property
    def near(self) -> float:
        return self.embedder.near

    def likeness(self, message: str, texts: Sequence[str]) -> list[float]:
        """For each of ``texts`` a number up to 1, in order."""
        parts = list(dict.fromkeys([message, *(s for s in _SENTENCE.split(message) if len(s) > 3)]))[:6]
        self._learn(chain(parts, texts))
        asked = {part: bool(_QUESTION.search(part)) for part in parts}
        return [
            max(
                _dot(self._known[part], self._known[text]) - (_STATED if text.rstrip().endswith("?") and not asked[part] else 0)
                for part in parts
            )
            for text in texts
        ]

    def best(self, message: str, texts: Sequence[str]) -> tuple[int, float]:
        """Index and likeness of the nearest of ``texts``; -1 when there are none."""
        if not texts or not message.strip():
            return -1, 0.0
        scores = self.likeness(message, texts)
        index = max(range(len(scores)), key=scores.__getitem__)
        return index, scores[index]

    def fits(self, message: str, examples: Sequence[str]) -> bool:
        return self.best(message, examples)[1] >= self.near

    def _learn(self, texts: chain[str]) -> None:
        wanted = list(dict.fromkeys(texts))
        new = [t for t in wanted if t not in self._known]
        for text, vector in zip(new, self.embedder.embed(new) if new else [], strict=True):
            self._known[text] = vector
        for text in wanted:
            self._known.move_to_end(text)
        while len(self._known) > max(_MOST, len(wanted)):
            self._known.popitem(last=False)


def _dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))
