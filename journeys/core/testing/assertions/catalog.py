"""The assertions by name. A new one is a class in a file here and one line."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, cast

from journeys.core.testing.assertions.seen import Assertion

_HERE = "journeys.core.testing.assertions"
CATALOG: dict[str, str] = {
    "pathway": f"{_HERE}.path:PathwayReached",
    "transition": f"{_HERE}.path:TransitionTaken",
    "intent": f"{_HERE}.path:IntentFound",
    "field_equals": f"{_HERE}.context:FieldEquals",
    "field_contains": f"{_HERE}.context:FieldContains",
    "field_present": f"{_HERE}.context:FieldPresent",
    "tool_called": f"{_HERE}.tools:ToolCalled",
    "tool_not_called": f"{_HERE}.tools:ToolNotCalled",
    "reply_contains": f"{_HERE}.reply:ReplyContains",
    "reply_matches": f"{_HERE}.reply:ReplyMatches",
    "reply_equals": f"{_HERE}.reply:ReplyEquals",
    "reply_judged": f"{_HERE}.judge:ReplyJudged",
    "ended": f"{_HERE}.ending:Ended",
    "failed": f"{_HERE}.ending:Failed",
    "cost_below": f"{_HERE}.ending:CostBelow",
    "tokens_below": f"{_HERE}.ending:TokensBelow",
}


@cache
def get_assertion(name: str) -> Assertion:
    """Made on first use. Raises ``KeyError`` that lists the names."""
    if name not in CATALOG:
        raise KeyError(f"there is no assertion {name!r}; there is: {', '.join(CATALOG)}")
    module, _, attribute = CATALOG[name].partition(":")
    return cast(Assertion, getattr(import_module(module), attribute)())


def describe_assertions() -> list[dict[str, Any]]:
    """Name, title, what it means, and the JSON schema of the parameters, of every assertion."""
    found = [(name, get_assertion(name)) for name in CATALOG]
    return [
        {
            "name": name,
            "title": each.title,
            "description": (type(each).__doc__ or "").strip(),
            "params": each.Params.model_json_schema(),
        }
        for name, each in found
    ]
