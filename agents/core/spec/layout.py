"""How printed source is laid out: values in one form, long calls and lists over several lines, long texts in pieces.

Owns no meaning: what is laid out evaluates to what it evaluated to before.
"""

from __future__ import annotations

import ast
import re
from typing import Any

WIDTH = 110
_PIECE = re.compile(r"\S+\s*|\s+")


def literal(value: Any) -> str:
    """JSON data as Python, the keys of objects sorted: PostgreSQL keeps no order of theirs, and none has a meaning."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return repr(value)


def word_line(word: str, source: str, indent: int = 4) -> str:
    """``word = source`` as a line of a class body."""
    start = f"{' ' * indent}{word} = "
    return start + pretty(source, indent, len(start))


def pretty(source: str, indent: int, column: int) -> str:
    """An expression that begins at ``column`` of a line indented by ``indent``."""
    if column + len(source) <= WIDTH and "\\n" not in source:
        return source
    return _lay(ast.parse(source, mode="eval").body, indent, column)


def _lay(node: ast.expr, indent: int, column: int) -> str:
    flat = ast.unparse(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _text(node.value, indent, column)
    if column + len(flat) <= WIDTH - 1 and "\\n" not in flat:
        return flat
    inner = indent + 4
    match node:
        case ast.Call():
            args = [_lay(arg, inner, inner) for arg in node.args]
            args += [f"{k.arg}={_lay(k.value, inner, inner + len(k.arg or '') + 1)}" for k in node.keywords]
            return _broken(f"{ast.unparse(node.func)}(", args, ")", indent) if args else flat
        case ast.List():
            return _broken("[", [_lay(item, inner, inner) for item in node.elts], "]", indent) if node.elts else flat
        case ast.Dict():
            pairs = [
                f"{ast.unparse(key)}: {_lay(value, inner, inner + len(ast.unparse(key)) + 2)}"
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None
            ]
            return _broken("{", pairs, "}", indent) if pairs else flat
    return flat


def _broken(start: str, items: list[str], end: str, indent: int) -> str:
    pad = " " * (indent + 4)
    return start + "\n" + "".join(f"{pad}{item},\n" for item in items) + " " * indent + end


def _text(value: str, indent: int, column: int) -> str:
    """A text of several lines, or one too long for its line, as pieces that Python joins again."""
    if "\n" not in value[:-1] and column + len(repr(value)) <= WIDTH - 1:
        return repr(value)
    pieces: list[str] = []
    room = max(WIDTH - indent - 8, 40)
    for line in re.findall(r"[^\n]*\n|[^\n]+", value):
        piece = ""
        for word in _PIECE.findall(line):
            if piece and len(piece) + len(word) > room:
                pieces.append(piece)
                piece = ""
            piece += word
        pieces.append(piece)
    if len(pieces) < 2:
        return repr(value)
    pad = " " * (indent + 4)
    return "(\n" + "".join(f"{pad}{piece!r}\n" for piece in pieces) + " " * indent + ")"
