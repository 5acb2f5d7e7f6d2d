"""What the canvas asks while two pathways are connected: which targets fit, and how the fields of two are mapped. JSON."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from journeys.services.mapping import describe_fits, describe_mapping
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.problems import build_problem


@require_GET
@requires(Permission.BUILD)
def show_mapping(request: GuardedRequest, slug: str) -> HttpResponse:
    """``?source=``: how every other pathway fits; with ``&target=`` too: each input of that one."""
    source, target = request.GET.get("source", ""), request.GET.get("target", "")
    try:
        if target:
            return JsonResponse(describe_mapping(principal=request.principal, slug=slug, source=source, target=target))
        return JsonResponse(describe_fits(principal=request.principal, slug=slug, source=source))
    except Invalid as no:
        return build_problem(request, status=no.status, code=no.code, title=no.title, detail=no.message, problems=no.problems)
