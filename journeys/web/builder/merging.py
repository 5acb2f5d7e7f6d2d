"""The page on which a person merges what could not be saved beside somebody else's changes: mine, theirs, or both."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from journeys.services.editing import Merge, decide_merge, get_merge
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def merge(request: GuardedRequest, slug: str, merge_id: UUID) -> HttpResponse:
    """GET shows each place that both changed; POST saves the choice. When the draft moved on, the page is shown anew."""
    found = get_merge(principal=request.principal, slug=slug, merge_id=merge_id)
    if request.method == "GET":
        return _page(request, found)
    choices: dict[str, Any] = {
        name.removeprefix("choice:"): value
        for name, value in request.POST.items()
        if name.startswith("choice:") and value in ("mine", "theirs")
    }
    revision = request.POST.get("revision", "")
    try:
        decide_merge(
            principal=request.principal,
            slug=slug,
            merge_id=merge_id,
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
            choices=choices,
            keep=request.POST.get("keep", "both"),
        )
    except (Conflict, Invalid) as refusal:
        again = get_merge(principal=request.principal, slug=slug, merge_id=merge_id)
        return _page(request, again, status=409, refusal=refusal.message)
    messages.success(request, "Merged: the draft holds what you chose.")
    return redirect("journey_build", slug)


def _page(request: GuardedRequest, found: Merge, *, status: int = 200, refusal: str = "") -> HttpResponse:
    page = {"merge": found, "journey": found.journey, "refusal": refusal}
    return render(request, "journeys/builder/merge.html", page, status=status)
