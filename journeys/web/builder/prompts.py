"""The effective prompt of a pathway as the builder's inspector shows it: what each agent's model gets, and from where."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from journeys.services.pathway_preview import preview_draft_pathway
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.BUILD)
def show_prompt(request: GuardedRequest, slug: str, pathway: str) -> HttpResponse:
    """A partial; a draft with problems is told, not refused: it is being worked on."""
    shown: dict[str, object] = {"slug": slug, "pathway": pathway}
    try:
        shown["prompts"] = preview_draft_pathway(request.principal, slug, pathway)
    except Invalid as refusal:
        shown["problems"] = refusal.problems
    return render(request, "journeys/builder/prompt.html", shown)
