"""Money: a journey that nothing bounds may spend without end."""

from __future__ import annotations

from collections.abc import Iterator

from journeys.core.preflight.report import Finding, Focus, set_field, warning
from journeys.core.preflight.scope import Scope

_PROPOSED = 500_000  # microdollars for one conversation


def check(scope: Scope) -> Iterator[Finding]:
    if getattr(scope.view.head, "budget_microusd", None) is not None or scope.facts.budget_microusd is not None:
        return
    agents = scope.view.agents.values()
    if agents and all(getattr(agent, "budget_microusd", None) is not None for agent in agents):
        return
    what = "Nothing bounds what a conversation may cost."
    how = "Give the journey a budget; a conversation that reaches it waits for a person."
    fix = set_field("Bound it at 0.50 USD", "budget_microusd", _PROPOSED)
    yield warning("no_budget", "budget_microusd", Focus("journey", "", "budget_microusd"), what, how, fix)
