"""The page of a new journey: its name, and whether it begins empty or as a copy of a ready one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from journeys.services.creating import create_journey
from journeys.services.gallery import list_gallery
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def new_journey(request: GuardedRequest) -> HttpResponse:
    name, chosen = request.POST.get("name", ""), request.POST.get("template", "")
    page = {"templates": list_gallery(request.principal), "name": name, "chosen": chosen}
    if request.method == "GET":
        return render(request, "journeys/builder/new.html", page)
    slug = request.POST.get("slug", "")
    try:
        made = create_journey(principal=request.principal, name=name, slug=slug, template=chosen)
    except (Conflict, Invalid) as refusal:
        return render(request, "journeys/builder/new.html", page | {"slug": slug, "refusal": refusal.message}, status=422)
    return redirect("journey_build", made.slug)
