"""Linking of journeys: every agent that a pathway names gets its whole spec before the journey can be published, and the
patterns and hooks it uses are those of the catalogs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ValidationError

from agents.core.pipelines.catalog import pattern_problems
from agents.services.definitions import list_published
from journeys.core.hooks.catalog import hook_problems
from journeys.core.spec import HookUse
from trust.core.errors import Invalid, Problem


def link_journey(organization_id: UUID, draft: dict[str, Any]) -> dict[str, Any]:
    """``draft`` with the spec of every agent it names: its own, or the published agent with that slug.

    Raises ``Invalid`` for each name that is neither, with the names there are.
    """
    own = draft.get("agents")
    agents: dict[str, Any] = dict(own) if isinstance(own, dict) else {}
    wanted = _named_agents(draft)
    published = list_published(organization_id, "agent") if any(name not in agents for _, name in wanted) else {}
    problems: list[Problem] = [*_pattern_problems(draft), *_hook_problems(draft)]
    for where, name in wanted:
        if name in agents:
            continue
        if name in published:
            agents[name] = published[name]
        else:
            known = ", ".join(sorted({*agents, *published})) or "none"
            problems.append({"where": where, "message": f"names the unknown agent {name!r}; the agents are: {known}"})
    if problems:
        raise Invalid(problems=problems)
    return {**draft, "agents": agents}


def _pattern_problems(draft: dict[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    pathways = draft.get("pathways")
    for n, pathway in enumerate(pathways if isinstance(pathways, list) else []):
        pattern = pathway.get("pipeline") if isinstance(pathway, dict) else None
        if isinstance(pattern, str):
            params = pathway.get("pipeline_params")
            given = params if isinstance(params, dict) else {}
            problems = pattern_problems(pattern, given, name="pipeline", fields="pipeline_params")
            found += [Problem(where=f"pathways[{n}].{p['where']}", message=p["message"]) for p in problems]
    return found


def _hook_problems(draft: dict[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    hooks = draft.get("hooks")
    for n, data in enumerate(hooks if isinstance(hooks, list) else []):
        try:
            use = HookUse.model_validate(data)
        except ValidationError:
            continue  # parsing reports it
        found += [Problem(where=f"hooks[{n}].{p['where']}", message=p["message"]) for p in hook_problems(use)]
    return found


def _named_agents(draft: dict[str, Any]) -> list[tuple[str, str]]:
    """Where each agent is named, and its name. A draft may still have any shape: parsing reports that later."""
    named = []
    pathways = draft.get("pathways")
    for n, pathway in enumerate(pathways if isinstance(pathways, list) else []):
        names = pathway.get("agents") if isinstance(pathway, dict) else None
        for m, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str):
                named.append((f"pathways[{n}].agents[{m}]", name))
    return named
