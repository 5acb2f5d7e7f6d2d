"""The merge rules by name. A new one is one function and one line here, or an entry point of the group ``kaizen.merge_rules``.

A rule is a function ``(field, old, new) -> value`` over JSON values: ``old`` is ``None`` when the field is new, ``new`` never
is. It changes neither of them and raises ``MergeFailed`` for values it cannot merge; its docstring says what it does.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import Any, cast

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


@cache
def get_rule(name: str) -> Rule:
    """The rule, imported on first use. Raises ``UnknownMergeRule`` that lists the known names."""
    dotted = _all().get(name)
    if dotted is None:
        raise UnknownMergeRule(f"no merge rule {name!r}; there is: {', '.join(rule_names())}")
    module, _, attribute = dotted.partition(":")
    return cast("Rule", getattr(importlib.import_module(module), attribute))


def rule_names() -> tuple[str, ...]:
    """All names, the built in ones first."""
    return tuple(_all())


def rule_summary(name: str) -> str:
    """The first line of what the rule says about itself."""
    return (inspect.getdoc(get_rule(name)) or name).splitlines()[0]


def forget_rules() -> None:
    """Looks for entry points anew, for instance after a package was installed."""
    get_rule.cache_clear()
    _all.cache_clear()


@cache
def _all() -> dict[str, str]:
    """Raises ``ValueError`` where somebody's rule takes a name that another one has."""
    found = dict(MERGE_RULES)
    for point in entry_points(group=GROUP):
        if found.setdefault(point.name, point.value) != point.value:
            raise ValueError(f"the merge rule {point.name!r} is declared twice: {found[point.name]} and {point.value}")
    return found
