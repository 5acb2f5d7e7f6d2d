"""Environments of a journey: dev, staging, production. A version moves up one at a time, each time checked; the way back
is one step. Production is what is published: there is no second truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.services.definitions import get_definition, get_version, keep_draft, lock_definition
from agents.services.publishing import republish_version
from agents.services.specs import link_draft, pass_gate
from journeys.models import EnvironmentName, EnvironmentPointer, Promotion
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

KIND = "journey"
ORDER = ("dev", "staging", "production")


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment. ``next_number``: the version that would be promoted here; ``None`` when there is none or it is here."""

    name: str
    version: Any
    by_label: str = ""
    at: datetime | None = None
    next_number: int | None = None

    @property
    def number(self) -> int | None:
        return self.version.number if self.version is not None else None


def list_environments(*, principal: Principal, slug: str) -> list[Environment]:
    """The three environments in the order of promotion."""
    journey = get_definition(principal, KIND, slug)
    rows = {row.name: row for row in EnvironmentPointer.objects.filter(definition=journey).select_related("version")}
    last = Promotion.objects.filter(definition=journey, environment="production").first()
    found: list[Environment] = []
    for name in ORDER:
        row = rows.get(name)
        version = journey.published if name == "production" else row.version if row else None
        below = found[-1].number if found else None
        coming = below if version is None or below != version.number else None
        if name == "production":
            moved = last is not None and version is not None and last.number == version.number
            by, at = (last.by_label, last.at) if moved and last else _made(version)
        else:
            by, at = (row.promoted_by_label, row.promoted_at) if row else ("", None)
        found.append(Environment(name, version, by, at, coming))
    return found


def list_promotions(*, principal: Principal, slug: str, limit: int = 50) -> list[Promotion]:
    """What was moved, newest first."""
    return list(Promotion.objects.filter(definition=get_definition(principal, KIND, slug))[:limit])


def environment_version(*, principal: Principal, slug: str, environment: str) -> int:
    """The number of the version that answers in ``environment``. Raises ``NotFound`` where none does."""
    _check_name(environment)
    found = next(one for one in list_environments(principal=principal, slug=slug) if one.name == environment)
    if found.number is None:
        raise NotFound(f"the journey {slug!r} has no version in {environment}")
    return found.number


def promote_version(
    *, principal: Principal, slug: str, environment: str, number: int | None = None, notes: str = ""
) -> Promotion:
    """Moves a version into ``environment``. Into ``dev`` goes any version, or the draft, which becomes one; into the others
    the version of the environment before. ``number`` says which one is expected there. Raises ``Invalid`` that lists what
    the checks found, ``Conflict`` when another version has come there meanwhile."""
    _check_name(environment)
    with transaction.atomic():
        journey = lock_definition(principal, KIND, slug)
        version = _coming(principal, slug, environment, number)
        check_promotion(principal=principal, slug=slug, number=version.number, environment=environment)
        if environment == "production":
            _, before = republish_version(principal, KIND, slug, version.number)
            old = before.number if before else None
        else:
            row = EnvironmentPointer.objects.filter(definition=journey, name=environment).select_related("version").first()
            old = row.version.number if row else None
            EnvironmentPointer.objects.update_or_create(
                definition=journey,
                name=environment,
                defaults={
                    "version": version,
                    "promoted_by": principal.ref,
                    "promoted_by_label": principal.label,
                    "promoted_at": timezone.now(),
                },
            )
        return _record(principal, journey, environment, version.number, old, notes=notes)


def roll_back(*, principal: Principal, slug: str, number: int, notes: str = "") -> Promotion:
    """Publishes the older version ``number`` again, at once and unchecked: it has answered before. Raises ``NotFound``."""
    with transaction.atomic():
        version, before = republish_version(principal, KIND, slug, number)
        if before is not None and before.pk == version.pk:
            raise Conflict(f"version {number} is the published one already")
        journey = get_definition(principal, KIND, slug)
        old = before.number if before else None
        return _record(principal, journey, "production", number, old, notes=notes, rolled_back=True)


def check_promotion(*, principal: Principal, slug: str, number: int, environment: str) -> None:
    """Raises ``Invalid`` unless the version could be published as things are now: its agents, models and tools are there,
    and, on the way to production, the gate of its tests is passed."""
    version = get_version(principal, KIND, slug, number)
    spec = link_draft(principal.organization_id, KIND, dict(version.spec.body))
    if environment == "production":
        pass_gate(principal, KIND, slug, spec)


def _coming(principal: Principal, slug: str, environment: str, number: int | None) -> Any:
    if environment == "dev":
        if number is None:
            return keep_draft(principal, KIND, slug, "For dev")
        return get_version(principal, KIND, slug, number)
    below = ORDER[ORDER.index(environment) - 1]
    there = environment_version(principal=principal, slug=slug, environment=below)
    if number is not None and number != there:
        raise Conflict(f"version {there} is in {below}, not version {number}; promote that one, or bring {number} there first")
    return get_version(principal, KIND, slug, there)


def _record(
    principal: Principal,
    journey: Any,
    environment: str,
    number: int,
    before: int | None,
    *,
    notes: str,
    rolled_back: bool = False,
) -> Promotion:
    return Promotion.objects.create(
        definition=journey,
        environment=environment,
        number=number,
        before=before,
        rolled_back=rolled_back,
        notes=notes[:10_000],
        by=principal.ref,
        by_label=principal.label,
    )


def _made(version: Any) -> tuple[str, datetime | None]:
    return (version.created_by_label, version.created_at) if version is not None else ("", None)


def _check_name(environment: str) -> None:
    if environment not in EnvironmentName.values:
        message = f"is {environment!r}; the environments are: {', '.join(ORDER)}"
        raise Invalid(problems=[{"where": "environment", "message": message}])
