"""The dock's list of problems, and the permission manifest: partials that the builder and the journey's page show."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition
from journeys.core.preflight.report import Finding, Report
from journeys.services.editing import edit_draft
from journeys.services.manifest import compare_manifests, get_manifest
from journeys.services.preflight import check_saved
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import is_htmx

_BACK = "journey_problems"
TITLES = {"pathway": "Pathways", "transition": "Transitions", "agent": "Agents", "journey": "The journey"}


@require_GET
@requires(Permission.READ)
def show_problems(request: GuardedRequest, slug: str) -> HttpResponse:
    """Every finding of the draft, by the kind of element it is about."""
    journey = get_definition(request.principal, "journey", slug)
    report = check_saved(principal=request.principal, slug=slug)
    page = {
        "journey": journey,
        "report": report,
        "groups": group_findings(report),
        "may_build": request.principal.may(Permission.BUILD),
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


@require_POST
@requires(Permission.BUILD)
def apply_fix(request: GuardedRequest, slug: str) -> HttpResponse:
    """One offered fix: its operations at the revision that was shown."""
    revision = request.POST.get("revision", "")
    try:
        ops = json.loads(request.POST.get("ops", ""))
    except (ValueError, RecursionError):
        ops = None
    try:
        outcome = edit_draft(
            principal=request.principal, slug=slug, revision=int(revision) if revision.isdecimal() else -1, ops=ops
        )
    except (Conflict, Invalid) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, ". ".join(done.label for done in outcome.done))
    return redirect(_BACK, slug)


def group_findings(report: Report) -> list[dict[str, Any]]:
    """Findings by the kind of their element, with counts for badges; groups without any are left out."""
    groups = []
    for kind, title in TITLES.items():
        rows = [_row(f) for f in report.findings if f.focus.kind == kind]
        errors = sum(row["severity"] == "error" for row in rows)
        if rows:
            groups.append({"kind": kind, "title": title, "rows": rows, "errors": errors, "warnings": len(rows) - errors})
    return groups


def _row(finding: Finding) -> dict[str, Any]:
    fixes = [{"label": fix.label, "ops": json.dumps(list(fix.ops))} for fix in finding.fixes]
    return {
        "severity": finding.severity,
        "focus": str(finding.focus),
        "where": finding.where,
        "what": finding.what,
        "how": finding.how,
        "fixes": fixes,
    }
