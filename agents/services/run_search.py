"""Finds runs: by status, kind, what ran, who started it, when, and words. Newest or dearest first, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from agents.models.definition import Definition
from agents.models.run import Run
from agents.services.runs import visible_runs
from trust.core.principal import Principal

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
SORTS = ("newest", "cost")


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Empty means: all. ``slug`` names an agent or journey; ``since`` and ``until`` bound the start; ``search`` is looked for
    in the title, the inputs, the starter's name and the id."""

    status: str = ""
    kind: str = ""
    slug: str = ""
    mine: bool = False
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""
    sort: str = "newest"

    @property
    def narrows(self) -> bool:
        return bool(self.status or self.kind or self.slug or self.mine or self.since or self.until or self.search)


@dataclass(frozen=True, slots=True)
class Place:
    """The last run of a page; the next page begins behind it."""

    created_at: datetime
    spent_microusd: int = 0


def search_runs(principal: Principal, wanted: RunFilter, *, limit: int, after: Place | None = None) -> list[Run]:
    """At most ``limit`` runs behind ``after``."""
    runs = _found(principal, wanted)
    if wanted.sort == "cost":
        runs = runs.order_by("-spent_microusd", "-created_at")
        if after:
            same = Q(spent_microusd=after.spent_microusd, created_at__lt=after.created_at)
            runs = runs.filter(Q(spent_microusd__lt=after.spent_microusd) | same)
    else:
        runs = runs.order_by("-created_at")
        if after:
            runs = runs.filter(created_at__lt=after.created_at)
    return list(runs[:limit])


def place_of(run: Run) -> Place:
    return Place(run.created_at, run.spent_microusd)


def period_start(name: str) -> datetime | None:
    """When the period that ends now began; ``None`` for a name that is none of ``PERIODS``."""
    return timezone.now() - PERIODS[name] if name in PERIODS else None


def list_runnable(principal: Principal) -> list[tuple[str, str, str]]:
    """Kind, slug and name of every agent and journey that has been published: what the list can be narrowed to."""
    found = Definition.objects.filter(organization_id=principal.organization_id, kind__in=("agent", "journey"))
    found = found.filter(versions__isnull=False).distinct().order_by("kind", "name")
    return list(found.values_list("kind", "slug", "name"))


def _found(principal: Principal, wanted: RunFilter) -> QuerySet[Run]:
    runs = visible_runs(principal)
    if wanted.status:
        runs = runs.filter(status=wanted.status)
    if wanted.kind:
        runs = runs.filter(kind=wanted.kind)
    if wanted.slug:
        runs = runs.filter(version__definition__slug=wanted.slug)
    if wanted.mine:
        runs = runs.filter(created_by=principal.ref)
    if wanted.since:
        runs = runs.filter(created_at__gte=wanted.since)
    if wanted.until:
        runs = runs.filter(created_at__lt=wanted.until)
    for word in wanted.search.split():
        runs = runs.annotate(inputs_text=Cast("inputs", TextField())).filter(_holds(word))
    return runs


def _holds(word: str) -> Q:
    """Inputs are searched as stored: beside the word itself in JSON's escaped form, which one of the databases keeps."""
    found = Q(title__icontains=word) | Q(created_by_label__icontains=word)
    found |= Q(inputs_text__icontains=word) | Q(inputs_text__icontains=json.dumps(word)[1:-1])
    compact = word.replace("-", "").casefold()
    if 6 <= len(compact) <= 32 and all(c in "0123456789abcdef" for c in compact):
        found |= _ids_like(compact)
    return found


def _ids_like(prefix: str) -> Q:
    return Q(pk__gte=prefix.ljust(32, "0"), pk__lte=prefix.ljust(32, "f"))
