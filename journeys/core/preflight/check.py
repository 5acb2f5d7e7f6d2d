"""``check_journey``: the one check of a journey, on each edit, at publish and by the API. Pure: facts are given to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.spec.errors import InvalidSpec
from agents.core.spec.runnable import canonical, parse_spec
from journeys.core.preflight.catalog import RULES, get_rule
from journeys.core.preflight.edges import edge_states, mapping_states
from journeys.core.preflight.facts import NO_FACTS, Facts
from journeys.core.preflight.report import Finding, Focus, Report, error
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import View, read_draft
from journeys.core.spec import JourneySpec


def check_journey(draft: Mapping[str, Any] | JourneySpec, facts: Facts = NO_FACTS, view: View | None = None) -> Report:
    """Everything that is wrong, or may go wrong, with ``draft``: a raw draft of any shape, or a spec.

    ``view``: of the same draft and agents, where the caller has read it already. A draft without errors parses, and no turn
    of it fails for the shape of what goes in or comes out.
    """
    data = canonical(draft) if isinstance(draft, JourneySpec) else draft
    scope = Scope(view or read_draft(data, facts.agents), facts)
    found = _findings(scope)
    if not any(f.severity == "error" for f in found):
        found += _unparsed(scope)
    found.sort(key=lambda f: f.severity != "error")
    return Report(tuple(found), mapping_states(scope), edge_states(scope))


def _findings(scope: Scope) -> list[Finding]:
    """Without those whose place another one has told already with the same words."""
    found: dict[tuple[str, str, str], Finding] = {}
    for name in RULES:
        for finding in get_rule(name)(scope):
            found.setdefault((finding.code, finding.where, finding.what), finding)
    return list(found.values())


def _unparsed(scope: Scope) -> list[Finding]:
    """What the spec itself refuses beyond the rules: the last word is the parser's."""
    agents = {name: canonical(agent) for name, agent in scope.view.agents.items()}
    try:
        parse_spec({**scope.view.draft, "agents": agents}, kind="journey")
    except InvalidSpec as refused:
        return [
            error(
                "shape",
                p["where"],
                Focus("journey", "", p["where"].split(".")[0]),
                p["message"],
                "Change it to what is allowed.",
            )
            for p in refused.problems
        ]
    return []
