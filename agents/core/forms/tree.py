"""Posted pairs as a tree: ``signature.inputs[0].name=x`` is ``tree["signature"]["inputs"]["0"]["name"]``.

Rows keep the order in which the form shows them, whatever their numbers are. Understands no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Tree = dict[str, Any]
DEEPEST = 40
_PART = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")


def read_tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    """The last value of a name counts, as a hidden ``off`` before a checkbox wants it. Names that clash lose."""
    tree: Tree = {}
    for name, value in pairs:
        parts = [bracketed or plain for bracketed, plain in _PART.findall(name)]
        if not parts or len(parts) > DEEPEST:
            continue
        here: Any = tree
        for part in parts[:-1]:
            here = here.setdefault(part, {}) if isinstance(here, dict) else None
        if isinstance(here, dict) and not isinstance(here.get(parts[-1]), dict):
            here[parts[-1]] = value
    return tree


def branch(tree: Any, *names: str) -> Tree:
    """The inner node at ``names``; empty where there is none."""
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def leaf(tree: Any, name: str, default: str = "") -> str:
    """The text at ``name``, with the line ends of a browser's form as plain ones."""
    value = tree.get(name) if isinstance(tree, dict) else None
    return value.replace("\r\n", "\n") if isinstance(value, str) else default


def rows(tree: Any, name: str) -> list[Tree]:
    return [row for row in branch(tree, name).values() if isinstance(row, dict)]


def is_on(tree: Any, name: str) -> bool:
    return leaf(tree, name) == "on"


def lines(text: str) -> list[str]:
    """The lines that hold something, without the space around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]
