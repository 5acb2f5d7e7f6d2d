"""A posted form of the inspector as operations: only what was changed, field by field, so that others' fields stay theirs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.core.forms.acts import act
from agents.core.forms.fields import read_fields
from agents.core.forms.objects import read_object
from agents.core.forms.reading import read_draft, signature_name
from agents.core.forms.tree import Tree, branch, is_on, leaf, lines
from journeys.core.text.compact import same
from journeys.web.builder.code import read_element
from journeys.web.builder.inspector import element_of, schema_of
from journeys.web.builder.selection import Selection

Draft = dict[str, Any]
AGENT_KEYS = {
    "configure": ("name", "description", "strategy", "strategy_params", "model", "demo"),
    "signature": ("signature",),
    "policy": ("tools", "permissions", "budget_microusd", "limits", "max_repairs"),
}
ROWS: dict[str, Tree] = {
    "context_update": {"op": "set", "field": "field"},
    "hooks": {"event": "post_message_process", "hook": "name"},
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted form of one tab; ``action`` is the button, ``published`` the agents that the draft may name."""

    selection: Selection
    tab: str
    tree: Tree
    action: str
    published: Mapping[str, Any]


def read_ops(draft: Draft, form: Posted) -> tuple[list[Draft], str]:
    """Operations that make the element what the form says, and the name of what should have the focus then."""
    before = element_of(draft, form.selection)
    focus = _act(form.tree, form.action)
    return edits_between(form.selection.path, before, _read(draft, form, before)), focus


def edits_between(prefix: str, before: Draft, after: Draft) -> list[Draft]:
    """``set_field`` and ``clear_field`` for every place that differs, as deep as objects go."""
    ops: list[Draft] = []
    for key in {**before, **after}:
        path = f"{prefix}.{key}" if prefix else key
        if key not in after:
            ops.append({"op": "clear_field", "path": path})
        elif key not in before or not same(before[key], after[key]):
            ops += _set(path, before.get(key), after[key])
    return ops


def _set(path: str, before: Any, after: Any) -> list[Draft]:
    deep = isinstance(before, dict) and isinstance(after, dict) and before and before.get("kind") == after.get("kind")
    if deep and all(str(key).isidentifier() for key in {**before, **after}):
        return edits_between(path, before, after)
    return [{"op": "set_field", "path": path, "value": copy.deepcopy(after)}]


def _read(draft: Draft, form: Posted, before: Draft) -> Draft:
    selection, tab, tree = form.selection, form.tab, form.tree
    if tab == "code":
        return read_element(leaf(tree, "code"))
    if selection.kind == "agent":
        agent = read_draft(tree, before)
        return {**before, **{key: agent[key] for key in AGENT_KEYS.get(tab, ())}}
    if tab == "signature":
        return _signature(selection, tree, before)
    schema, words = schema_of(draft, selection, form.published)
    read = read_object(schema, tree, before, words)
    back = read.get("return_behavior")
    if isinstance(back, dict) and not back.get("kind"):
        read["return_behavior"] = None
    return read


def _signature(selection: Selection, tree: Tree, before: Draft) -> Draft:
    if selection.kind == "journey":
        return {**before, "variables": read_fields(tree, "variables"), "context": read_fields(tree, "context")}
    if not is_on(tree, "own"):
        return {**before, "signature": None} if before.get("signature") else before
    given, old = branch(tree, "signature"), before.get("signature")
    if not given:
        name = signature_name(str(before.get("title") or before.get("id", "")))
        return {**before, "signature": {"name": name, "outputs": [{"name": "response", "type": {"kind": "str"}}]}}
    read = {
        **(old if isinstance(old, dict) else {}),
        "name": leaf(given, "name").strip() or signature_name(str(before.get("id", ""))),
        "instructions": leaf(given, "instructions"),
        "intent": leaf(given, "intent"),
        "guidelines": lines(leaf(given, "guidelines")),
        "inputs": read_fields(given, "inputs"),
        "outputs": read_fields(given, "outputs"),
    }
    return {**before, "signature": read}


def _act(tree: Tree, action: str) -> str:
    """The row buttons: those of typed fields, and of a transition's context updates and a journey's hooks."""
    verb, _, path = action.partition(":")
    if verb == "add" and path in ROWS:
        rows = tree.setdefault(path, {})
        if not isinstance(rows, dict):
            rows = tree[path] = {}
        fresh = (
            {"op": "set", "field": "field"} if path == "context_update" else {"event": "post_message_process", "hook": "name"}
        )
        rows[f"new-{len(rows)}"] = fresh
        return f"{path}[{len(rows) - 1}].{'field' if path == 'context_update' else 'hook'}"
    if verb == "add" and path in ("variables", "context"):
        tree.setdefault(path, {})
        rows = branch(tree, path)
        rows[f"new-{len(rows)}"] = {"name": "", "type": {"kind": "str"}, "required": "on"}
        return f"{path}[{len(rows) - 1}].name"
    return act(tree, action)
