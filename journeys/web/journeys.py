"""Pages of journeys: the list, and one journey with its map, agents, draft, versions and Python source."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agents.core.spec.pipeline import signature_of
from agents.services.definitions import (
    get_definition,
    get_version,
    list_definitions,
    list_versions,
    preflight,
    publish_draft,
    version_spec,
)
from journeys.core.names import ANYWHERE
from journeys.core.spec.triggers import intents_of
from journeys.core.text.printing import print_journey
from journeys.web.chat import pathway_title
from journeys.web.map import draw_map
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.READ)
def show_journeys(request: GuardedRequest) -> HttpResponse:
    page = {
        "journeys": list_definitions(request.principal, "journey"),
        "may_build": request.principal.may(Permission.BUILD),
    }
    return render(request, "journeys/journey/list.html", page)


@require_GET
@requires(Permission.READ)
def show_journey(request: GuardedRequest, slug: str) -> HttpResponse:
    """The published version, or the one that ``?version=`` names; a journey that was never published shows its draft."""
    journey = get_definition(request.principal, "journey", slug)
    number = request.GET.get("version", "")
    version = (
        get_version(request.principal, "journey", slug, int(number))
        if number.isdecimal() and len(number) < 10
        else journey.published
    )
    spec: Any = version_spec(version) if version else None
    page = {
        "journey": journey,
        "version": version,
        "spec": spec,
        "map": draw_map(spec) if spec else None,
        "pathways": _pathways(spec) if spec else [],
        "transitions": _transitions(spec) if spec else [],
        "source": print_journey(spec) if spec else "",
        "versions": list_versions(request.principal, "journey", slug),
        "problems": preflight("journey", journey.draft, request.principal),
        "draft_differs": _differs(journey),
        "may_build": request.principal.may(Permission.BUILD),
    }
    return render(request, "journeys/journey/detail.html", page)


@require_POST
@requires(Permission.BUILD)
def publish(request: GuardedRequest, slug: str) -> HttpResponse:
    revision = request.POST.get("revision", "")
    try:
        done = publish_draft(
            request.principal,
            "journey",
            slug,
            notes=request.POST.get("notes", "").strip(),
            title=request.POST.get("title", "").strip(),
            expected_revision=int(revision) if revision.isdecimal() else None,
        )
    except (Conflict, Invalid) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done.message)
    return redirect("journey_detail", slug)


def _pathways(spec: Any) -> list[dict[str, Any]]:
    """Each pathway with the specs of its agents and where it leads, in words."""
    return [
        {
            "spec": pathway,
            "title": pathway_title(spec, pathway.id),
            "agents": [(name, *_agent(spec, name)) for name in pathway.agents],
            "next": pathway_title(spec, pathway.next) if pathway.next else "",
            "moves": [
                (
                    ", ".join(intents_of(t.trigger)),
                    pathway_title(spec, t.to_pathway),
                    getattr(t.trigger, "confidence_threshold", None),
                )
                for t in spec.transitions
                if pathway.id in t.from_pathways
            ],
        }
        for pathway in spec.pathways
    ]


def _agent(spec: Any, name: str) -> tuple[Any, Any]:
    """The spec of an agent or a pipeline, if it is known, and what goes in and comes out."""
    agent = spec.agents.get(name)
    return agent, agent and signature_of(agent)


def _transitions(spec: Any) -> list[dict[str, Any]]:
    """Each transition in the words that people read."""
    return [
        {
            "intents": ", ".join(intents_of(t.trigger)),
            "sources": ", ".join("anywhere" if s == ANYWHERE else pathway_title(spec, s) for s in t.from_pathways),
            "target": pathway_title(spec, t.to_pathway),
            "threshold": getattr(t.trigger, "confidence_threshold", None),
            "priority": t.priority,
        }
        for t in spec.transitions
    ]


def _differs(journey: Any) -> bool:
    """Whether the draft was changed after the published version was made."""
    return journey.published is None or journey.draft_changed_at > journey.published.created_at
