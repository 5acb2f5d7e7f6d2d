"""The page that shows two runs side by side."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.services.inspection import compare_runs, list_comparable
from agents.services.runs import get_run
from trust.core.errors import NotFound
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

SHOWN = 400  # steps of one page; of longer runs those that differ come first


@require_GET
@requires(Permission.READ)
def show_comparison(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """``?with=`` names the other run; without it the choice is shown."""
    run = get_run(request.principal, run_id)
    page = {"run": run, "others": list_comparable(request.principal, run), "only": request.GET.get("only", "")}
    wanted = request.GET.get("with", "").strip()
    if wanted:
        left, right, found = compare_runs(request.principal, run_id, _run_id(wanted))
        pairs = [pair for pair in found.pairs if page["only"] != "changed" or pair.state != "same"]
        page |= {"left": left, "right": right, "found": found, "pairs": pairs[:SHOWN], "left_out": max(0, len(pairs) - SHOWN)}
    return render(request, "agents/run/compare.html", page)


def _run_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"There is no run {text!r}.") from None
