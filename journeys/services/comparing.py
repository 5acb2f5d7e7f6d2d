"""Two versions of a journey side by side, or one with the draft: what differs, as people speak of it."""

from __future__ import annotations

from typing import Any

from agents.core.spec.runnable import canonical
from agents.services.definitions import get_definition, get_version
from agents.services.specs import link_draft
from journeys.core.text.diff import JourneyChange, diff_journeys
from trust.core.errors import Invalid
from trust.core.principal import Principal

DRAFT = "draft"


def compare_versions(*, principal: Principal, slug: str, a: str, b: str) -> list[JourneyChange]:
    """What changed from ``a`` to ``b``, each the number of a version or ``draft``. Raises ``NotFound``."""
    return diff_journeys(journey_body(principal, slug, a), journey_body(principal, slug, b))


def journey_body(principal: Principal, slug: str, which: str) -> dict[str, Any]:
    """The journey of a version, or the draft with its agents where they are to be found."""
    if which == DRAFT:
        draft = get_definition(principal, "journey", slug).draft
        try:
            return canonical(link_draft(principal.organization_id, "journey", draft))
        except Invalid:
            return dict(draft)
    number = int(which) if which.isdecimal() and len(which) < 10 else -1
    return dict(get_version(principal, "journey", slug, number).spec.body)
