"""Reads an expression's text without evaluating it: the names it uses, the fields it asks for, the places of its mistakes."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 2000
USER, CONTEXT, MESSAGE, TURN, PATHWAY = "user", "context", "message", "turn", "pathway"
RESERVED = (USER, CONTEXT, MESSAGE, TURN, PATHWAY)

_TEXT = re.compile(r"""//[^\n]*|[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", re.DOTALL)
_HAS = re.compile(r"\bhas\(\s*(?=[A-Za-z_]\w*\s*\))")
_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*")
_LOOP = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_WORDS = frozenset(("true", "false", "null", "in"))


@dataclass(frozen=True, slots=True)
class Path:
    """A dotted name at ``column`` (from 1, over the whole text); ``called``: its last part is a function."""

    parts: tuple[str, ...]
    column: int
    called: bool


def code_of(text: str) -> str:
    """``text`` with every quoted text and comment blanked, in the same length."""
    return _TEXT.sub(lambda found: " " * len(found[0]), text)


def prepare(text: str) -> str:
    """``text`` as the library reads it: ``has(name)`` asks the map of all that is known, ``has(context.name)``."""
    code = code_of(text)
    for found in reversed(list(_HAS.finditer(code))):
        text = f"{text[: found.end()]}{CONTEXT}.{text[found.end() :]}"
    return text


def original_column(text: str, column: int) -> int:
    """The column in ``text`` (of one line) of what is at ``column`` in ``prepare(text)``; both from 1."""
    added = len(CONTEXT) + 1
    for found in _HAS.finditer(code_of(text)):
        if column > found.end() + added:
            column -= added
        elif column > found.end():
            return found.end() + 1
    return column


def paths_in(text: str) -> list[Path]:
    """Every dotted name of ``text`` in order, those that only a comprehension binds left out."""
    code = code_of(text)
    bound = loop_names(text)
    found = []
    for match in _PATH.finditer(code):
        parts = tuple(re.split(r"\s*\.\s*", match[0]))
        called = code[match.end() :].lstrip().startswith("(")
        if parts[0] in _WORDS or parts[0] in bound or (called and len(parts) == 1):
            continue
        found.append(Path(parts, match.start() + 1, called))
    return found


def loop_names(text: str) -> frozenset[str]:
    """The names that comprehensions (``all``, ``exists``, ``map``, ...) give to the items of lists."""
    return frozenset(_LOOP.findall(code_of(text)))


def count_loops(text: str) -> int:
    return len(_LOOP.findall(code_of(text)))


def names_in(text: str) -> tuple[str, ...]:
    """What ``text`` reads, each once: ``severity`` (also where it says ``context.severity``), ``user.plan``, ``message``."""
    names: dict[str, None] = {}
    for path in paths_in(text):
        fields = path.parts[:-1] if path.called else path.parts
        if fields[0] == USER and len(fields) > 1:
            names[f"{USER}.{fields[1]}"] = None
        elif fields[0] == CONTEXT and len(fields) > 1:
            names[fields[1]] = None
        elif fields:
            names[fields[0]] = None
    return tuple(names)
