"""What hangs on an agent, and its end: it is archived where anything points to it, and removed where nothing does."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from agents.models import Definition
from agents.services.definitions import archive_definition, get_definition
from agents.services.trials import list_agent_runs
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Usage:
    """What points to an agent. ``journeys`` name it in their drafts."""

    versions: int
    runs: int
    journeys: tuple[Definition, ...]

    @property
    def keeps(self) -> bool:
        """Whether the agent must be kept: its history names it."""
        return bool(self.versions or self.runs)


def find_usage(principal: Principal, slug: str) -> Usage:
    agent = get_definition(principal, "agent", slug)
    journeys = Definition.objects.filter(organization_id=principal.organization_id, kind="journey", archived_at=None)
    return Usage(
        versions=agent.versions.count(),
        runs=list_agent_runs(principal, agent).count(),
        journeys=tuple(journey for journey in journeys if _names(journey, slug)),
    )


def end_agent(*, principal: Principal, slug: str) -> bool:
    """Removes an agent that was never published and never run, archives any other; whether it was removed."""
    with transaction.atomic():
        agent = get_definition(principal, "agent", slug)
        if find_usage(principal, slug).keeps:
            archive_definition(principal, "agent", slug)
            return False
        removed, _ = Definition.objects.filter(Q(pk=agent.pk), published=None).delete()
        return bool(removed)


def _names(journey: Definition, slug: str) -> bool:
    """Whether a pathway of the draft names the agent; a published journey holds a copy of it and needs it no more."""
    draft = journey.draft if isinstance(journey.draft, dict) else {}
    own, pathways = draft.get("agents"), draft.get("pathways")
    if not isinstance(pathways, list) or (isinstance(own, dict) and slug in own):
        return False
    lists = [pathway.get("agents") for pathway in pathways if isinstance(pathway, dict)]
    return any(isinstance(names, list) and slug in names for names in lists)
