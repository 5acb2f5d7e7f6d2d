"""Agents as people build them: new ones by name, what a draft has changed since it was published, and their lists."""

from __future__ import annotations

import copy
import itertools
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from agents.core.forms.reading import signature_name
from agents.core.spec.diff import Change, diff_specs
from agents.core.spec.runnable import canonical
from agents.models import Definition
from agents.services.definitions import RESERVED, create_definition, list_definitions, version_spec
from agents.services.specs import link_draft
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal

MOST_CHANGES = 500
GALLERY_ID = "gallery"  # the system that brings ready agents
SCRATCH: dict[str, Any] = {
    "kind": "agent",
    "signature": {
        "kind": "signature",
        "instructions": "Answer the question correctly and briefly. Say so when you do not know.",
        "inputs": [{"name": "question", "type": {"kind": "str"}, "description": "What the person asks"}],
        "outputs": [{"name": "answer", "type": {"kind": "str"}, "description": "The answer"}],
    },
}


def create_agent(*, principal: Principal, name: str, draft: Mapping[str, Any] = SCRATCH) -> Definition:
    """A new draft called ``name``, which starts as a copy of ``draft``; its slug is made of the name."""
    name = " ".join(name.split())
    if not name:
        raise Invalid(problems=[{"where": "name", "message": "the agent needs a name"}])
    if len(name) > 100 or "\x00" in name:
        told = f"the name has {len(name)} characters, allowed: up to 100 that can be printed"
        raise Invalid(problems=[{"where": "name", "message": told}])
    body = copy.deepcopy(dict(draft)) | {"name": name}
    if isinstance(body.get("signature"), dict) and not body["signature"].get("name"):
        body["signature"]["name"] = signature_name(name)
    for slug in _slugs(name):
        try:
            return create_definition(principal, "agent", slug, body)
        except Conflict:
            continue
    raise AssertionError("the numbers do not end")


def find_agents(
    principal: Principal, query: str = "", *, archived: bool = False, ready: bool | None = None
) -> QuerySet[Definition]:
    """Agents whose name, slug or description holds every word of ``query``, by name. ``ready``: only those that the gallery
    brought and nobody has changed since, or only the others."""
    found = list_definitions(principal, "agent", archived=True).filter(archived_at__isnull=not archived)
    if ready is not None:
        brought = Q(draft_changed_by=f"system:{GALLERY_ID}")
        found = found.filter(brought if ready else ~brought)
    for word in query.replace("\x00", " ").split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word) | Q(draft__description__icontains=word))
    return found.order_by("name", "slug")


def draft_changes(principal: Principal, agent: Definition) -> list[Change] | None:
    """What the draft has changed since the published version; ``None`` when nothing was ever published.

    A draft that is not valid is compared as far as it says something.
    """
    if agent.published is None:
        return None
    before = canonical(version_spec(agent.published))
    try:
        return diff_specs(before, canonical(link_draft(principal.organization_id, "agent", agent.draft)))
    except Invalid:
        changes = diff_specs(before, agent.draft)
        return [change for change in changes if change["kind"] != "removed"][:MOST_CHANGES]


def _slugs(name: str) -> itertools.chain[str]:
    """``Invoice reader`` as ``invoice-reader``, then with numbers behind it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80]
    base = base if base[:1].isalpha() else f"agent-{base}".rstrip("-")
    first = [] if base in RESERVED else [base]
    return itertools.chain(first, (f"{base}-{n}" for n in itertools.count(2)))
