"""The merge rules by name. A new one is one function and one line here, or an entry point of the group ``kaizen.merge_rules``.

A rule is a function ``(field, old, new) -> value`` over JSON values: ``old`` is ``None`` when the field is new, ``new`` never
is. It changes neither of them and raises ``MergeFailed`` for values it cannot merge; its docstring says what it does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from agents.core.catalog import Catalog
from agents.core.runtime.errors import RuntimeFault

GROUP = "kaizen.merge_rules"
REPLACE = "replace"
MERGE_RULES: dict[str, str] = {
    REPLACE: "journeys.core.merging.rules:replace",
    "append": "journeys.core.merging.rules:append",
    "union": "journeys.core.merging.rules:union",
    "sum": "journeys.core.merging.rules:add",
    "merge": "journeys.core.merging.rules:merge",
    "max": "journeys.core.merging.rules:largest",
    "min": "journeys.core.merging.rules:smallest",
}
LISTS = ("append", "union")  # the rules whose result is a list, whatever comes in
Rule = Callable[[str, Any, Any], Any]


class UnknownMergeRule(RuntimeFault):
    """No rule has this name."""

    code = "unknown_merge_rule"


def get_rule(name: str) -> Rule:
    """The rule, imported on first use. Raises ``UnknownMergeRule`` that lists the known names."""
    return _CATALOG.get(name)


def rule_names() -> tuple[str, ...]:
    """All names, the built in ones first. Raises ``ValueError`` where somebody's rule takes a name that another one has."""
    return tuple(_CATALOG.names())


def rule_summary(name: str) -> str:
    """The first line of what the rule says about itself."""
    return (inspect.getdoc(get_rule(name)) or name).splitlines()[0]


def forget_rules() -> None:
    """Looks for entry points anew, for instance after a package was installed."""
    _CATALOG.forget()


_CATALOG: Catalog[Rule] = Catalog("merge rule", MERGE_RULES, UnknownMergeRule, GROUP, made=False)
