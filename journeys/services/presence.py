"""Who is building a journey now, and at which element: a note a tab, which is gone when nobody renews it. Never the truth of
anything; a lost note comes back with the next heartbeat."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache

from agents.services.definitions import get_definition
from trust.core.principal import Principal

ALIVE_S = 25
MOST_TABS = 50
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Presence:
    """One person in one tab. ``element`` is the path of what they have open: ``pathways.intake``; empty: nothing."""

    tab: str
    by: str
    label: str
    element: str
    at: float

    @property
    def initials(self) -> str:
        words = self.label.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def note_presence(*, principal: Principal, slug: str, tab: str, element: str = "") -> list[Presence]:
    """Says that ``principal`` is here with ``element`` open; returns everybody who is, by name."""
    definition = get_definition(principal, "journey", slug)
    here = _read(definition.pk)
    tab = tab[:64]
    here[tab] = asdict(Presence(tab, principal.ref, principal.label, element[:MOST_TEXT], time.time()))
    newest = sorted(here.values(), key=lambda note: float(note["at"]), reverse=True)[:MOST_TABS]
    cache.set(_key(definition.pk), {note["tab"]: note for note in newest}, ALIVE_S)
    return _people(here)


def leave_presence(*, principal: Principal, slug: str, tab: str) -> None:
    """The tab was closed."""
    definition = get_definition(principal, "journey", slug)
    here = _read(definition.pk)
    if here.get(tab, {}).get("by") == principal.ref:
        del here[tab]
        cache.set(_key(definition.pk), here, ALIVE_S)


def list_presence(*, principal: Principal, slug: str) -> list[Presence]:
    return _people(_read(get_definition(principal, "journey", slug).pk))


def _people(here: dict[str, Any]) -> list[Presence]:
    return sorted((Presence(**note) for note in here.values()), key=lambda one: (one.label, one.tab))


def _read(definition_id: UUID) -> dict[str, Any]:
    found = cache.get(_key(definition_id)) or {}
    return {tab: note for tab, note in found.items() if time.time() - float(note["at"]) < ALIVE_S}


def _key(definition_id: UUID) -> str:
    return f"building:{definition_id}"
