"""A posted form as a draft. Total: whatever was typed stands in the draft, where its check names what does not fit."""

from __future__ import annotations

import re
from typing import Any

from agents.core.forms.fields import read_fields
from agents.core.forms.params import read_params
from agents.core.forms.tree import Tree, branch, is_on, leaf, lines, rows
from agents.core.forms.values import read_json, read_number
from agents.core.runtime.errors import RuntimeFault
from agents.core.strategies.catalog import get_strategy

Draft = dict[str, Any]
MICRO = 1_000_000


def read_draft(tree: Tree, base: Draft) -> Draft:
    """``base`` with everything that the form edits taken from it; keys that the form does not know stay."""
    strategy = leaf(tree, "strategy")
    return {
        **base,
        "kind": "agent",
        "name": leaf(tree, "name").strip(),
        "description": leaf(tree, "description"),
        "signature": _signature(branch(tree, "signature"), base.get("signature"), leaf(tree, "name").strip()),
        "strategy": strategy,
        "strategy_params": _params(strategy, tree, base),
        "model": _model(branch(tree, "model"), base.get("model")),
        "tools": _tools(branch(tree, "tools"), base.get("tools")),
        "permissions": _permissions(branch(tree, "permissions"), base.get("permissions")),
        "max_repairs": _or(read_number(leaf(tree, "max_repairs")), 2),
        "budget_microusd": _microusd(leaf(tree, "budget_microusd")),
        "limits": {name: read_number(leaf(branch(tree, "limits"), name)) for name in ("tokens", "calls", "seconds")},
        "demo": _or(read_json(leaf(tree, "demo")), []),
    }


def signature_name(agent_name: str) -> str:
    """What the signature of ``Invoice reader`` is called where nobody says: ``InvoiceReaderSignature``."""
    words = re.findall(r"[A-Za-z0-9]+", agent_name)
    camel = "".join(word[:1].upper() + word[1:] for word in words)[:80]
    return f"{camel}Signature" if camel[:1].isalpha() else "AgentSignature"


def schema_of(strategy: str) -> dict[str, Any] | None:
    """The JSON schema of a strategy's parameters; ``None`` for a strategy that nobody knows."""
    try:
        schema: dict[str, Any] = get_strategy(strategy).Params.model_json_schema()
    except RuntimeFault:
        return None
    return schema


def _signature(tree: Tree, base: Any, agent_name: str) -> Draft:
    before = base if isinstance(base, dict) else {}
    return {
        **before,
        "name": leaf(tree, "name").strip() or signature_name(agent_name),
        "instructions": leaf(tree, "instructions"),
        "intent": leaf(tree, "intent"),
        "guidelines": lines(leaf(tree, "guidelines")),
        "inputs": read_fields(tree, "inputs"),
        "outputs": read_fields(tree, "outputs"),
    }


def _params(strategy: str, tree: Tree, base: Draft) -> Any:
    """Another strategy starts from what it has in common with the one before."""
    schema, before = schema_of(strategy), base.get("strategy_params")
    if schema is None:
        return _or(read_json(leaf(tree, "strategy_params")), {}) if "strategy_params" in tree else before or {}
    if strategy != base.get("strategy"):
        before = {key: value for key, value in (before or {}).items() if key in schema.get("properties", {})}
    params = branch(tree, "strategy_params")
    return read_params(schema, params, before) if params or not schema.get("properties") else before or {}


def _model(tree: Tree, base: Any) -> Draft:
    before = base if isinstance(base, dict) else {}
    return {
        **before,
        "provider": leaf(tree, "provider", "default"),
        "model": leaf(tree, "model").strip(),
        "temperature": read_number(leaf(tree, "temperature")),
        "max_tokens": read_number(leaf(tree, "max_tokens")),
        "timeout_s": _or(read_number(leaf(tree, "timeout_s")), 60),
        "max_retries": _or(read_number(leaf(tree, "max_retries")), 2),
    }


def _tools(tree: Tree, base: Any) -> list[Draft]:
    """The chosen tools, in the order they had, new ones after them."""
    before = {tool.get("name"): tool for tool in base if isinstance(tool, dict)} if isinstance(base, list) else {}
    chosen = {name: row for name, row in tree.items() if isinstance(row, dict) and is_on(row, "use")}
    order = [name for name in before if name in chosen] + [name for name in chosen if name not in before]
    return [_tool(str(name), chosen[name], before.get(name, {})) for name in order]


def _tool(name: str, row: Tree, before: Draft) -> Draft:
    """A tool that has just been ticked brings no policy yet: its controls are drawn after that."""
    tool = {**before, "name": name, "ask": is_on(row, "ask")}
    if "quorum" in row:
        tool["quorum"] = _or(read_number(leaf(row, "quorum")), 1)
        tool["other_person"] = is_on(row, "other_person")
        tool["expires_s"] = read_number(leaf(row, "expires_s"))
    return tool


def _permissions(tree: Tree, base: Any) -> Draft:
    return {
        **(base if isinstance(base, dict) else {}),
        "mode": leaf(tree, "mode", "default"),
        "allowed_tools": lines(leaf(tree, "allowed_tools")),
        "denied_tools": lines(leaf(tree, "denied_tools")),
        "rules": [
            {
                "pattern": leaf(row, "pattern"),
                "permission_type": leaf(row, "permission_type", "ask"),
                "reason": leaf(row, "reason"),
                "priority": _or(read_number(leaf(row, "priority")), 0),
            }
            for row in rows(tree, "rules")
        ],
    }


def _microusd(text: str) -> Any:
    """Dollars of the form as micro-dollars; what is no amount stays the text."""
    amount = read_number(text.strip().removeprefix("$"))
    return round(amount * MICRO) if isinstance(amount, int | float) and abs(amount) < 1e12 else amount


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
