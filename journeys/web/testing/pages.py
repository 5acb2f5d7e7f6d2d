"""Pages of a journey's tests: the list with coverage and gate, a round with its progress, the transcript of a result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition, list_versions
from journeys.core.testing.coverage import KINDS, Coverage
from journeys.services.testing.coverage import coverage_of
from journeys.services.testing.gate import get_gate, look_at_gate, set_gate
from journeys.services.testing.lab import measured_collisions
from journeys.services.testing.rounds import (
    TestRow,
    cancel_round,
    get_result,
    get_round,
    list_rounds,
    list_rows,
    result_of,
    start_round,
)
from journeys.services.testing.targets import find_target
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx

COLUMNS = 6  # versions in the table of cases and versions
WORDS = {
    "pathway": "Pathways",
    "transition": "Transitions",
    "intent": "Intents",
    "next": "Next moves",
    "return": "Returns",
    "error": "Error edges",
}


@require_GET
@requires(Permission.READ)
def show_tests(request: GuardedRequest, slug: str) -> HttpResponse:
    who = request.principal
    journey = get_definition(who, "journey", slug)
    rows = list_rows(who, slug)
    versions = list(list_versions(who, "journey", slug)[:COLUMNS])
    page: dict[str, Any] = {"journey": journey, "versions": versions, "rounds": list_rounds(who, slug, limit=8)}
    page |= {"may_build": who.may(Permission.BUILD), "may_run": who.may(Permission.RUN), "gate": get_gate(who, slug)}
    try:
        target = find_target(who, slug)
    except Invalid as refusal:
        page |= {"broken": refusal.problems or [{"where": "", "message": refusal.message}], "draft_digest": ""}
    else:
        page |= {"draft_digest": target.digest, "state": look_at_gate(who, slug, target.spec, target.digest)}
        page |= {"coverage": _coverage(coverage_of(who, slug, target.spec, target.digest))}
        page |= {"collisions": measured_collisions(who, slug, target.digest)}
    columns = [("Draft", page["draft_digest"], None), *((f"v{v.number}", v.digest, v.number) for v in versions)]
    page |= {"columns": columns, "rows": [_row(row, columns) for row in rows]}
    return render(request, "journeys/testing/list.html", page)


@require_POST
@requires(Permission.RUN)
def run(request: GuardedRequest, slug: str) -> HttpResponse:
    """All tests, or one (``test``), on the draft or a version (``version``)."""
    version, test = request.POST.get("version", ""), request.POST.get("test", "")
    try:
        made = start_round(
            principal=request.principal,
            slug=slug,
            version=int(version) if version.isdecimal() and len(version) < 9 else None,
            tests=[UUID(test)] if test else None,
        )
    except (Invalid, ValueError) as refusal:
        return go_back(request, reverse("journey_tests", args=[slug]), str(refusal), "warning")
    return redirect("journey_test_round", slug, made.id)


@require_GET
@requires(Permission.READ)
def show_round(request: GuardedRequest, slug: str, round_id: UUID) -> HttpResponse:
    view = get_round(request.principal, slug, round_id)
    page = {"view": view, "journey": view.round.definition, "results": [(row, result_of(row)) for row in view.results]}
    page["may_run"] = request.principal.may(Permission.RUN)
    template = "journeys/testing/round_body.html" if is_htmx(request) else "journeys/testing/round.html"
    return render(request, template, page)


@require_POST
@requires(Permission.RUN)
def stop(request: GuardedRequest, slug: str, round_id: UUID) -> HttpResponse:
    here = reverse("journey_test_round", args=[slug, round_id])
    try:
        cancel_round(principal=request.principal, slug=slug, round_id=round_id)
    except Conflict as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, "Stopping.", "info")


@require_GET
@requires(Permission.READ)
def show_result(request: GuardedRequest, slug: str, result_id: UUID) -> HttpResponse:
    """The transcript beside what was expected."""
    row = get_result(request.principal, slug, result_id)
    result = result_of(row)
    turns = [
        {"number": n, "turn": turn, "checks": [c for c in result.checks if c.turn == n]}
        for n, turn in enumerate(result.turns, 1)
    ]
    page = {
        "row": row,
        "result": result,
        "journey": row.round.definition,
        "turns": turns,
        "final": [c for c in result.checks if c.turn == 0],
        "is_stale": row.case_digest != row.test.digest,
        "may_build": request.principal.may(Permission.BUILD),
        "may_run": request.principal.may(Permission.RUN),
    }
    return render(request, "journeys/testing/result.html", page)


@require_POST
@requires(Permission.BUILD)
def save_gate(request: GuardedRequest, slug: str) -> HttpResponse:
    here, least = reverse("journey_tests", args=[slug]), request.POST.get("min_coverage", "0").strip() or "0"
    try:
        if not least.isdecimal() or len(least) > 3:
            raise Invalid(f"The coverage is a whole number of percent from 0 to 100, not {least!r}.")
        set_gate(
            principal=request.principal,
            slug=slug,
            require_tests="require_tests" in request.POST,
            min_coverage=int(least),
        )
    except Invalid as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, "The publish gate is set.", "success")


def _row(row: TestRow, columns: list[tuple[str, str, int | None]]) -> dict[str, Any]:
    cells = [(label, row.by_spec.get(digest)) for label, digest, _ in columns]
    draft = row.by_spec.get(columns[0][1])
    return {
        "test": row.test,
        "latest": row.latest,
        "draft": draft,
        "is_stale": draft is not None and draft.case_digest != row.test.digest,
        "cells": [{"label": label, "result": r, "stale": r and r.case_digest != row.test.digest} for label, r in cells],
    }


def _coverage(coverage: Coverage) -> list[dict[str, Any]]:
    found = [(kind, coverage.of(kind)) for kind in KINDS]
    return [
        {
            "kind": kind,
            "title": WORDS[kind],
            "percent": coverage.percent(kind),
            "tested": sum(i.state == "tested" for i in items),
            "total": len(items),
            "open": [i for i in items if i.state != "tested"],
        }
        for kind, items in found
        if items
    ]
