"""An embedder without a model: words and their parts, hashed. It knows spelling, not meaning."""

from __future__ import annotations

import re
import zlib

_DIMENSIONS = 512
_WORD = re.compile(r"[a-z0-9]+")
_STOP_WORDS = """a an the i you he she it we they me my your our is are am be been was were do does did to of in on at for with
and or so that this can could would will shall may please just there here have has had as by from its im"""
_STOP = frozenset(_STOP_WORDS.split())


class LexicalEmbedder:
    """Unit vectors over hashed words (stop words count little) and hashed three-letter parts."""

    name = "lexical"
    near = 0.4

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    vector = [0.0] * _DIMENSIONS
    for word in _WORD.findall(text.lower().replace("'", "")):
        weight = 0.2 if word in _STOP else 1.0
        stem = _stem(word)
        vector[_slot(stem)] += weight
        if word in _STOP:
            continue
        padded = f"^{stem}$"
        for i in range(len(padded) - 2):
            vector[_slot(padded[i : i + 3])] += 0.3
    length = sum(x * x for x in vector) ** 0.5
    return [x / length for x in vector] if length else vector


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _slot(part: str) -> int:
    return zlib.crc32(part.encode()) % _DIMENSIONS
