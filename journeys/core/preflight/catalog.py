"""The catalog of preflight's rules. A new one is a file in ``rules`` and a line here; their order is that of the findings."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import cast

from journeys.core.preflight.report import Finding
from journeys.core.preflight.scope import Scope

Rule = Callable[[Scope], Iterator[Finding]]
_HERE = "journeys.core.preflight.rules"
RULES: dict[str, str] = {
    "shape": f"{_HERE}.shape:check",
    "targets": f"{_HERE}.targets:check",
    "agents": f"{_HERE}.agents:check",
    "outputs": f"{_HERE}.outputs:check",
    "inputs": f"{_HERE}.inputs:check",
    "expressions": f"{_HERE}.expressions:check",
    "intents": f"{_HERE}.intents:check",
    "reachability": f"{_HERE}.reachability:check",
    "exits": f"{_HERE}.exits:check",
    "context_use": f"{_HERE}.context_use:check",
    "hooks": f"{_HERE}.hooks:check",
    "budget": f"{_HERE}.budget:check",
}


@cache
def get_rule(name: str) -> Rule:
    """The rule, imported on first use."""
    module, _, attribute = RULES[name].partition(":")
    return cast("Rule", getattr(importlib.import_module(module), attribute))
