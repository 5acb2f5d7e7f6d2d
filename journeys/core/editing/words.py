"""Names inside texts of the expression language: which fields a text reads, and the same text with a field renamed.

Works on tokens, so that a name inside a string, a function or a member of something else stays as it is. A text that does not
parse is treated alike: people rename in the middle of writing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ROOTS = ("context", "user", "outputs")  # what a field may be a member of: ``context.age``
NO_FIELDS = frozenset({"true", "false", "null", "in", "has", "message", "history", "intent", "turn", "pathway", *ROOTS})

_TOKEN = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
      | (?P<comment>//[^\n]*)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9][A-Za-z0-9_.]*)
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def fields_in(expression: str) -> tuple[str, ...]:
    """The fields that ``expression`` names, each once, in order."""
    found: dict[str, None] = {}

    def note(name: str) -> str:
        found[name] = None
        return name

    rename_in(expression, note)
    return tuple(found)


def rename_in(expression: str, rename: Callable[[str], str]) -> str:
    """``expression`` with every field name replaced by what ``rename`` makes of it; all other characters stay."""
    tokens = [_Token(str(m.lastgroup), m.group()) for m in _TOKEN.finditer(expression)]
    solid = [n for n, token in enumerate(tokens) if token.kind not in ("space", "comment")]
    texts = [token.text for token in tokens]
    for place, n in enumerate(solid):
        around = [_at(tokens, solid, place + step) for step in (-3, -2, -1, 0, 1)]
        texts[n] = _renamed(around, rename)
    return "".join(texts)


def _renamed(around: list[_Token], rename: Callable[[str], str]) -> str:
    before3, before2, before, token, after = around
    if token.kind == "name":
        is_member = before.text == "." and before2.text in ROOTS and before3.text != "."
        is_free = before.text != "." and token.text not in NO_FIELDS and after.text != "("
        return rename(token.text) if is_member or is_free else token.text
    if token.kind == "text" and before.text == "[" and after.text == "]" and before2.text in ROOTS and before3.text != ".":
        quote = token.text[0]
        inner = token.text[1:-1]
        return f"{quote}{rename(inner)}{quote}" if quote in "\"'" and inner.isidentifier() else token.text
    return token.text


def _at(tokens: list[_Token], solid: list[int], place: int) -> _Token:
    return tokens[solid[place]] if 0 <= place < len(solid) else _Token("", "")


def braces_in(text: str) -> Iterator[str]:
    """The first names of the ``{paths}`` in a text with braces."""
    for match in _BRACE.finditer(text):
        yield match.group(1)


def rename_braces(text: str, rename: Callable[[str], str]) -> str:
    """``text`` with the first name of every ``{path}`` renamed."""
    return _BRACE.sub(lambda m: "{" + rename(m.group(1)) + m.group(2) + "}", text)


_BRACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)((?:\.[A-Za-z0-9_]+)*)\}")
