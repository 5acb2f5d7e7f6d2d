"""Which spec is tested: the draft as it would be published now, or a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from agents.core.spec.runnable import digest_spec
from agents.services.definitions import get_definition, get_version, load_spec
from agents.services.specs import link_draft
from journeys.core.spec import JourneySpec
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Target:
    """``what`` is ``draft`` or ``v3``; a draft that is a version's very content has that ``version``, any other ``None``."""

    definition: Any
    spec: JourneySpec
    digest: str
    what: str
    version: Any


def find_target(principal: Principal, slug: str, version: int | None = None) -> Target:
    """The version with this number; ``None``: the draft, which must be one that could be published (else ``Invalid``)."""
    definition = get_definition(principal, "journey", slug)
    if version is None:
        spec = cast(JourneySpec, link_draft(principal.organization_id, "journey", definition.draft))
        digest = digest_spec(spec)
        return Target(definition, spec, digest, "draft", definition.versions.filter(digest=digest).first())
    found = get_version(principal, "journey", slug, version)
    return Target(
        definition,
        cast(JourneySpec, load_spec(principal.organization_id, found.digest)),
        found.digest,
        f"v{found.number}",
        found,
    )
