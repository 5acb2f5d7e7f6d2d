"""The permission manifest of a journey's draft or version, and what one may do more than another."""

from __future__ import annotations

from typing import Any

from agents.core.spec.runnable import canonical
from agents.services.definitions import get_definition, get_version, version_spec
from journeys.core.preflight.manifest import Change, Line, diff_manifests, make_manifest
from journeys.core.preflight.view import read_draft
from journeys.services.preflight import collect_facts
from trust.core.principal import Principal


def get_manifest(*, principal: Principal, slug: str, number: int | None = None) -> tuple[Line, ...]:
    """Of the draft, or of the version ``number``."""
    if number is None:
        return _manifest(principal, get_definition(principal, "journey", slug).draft)
    return _manifest(principal, canonical(version_spec(get_version(principal, "journey", slug, number))))


def compare_manifests(*, principal: Principal, slug: str, a: int | None, b: int | None = None) -> tuple[Change, ...]:
    """What version ``b`` (or the draft) may do more and less than version ``a`` (or than nothing)."""
    before = () if a is None else get_manifest(principal=principal, slug=slug, number=a)
    return diff_manifests(before, get_manifest(principal=principal, slug=slug, number=b))


def _manifest(principal: Principal, draft: dict[str, Any]) -> tuple[Line, ...]:
    facts = collect_facts(principal.organization_id, draft)
    view = read_draft(draft, facts.agents)
    return make_manifest(view.agents, getattr(view.head, "budget_microusd", None), facts)
