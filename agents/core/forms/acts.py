"""What the buttons of the form do to its rows: add, remove, move. Acts on the posted tree, before anything is understood."""

from __future__ import annotations

import re
from typing import Any

from agents.core.forms.tree import Tree, branch

_ROW = re.compile(r"^(?P<list>.+)\[(?P<key>\d+)\]$")
_PART = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
NEW_FIELD: Tree = {"name": "", "type": {"kind": "str"}, "required": "on"}
NEW_RULE: Tree = {"pattern": "", "permission_type": "ask", "priority": "0"}


def act(tree: Tree, action: str) -> str:
    """Does ``action`` (such as ``up:signature.inputs[1]``) and returns the name of what should have the focus then."""
    verb, _, path = action.partition(":")
    if verb == "add" and path:
        return _add(tree, path)
    found = _ROW.match(path)
    if not found or verb not in ("remove", "up", "down"):
        return ""
    rows = _at(tree, found["list"])
    keys = list(rows)
    if found["key"] not in keys:
        return ""
    here = keys.index(found["key"])
    if verb == "remove":
        del rows[found["key"]]
        return f"{found['list']}[{here - 1}].name" if here else f"add:{found['list']}"
    there = here - 1 if verb == "up" else here + 1
    if not 0 <= there < len(keys):
        return action
    keys[here], keys[there] = keys[there], keys[here]
    moved = {key: rows[key] for key in keys}
    rows.clear()
    rows.update(moved)
    return f"{verb}:{found['list']}[{there}]"


def _add(tree: Tree, path: str) -> str:
    *outer, last = [bracketed or plain for bracketed, plain in _PART.findall(path)] or [""]
    here: Any = branch(tree, *outer)
    if outer and not here:
        return ""
    rows = here.setdefault(last, {})
    if not isinstance(rows, dict):
        return ""
    is_rule = path == "permissions.rules"
    if not is_rule and last not in ("inputs", "outputs", "fields"):
        return ""
    rows[f"new-{len(rows)}"] = dict(NEW_RULE if is_rule else NEW_FIELD)
    return f"{path}[{len(rows) - 1}].{'pattern' if is_rule else 'name'}"


def _at(tree: Tree, path: str) -> Tree:
    return branch(tree, *[bracketed or plain for bracketed, plain in _PART.findall(path)])
