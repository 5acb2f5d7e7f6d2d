"""BERT's uncased WordPiece tokenizer (Devlin et al. 2018, section 3): text to token ids by a vocabulary file."""

from __future__ import annotations

import unicodedata
from pathlib import Path

CLS, SEP, UNKNOWN = 101, 102, 100
_LONGEST = 100  # characters of a word; longer ones are unknown, as in BERT


class WordPiece:
    def __init__(self, vocabulary: Path):
        with vocabulary.open(encoding="utf-8") as lines:
            self._ids = {word.rstrip("\n"): index for index, word in enumerate(lines)}
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str, limit: int = 256) -> list[int]:
        """Ids with the start and end marks, at most ``limit`` of them."""
        ids = [i for word in split_words(text) for i in self._word(word)]
        return [CLS, *ids[: limit - 2], SEP]

    def _word(self, word: str) -> list[int]:
        if word not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[word] = self._pieces(word)
        return self._known[word]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > _LONGEST:
            return [UNKNOWN]
        ids: list[int] = []
        start = 0
        while start < len(word):
            end = len(word)
            while end > start and (("##" if start else "") + word[start:end]) not in self._ids:
                end -= 1
            if end == start:
                return [UNKNOWN]
            ids.append(self._ids[("##" if start else "") + word[start:end]])
            start = end
        return ids


def split_words(text: str) -> list[str]:
    """Lower-cased words without accents; punctuation and CJK characters stand alone."""
    words: list[str] = []
    current = ""
    for char in unicodedata.normalize("NFD", text.lower()):
        category = unicodedata.category(char)
        if category == "Mn" or (category[0] == "C" and char not in "\t\n\r"):
            continue
        alone = _is_punctuation(char, category) or _is_cjk(ord(char))
        if char.isspace() or alone:
            if current:
                words.append(current)
                current = ""
            if alone:
                words.append(char)
        else:
            current += char
    return [*words, current] if current else words


def _is_punctuation(char: str, category: str) -> bool:
    code = ord(char)
    return 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126 or category[0] == "P"


def _is_cjk(code: int) -> bool:
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x2CEAF
