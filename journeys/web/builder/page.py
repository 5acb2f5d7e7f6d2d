"""The page of the builder: its bar, the outline or the canvas, the inspector and the dock."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.services.definitions import get_definition
from journeys.services.builder import describe_draft, describe_palette
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.BUILD)
def show_builder(request: GuardedRequest, slug: str) -> HttpResponse:
    state = describe_draft(principal=request.principal, slug=slug)
    page: dict[str, Any] = {
        "journey": get_definition(request.principal, "journey", slug),
        "state": state | {"palette": describe_palette(request.principal)},
    }
    return render(request, "journeys/builder/page.html", page)
