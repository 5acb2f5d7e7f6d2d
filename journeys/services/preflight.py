"""Preflight of journeys: gathers in few queries what exists around a draft, and has the one check judge it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from agents.core.autonomy.permissions import ToolFacts
from agents.core.pipelines.catalog import pattern_problems
from agents.core.runtime.errors import UnknownTool
from agents.core.spec.runnable import Spec
from agents.services.capabilities import check_capabilities
from agents.services.catalogs import catalog_problems
from agents.services.definitions import get_definition, list_published
from agents.services.surroundings import describe_surroundings
from agents.services.tools import resolve_tools, tool_names_of
from journeys.core.preflight.check import check_journey
from journeys.core.preflight.facts import Facts, ToolOffer
from journeys.core.preflight.recent import Recent
from journeys.core.preflight.report import Finding, Report
from journeys.core.preflight.view import View, read_draft
from trust.core.errors import Problem
from trust.core.principal import Principal

NETWORK = ("http", "fetch_url", "extract_links", "mcp__", "bash_command")  # tools that egress rules bound, by their beginning
_VIEWS, _REPORTS = Recent[View](8), Recent[Report](32)


def check_draft(*, principal: Principal, draft: Mapping[str, Any]) -> Report:
    """Everything that is wrong, or may go wrong, with a draft, as it stands or as somebody sends it."""
    return report_on(principal.organization_id, draft)


def check_saved(*, principal: Principal, slug: str) -> Report:
    """The same of the draft of the journey ``slug``."""
    return check_draft(principal=principal, draft=get_definition(principal, "journey", slug).draft)


def find_problems(organization_id: UUID, draft: Mapping[str, Any]) -> tuple[list[Problem], list[Problem]]:
    """What keeps a draft from being published, and what may go wrong, in the form of every kind's problems."""
    report = report_on(organization_id, draft)
    return [_problem(f) for f in report.errors], [_problem(f) for f in report.warnings]


def report_on(organization_id: UUID, draft: Mapping[str, Any]) -> Report:
    """The check itself depends on nothing but the draft and the facts, which are gathered anew each time."""
    facts = collect_facts(organization_id, draft)
    return _REPORTS.get((draft, facts), lambda: check_journey(draft, facts, _read(draft, facts.agents)))


def collect_facts(organization_id: UUID, draft: Mapping[str, Any]) -> Facts:
    """What exists around ``draft``: published agents, what catalogs and models say of those it names, tools, keys, rules."""
    published = list_published(organization_id, "agent")
    view = _read(draft, published)
    around = describe_surroundings(organization_id)
    problems, warnings = _judged(organization_id, view)
    return Facts(
        agents=published,
        problems=problems,
        warnings=warnings,
        patterns=_patterns(view),
        keys=around.silent,
        default_provider=around.default_provider,
        tools=_tools(organization_id, view),
        organization=around.rules,
        egress=(around.allowed, around.denied),
        budget_microusd=around.limit_microusd,
    )


def _read(draft: Mapping[str, Any], published: Mapping[str, Any]) -> View:
    return _VIEWS.get((draft, published), lambda: read_draft(draft, published))


def _judged(organization_id: UUID, view: View) -> tuple[dict[str, tuple[Problem, ...]], dict[str, tuple[Problem, ...]]]:
    """What the runtime's own checks say of each agent."""
    spec = cast("Spec", view.spec)
    able = check_capabilities(organization_id, spec)
    return _by_agent([*catalog_problems(spec, organization_id), *able.problems]), _by_agent(able.warnings)


def _by_agent(problems: list[Problem] | tuple[Problem, ...]) -> dict[str, tuple[Problem, ...]]:
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        name, _, inside = problem["where"].removeprefix("agents.").partition(".")
        found[name] = (*found.get(name, ()), {"where": inside, "message": problem["message"]})
    return found


def _patterns(view: View) -> dict[str, tuple[Problem, ...]]:
    found = {
        node.id: tuple(
            pattern_problems(node.spec.pipeline, node.spec.pipeline_params, name="pipeline", fields="pipeline_params")
        )
        for node in view.nodes.values()
        if not {"pipeline", "pipeline_params"} & node.broken
    }
    return {name: problems for name, problems in found.items() if problems}


def _tools(organization_id: UUID, view: View) -> dict[str, ToolOffer]:
    names = tool_names_of(view.spec)
    if not names:
        return {}
    port, found = resolve_tools(organization_id, names), dict[str, ToolOffer]()
    for name in sorted(names):
        try:
            tool = port.get(name)
        except UnknownTool:
            continue
        facts = ToolFacts(tool.name, tool.effect, tool.danger, tool.edits, also=tool.alias)
        found[name] = ToolOffer(facts, tool.description, tool.unavailable, tool.name.startswith(NETWORK))
    return found


def _problem(finding: Finding) -> Problem:
    return {"where": finding.where, "message": f"{finding.what} {finding.how}"}
