"""The list of problems and the permission manifest: partials that the builder shows, and pages of their own."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.services.definitions import get_definition
from journeys.services.builder import list_problems
from journeys.services.manifest import compare_manifests, get_manifest
from journeys.web.builder.saving import AGENT_KEYS
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import is_htmx

Problem = dict[str, Any]
TABS = {  # of the inspector, by kind and field; else the first
    "pathway": {"bindings": "mapping", "signature": "signature"},
    "agent": {field: tab for tab, fields in AGENT_KEYS.items() for field in fields},
    "journey": {"variables": "signature", "context": "signature"},
}


@require_GET
@requires(Permission.READ)
def show_problems(request: GuardedRequest, slug: str) -> HttpResponse:
    """Every finding of the draft. Whoever may build can press the fixes, and goes on in the builder."""
    journey = get_definition(request.principal, "journey", slug)
    page = {
        "journey": journey,
        "state": {"revision": journey.draft_revision},
        "problems": [show_problem(problem) for problem in list_problems(request.principal, journey.draft)],
        "read_only": not request.principal.may(Permission.BUILD),
    }
    return render(request, f"journeys/builder/problems{'' if is_htmx(request) else '_page'}.html", page)


@require_GET
@requires(Permission.READ)
def show_manifest(request: GuardedRequest, slug: str) -> HttpResponse:
    """What the draft can do, and what it may do more than the published version."""
    journey = get_definition(request.principal, "journey", slug)
    published = journey.published.number if journey.published else None
    changes = compare_manifests(principal=request.principal, slug=slug, a=published) if published else ()
    page = {
        "journey": journey,
        "lines": get_manifest(principal=request.principal, slug=slug),
        "changes": changes,
        "more": any(change.sign == "+" for change in changes),
        "published": published,
    }
    return render(request, f"journeys/builder/manifest{'' if is_htmx(request) else '_page'}.html", page)


def show_problem(problem: Problem) -> Problem:
    """A problem with the selection, the tab and the field that show it, and its fixes as buttons."""
    kind, name, field = (problem["focus"][key] for key in ("kind", "id", "field"))
    fixes = [{"label": fix["label"], "ops": json.dumps(fix["ops"])} for fix in problem["fixes"]]
    inside = problem["where"].removeprefix(f"{kind}s.{name}.") if name else problem["where"]
    where = inside if inside.startswith(field) else field
    tab = TABS.get(kind, {}).get(field, "configure")
    return problem | {"at": f"{kind}:{name}" if name else "journey", "tab": tab, "field": where, "fixes": fixes}
