"""The gallery: ready journeys, published into an organization from their Python classes. Never touches what people changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast
from uuid import UUID

from django.db import transaction

from agents.core.spec.agent import AgentSpec
from agents.core.spec.runnable import Spec, canonical
from agents.services.agent_drafts import GALLERY_ID
from agents.services.definitions import (
    create_definition,
    get_definition,
    list_definitions,
    list_published,
    publish_version,
    save_draft,
)
from journeys.core.spec import JourneySpec
from journeys.gallery.catalog import GALLERY, GalleryJourney, gallery_tests, get_gallery_journey
from journeys.services.testing.cases import keep_cases, list_tests
from journeys.services.testing.gate import GateClosed
from trust.core.errors import Conflict, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role

NOTES = "From the gallery"


@dataclass(frozen=True, slots=True)
class GalleryItem:
    """A ready journey; ``version`` is the published one of the organization, ``None`` while it has none."""

    slug: str
    name: str
    description: str
    pathways: int
    agents: int
    suggestions: tuple[str, ...]
    version: int | None

    @property
    def title(self) -> str:
        return self.name

    @property
    def published(self) -> bool:
        return self.version is not None


def list_gallery(principal: Principal) -> list[GalleryItem]:
    """All ready journeys, and which of them the organization has."""
    own = {d.slug: d.published.number for d in list_definitions(principal, "journey") if d.published is not None}
    return [_describe(get_gallery_journey(slug), own.get(slug)) for slug in GALLERY]


def use_gallery_item(*, principal: Principal, slug: str) -> GalleryItem:
    """Makes the journey the organization's own where it is not yet, with its agents and its data. Raises ``NotFound``."""
    if slug not in GALLERY:
        raise NotFound(f"The gallery has no journey {slug!r}; it has: {', '.join(GALLERY)}.")
    item = get_gallery_journey(slug)
    publish_item(principal.organization_id, item)
    return next(found for found in list_gallery(principal) if found.slug == slug)


def publish_gallery(organization: Any) -> None:
    """Publishes every ready journey into an organization; repeated, it brings up to date what only the gallery has changed."""
    for slug in GALLERY:
        publish_item(organization.id, get_gallery_journey(slug))


def publish_item(organization_id: UUID, item: GalleryJourney) -> None:
    """Agents first, then the journey that names them, then its data; all or nothing."""
    principal = gallery_principal(organization_id)
    spec = item.journey.spec
    with transaction.atomic():
        for slug, agent in spec.agents.items():
            if isinstance(agent, AgentSpec):
                _publish(principal, "agent", slug, cast(Spec, agent))
        _publish(principal, "journey", item.slug, cast(Spec, _without_published(organization_id, spec)))
        _keep_tests(principal, item)
        if item.seed:
            module, _, name = item.seed.partition(":")
            seed: Callable[[UUID], None] = getattr(import_module(module), name)
            seed(organization_id)


def _keep_tests(principal: Principal, item: GalleryJourney) -> None:
    """The journey's own test cases, where the organization has none of that name; what people changed stays."""
    known = {test.name for test in list_tests(principal, item.slug)}
    new = [case for case in gallery_tests(item.slug) if case.name not in known]
    keep_cases(principal=principal, slug=item.slug, cases=new, source="gallery")


def gallery_principal(organization_id: UUID) -> Principal:
    """Who the gallery's versions are by."""
    return Principal("system", GALLERY_ID, "Gallery", organization_id, Role.OWNER)


def _publish(principal: Principal, kind: str, slug: str, spec: Spec) -> None:
    """A new definition, or a new version of one whose draft only the gallery has ever changed; anything else is left alone."""
    draft = canonical(spec)
    try:
        definition = get_definition(principal, kind, slug)
    except NotFound:
        try:
            create_definition(principal, kind, slug, draft)
        except Conflict:  # another process was faster
            return
    else:
        if definition.draft_changed_by != principal.ref or definition.archived_at is not None:
            return
        if definition.draft == draft:
            return
        save_draft(principal, kind, slug, draft, definition.draft_revision)
    try:
        publish_version(principal, kind, slug, notes=NOTES)
    except GateClosed:  # people ask for passing tests: the new content waits in the draft until they have run them
        return


def _without_published(organization_id: UUID, spec: JourneySpec) -> JourneySpec:
    """The journey names agents that are published as they are by their slug, and carries those that differ with it."""
    published = list_published(organization_id, "agent")
    own = {slug: agent for slug, agent in spec.agents.items() if published.get(slug) != canonical(cast(Spec, agent))}
    return spec.model_copy(update={"agents": own})


def _describe(item: GalleryJourney, version: int | None) -> GalleryItem:
    spec = item.journey.spec
    return GalleryItem(
        slug=item.slug,
        name=spec.name,
        description=spec.description,
        pathways=len(spec.pathways),
        agents=len(spec.agents),
        suggestions=spec.pathway(spec.entry).suggestions,
        version=version,
    )
