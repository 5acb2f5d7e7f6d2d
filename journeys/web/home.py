"""The start page and the gallery: how a person gets to a working conversation in two clicks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agents.services.approvals import list_approvals
from agents.services.models import describe_model
from agents.services.runs import list_runs
from journeys.services.gallery import list_gallery, use_gallery_item
from journeys.services.sessions import list_sessions
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

RECENT = 6


@require_GET
@requires(Permission.READ)
def show_home(request: GuardedRequest) -> HttpResponse:
    page = {
        "gallery": list_gallery(request.principal),
        "sessions": list_sessions(request.principal, limit=RECENT),
        "runs": list_runs(request.principal, limit=RECENT),
        "approvals": list_approvals(request.principal)[:RECENT],
        "model": describe_model(request.principal),
        "may_run": request.principal.may(Permission.RUN),
    }
    return render(request, "journeys/gallery/home.html", page)


@require_GET
@requires(Permission.READ)
def show_gallery(request: GuardedRequest) -> HttpResponse:
    page = {
        "gallery": list_gallery(request.principal),
        "model": describe_model(request.principal),
        "may_run": request.principal.may(Permission.RUN),
    }
    return render(request, "journeys/gallery/gallery.html", page)


@require_POST
@requires(Permission.RUN)
def use_item(request: GuardedRequest, slug: str) -> HttpResponse:
    """Makes the journey the organization's own where it is not yet, and opens its playground."""
    use_gallery_item(principal=request.principal, slug=slug)
    return redirect("playground", slug)
