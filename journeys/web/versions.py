"""Versions of a journey: the history, what differs between two of them or the draft, the environments, and every way back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition, keep_draft, list_versions, preflight, restore_version
from journeys.core.preflight.manifest import Change
from journeys.services.comparing import DRAFT, compare_versions
from journeys.services.environments import list_environments, list_promotions, promote_version, roll_back
from journeys.services.manifest import compare_manifests
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back


@require_GET
@requires(Permission.READ)
def show_versions(request: GuardedRequest, slug: str) -> HttpResponse:
    """``?a=`` and ``?b=`` are compared; ``?only=mine`` or ``named`` filters the history."""
    principal = request.principal
    journey = get_definition(principal, "journey", slug)
    everything = list(list_versions(principal, "journey", slug))
    only = request.GET.get("only", "")
    shown = [v for v in everything if (only != "mine" or v.created_by == principal.ref) and (only != "named" or v.title)]
    latest = str(journey.published.number) if journey.published else str(everything[0].number) if everything else ""
    a, b = request.GET.get("a", latest), request.GET.get("b", DRAFT)
    page: dict[str, Any] = {
        "journey": journey,
        "all_versions": everything,
        "versions": shown,
        "only": only if only in ("mine", "named") else "",
        "a": a,
        "b": b,
        "changes": compare_versions(principal=principal, slug=slug, a=a, b=b) if a else [],
        "powers": _powers(principal, slug, a, b),
        "environments": list_environments(principal=principal, slug=slug),
        "promotions": list_promotions(principal=principal, slug=slug, limit=20),
        "problems": preflight("journey", journey.draft, principal),
        "may_build": principal.may(Permission.BUILD),
    }
    return render(request, "journeys/journey/versions.html", page)


def _powers(principal: Principal, slug: str, a: str, b: str) -> tuple[Change, ...]:
    """What ``b`` may do more and less than ``a``, each a version's number or the draft."""
    numbers = [None if name == DRAFT else int(name) for name in (a, b) if name == DRAFT or name.isdecimal()]
    if len(numbers) < 2 or numbers[0] is None:
        return ()
    return compare_manifests(principal=principal, slug=slug, a=numbers[0], b=numbers[1])


@require_POST
@requires(Permission.BUILD)
def restore(request: GuardedRequest, slug: str, number: int) -> HttpResponse:
    """Copies a version into the draft; with ``keep`` the draft becomes a version first."""
    journey = get_definition(request.principal, "journey", slug)
    back = reverse("journey_versions", args=[slug])
    given = request.POST.get("revision", "")
    revision = int(given) if given.isdecimal() and len(given) < 10 else journey.draft_revision
    kept = ""
    try:
        if request.POST.get("keep") == "on":
            version = keep_draft(request.principal, "journey", slug, "Draft before a restore")
            kept = f" Your draft is kept as version {version.number}."
        restore_version(request.principal, "journey", slug, number, revision)
    except Invalid:
        told = "Nothing was restored: your draft has problems, so it cannot be kept as a version. Mend it, or untick that."
        return go_back(request, back, told, "error")
    except Conflict as refusal:
        return go_back(request, back, f"{refusal.message} Nothing was restored.{kept}", "error")
    return go_back(request, back, f"The draft is version {number} again.{kept}", "success")


@require_POST
@requires(Permission.BUILD)
def promote(request: GuardedRequest, slug: str, environment: str) -> HttpResponse:
    """Moves a version into an environment; an empty number takes the draft into dev."""
    get_definition(request.principal, "journey", slug)  # who may not see it learns nothing
    back = reverse("journey_versions", args=[slug]) + "#environments"
    given = request.POST.get("number", "")
    try:
        moved = promote_version(
            principal=request.principal,
            slug=slug,
            environment=environment,
            number=int(given) if given.isdecimal() and len(given) < 10 else None,
            notes=request.POST.get("notes", "").strip(),
        )
    except (Conflict, Invalid, NotFound) as refusal:
        return go_back(request, back, f"Not promoted: {refusal.message}.", "error")
    return go_back(request, back, f"Version {moved.number} is in {environment}.", "success")


@require_POST
@requires(Permission.BUILD)
def back_to(request: GuardedRequest, slug: str, number: int) -> HttpResponse:
    """Publishes an older version again, in one click."""
    back = reverse("journey_versions", args=[slug])
    try:
        roll_back(principal=request.principal, slug=slug, number=number)
    except Conflict as refusal:
        return go_back(request, back, f"{refusal.message}.", "error")
    return go_back(request, back, f"Version {number} answers again.", "success")
