"""New journeys: empty, or as a copy of one of the gallery, under a slug made of the name."""

from __future__ import annotations

import copy
import itertools
import re
import unicodedata
from typing import Any

from agents.core.spec.runnable import canonical
from agents.services.definitions import RESERVED, create_definition
from journeys.gallery.catalog import GALLERY, get_gallery_journey
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal

EMPTY: dict[str, Any] = {"kind": "journey", "entry": "", "pathways": [], "transitions": []}


def create_journey(*, principal: Principal, name: str, slug: str = "", template: str = "") -> Any:
    """The new definition. ``template`` is a slug of the gallery, empty for an empty journey; ``slug`` empty: from the name."""
    name = " ".join(name.split())
    if not name or len(name) > 100 or "\x00" in name:
        raise Invalid(problems=[{"where": "name", "message": "a journey needs a name of up to 100 characters"}])
    if template and template not in GALLERY:
        message = f"there is no template {template!r}; the templates are: {', '.join(GALLERY)}"
        raise Invalid(problems=[{"where": "template", "message": message}])
    draft = canonical(get_gallery_journey(template).journey.spec) if template else copy.deepcopy(EMPTY)
    draft["name"] = name
    if slug.strip():
        return create_definition(principal, "journey", slug.strip(), draft)
    for free in _slugs(name):
        try:
            return create_definition(principal, "journey", free, draft)
        except Conflict:
            continue
    raise AssertionError("the numbers do not end")


def _slugs(name: str) -> itertools.chain[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80]
    base = base if base[:1].isalpha() else f"journey-{base}".rstrip("-")
    first = [] if base in RESERVED else [base]
    return itertools.chain(first, (f"{base}-{n}" for n in itertools.count(2)))
