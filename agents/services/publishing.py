"""An older version made the published one again. Copies nothing: what was published is pointed at, whatever the draft is."""

from __future__ import annotations

from django.db import transaction

from agents.models import Version
from agents.services.definitions import get_version, lock_definition
from trust.core.principal import Principal


def republish_version(principal: Principal, kind: str, slug: str, number: int) -> tuple[Version, Version | None]:
    """The version that answers from now on, and the one that did before (``None``: none). Raises ``NotFound``."""
    version = get_version(principal, kind, slug, number)
    with transaction.atomic():
        definition = lock_definition(principal, kind, slug)
        before = definition.published
        definition.published = version
        definition.save(update_fields=["published"])
    return version, before
