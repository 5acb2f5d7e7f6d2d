"""Personas of a journey: people to talk as, with values that the journey's variables allow."""

from __future__ import annotations

from typing import Any

from agents.services.definitions import get_definition
from journeys.core.variables import check_variables
from journeys.models import Persona
from journeys.services.played import find_played
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

MOST = 100


def list_personas(principal: Principal, slug: str) -> list[Persona]:
    return list(Persona.objects.filter(definition=get_definition(principal, "journey", slug)))


def get_persona(principal: Principal, slug: str, name: str) -> Persona:
    found = Persona.objects.filter(definition=get_definition(principal, "journey", slug), name=name).first()
    if found is None:
        known = ", ".join(persona.name for persona in list_personas(principal, slug)) or "none"
        raise NotFound(f"The journey {slug!r} has no persona {name!r}; it has: {known}.")
    return found


def save_persona(
    *,
    principal: Principal,
    slug: str,
    name: str,
    variables: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
) -> Persona:
    """Keeps a persona, in place of one of the same name. Raises ``Invalid`` for values that the draft's variables refuse."""
    name = " ".join(name.split())
    if not name or len(name) > 80 or "\x00" in name:
        raise Invalid(problems=[{"where": "name", "message": f"a name has 1 to 80 characters, this one has {len(name)}"}])
    definition = get_definition(principal, "journey", slug)
    if Persona.objects.filter(definition=definition).exclude(name=name).count() >= MOST:
        raise Invalid(problems=[{"where": "name", "message": f"a journey has at most {MOST} personas; delete one first"}])
    spec = find_played(principal, slug, draft=True).spec
    values = check_variables(spec, variables or {})
    persona, _ = Persona.objects.update_or_create(
        definition=definition,
        name=name,
        defaults={"variables": values, "context": context or {}, "created_by_label": principal.label},
    )
    return persona


def delete_persona(*, principal: Principal, slug: str, name: str) -> None:
    get_persona(principal, slug, name).delete()
