"""The page with all opinions of a journey's answers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.services.definitions import get_definition
from journeys.services.feedback import list_opinions
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.AUDIT)
def show_opinions(request: GuardedRequest, slug: str) -> HttpResponse:
    """Read by those who may read everybody's conversations."""
    journey = get_definition(request.principal, "journey", slug)
    only = {"good": True, "bad": False}.get(request.GET.get("opinion", ""))
    page = {
        "journey": journey,
        "opinions": list_opinions(request.principal, slug, good=only),
        "only": request.GET.get("opinion", ""),
    }
    return render(request, "journeys/playground/opinions.html", page)
