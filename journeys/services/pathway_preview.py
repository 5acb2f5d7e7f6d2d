"""What models would be sent in a pathway: for each of its agents the very first request, and where its guidelines come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import agents_in
from agents.services.definitions import get_definition
from agents.services.preview import Preview, preview_spec
from agents.services.specs import link_draft
from journeys.core.engine.pathways import pathway_agents
from journeys.core.spec import JourneySpec, PathwaySpec
from trust.core.errors import NotFound
from trust.core.principal import Principal

Level = Literal["journey", "pathway", "agent"]


@dataclass(frozen=True, slots=True)
class Guideline:
    """One guideline of a prompt. ``level``: the first that states it."""

    text: str
    level: Level


@dataclass(frozen=True, slots=True)
class AgentPrompt:
    """``name``: how the pathway calls the agent; of one within a pipeline, the way to it."""

    name: str
    guidelines: tuple[Guideline, ...]
    preview: Preview


def preview_pathway(
    principal: Principal, draft: Mapping[str, Any], pathway_id: str, inputs: Mapping[str, Any] | None = None
) -> list[AgentPrompt]:
    """The prompts of ``pathway_id`` as ``draft`` is, in the order of its agents. ``inputs`` go by name to the agents that have
    them; what is left out stands as an example of its type. Raises ``Invalid`` with the draft's problems, and ``NotFound``."""
    spec = cast(JourneySpec, link_draft(principal.organization_id, "journey", dict(draft)))
    try:
        pathway = spec.pathway(pathway_id)
    except KeyError:
        known = ", ".join(p.id for p in spec.pathways)
        raise NotFound(f"There is no pathway {pathway_id!r}; the pathways are: {known}.") from None
    return [
        _prompt(principal, spec, pathway, name if not where else f"{name} / {where}", agent, inputs or {})
        for name, member in pathway_agents(spec, pathway)
        for where, agent in _within(member)
    ]


def preview_draft_pathway(principal: Principal, slug: str, pathway_id: str) -> list[AgentPrompt]:
    """The same for the draft of the journey ``slug`` as it is stored."""
    return preview_pathway(principal, get_definition(principal, "journey", slug).draft, pathway_id)


def _within(member: Any) -> list[tuple[str, AgentSpec]]:
    return [("" if not where else agent.name, agent) for where, agent in agents_in(member)]


def _prompt(  # noqa: PLR0917
    principal: Principal, spec: JourneySpec, pathway: PathwaySpec, name: str, agent: AgentSpec, inputs: Mapping[str, Any]
) -> AgentPrompt:
    taken = {field.name for field in agent.signature.inputs}
    preview = preview_spec(principal, agent, {key: value for key, value in inputs.items() if key in taken})
    return AgentPrompt(
        name, tuple(Guideline(text, _level(spec, pathway, text)) for text in agent.signature.guidelines), preview
    )


def _level(spec: JourneySpec, pathway: PathwaySpec, text: str) -> Level:
    return "journey" if text in spec.guidelines else "pathway" if text in pathway.guidelines else "agent"
