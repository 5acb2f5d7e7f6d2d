"""The list of runs: filters, search, order and pages."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from agents.models.run import RunStatus
from agents.services.run_search import (
    PERIODS,
    SORTS,
    Place,
    RunFilter,
    list_runnable,
    period_start,
    place_of,
    search_runs,
)
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import is_htmx

PAGE = 40
KINDS = ("journey", "agent", "tool")
MAX_SEARCH = 200


@require_GET
@requires(Permission.READ)
def show_runs(request: GuardedRequest) -> HttpResponse:
    wanted = _filter(request)
    found = search_runs(request.principal, wanted, limit=PAGE + 1, after=_place(request.GET.get("before", "")))
    runs = found[:PAGE]
    page = {
        "runs": runs,
        "older": _name(place_of(runs[-1])) if len(found) > PAGE else "",
        "wanted": wanted,
        "when": request.GET.get("when", ""),
        "statuses": RunStatus.values,
        "kinds": KINDS,
        "periods": list(PERIODS),
        "runnable": list_runnable(request.principal),
        "filtered": wanted.narrows or bool(request.GET.get("before")),
        "page_microusd": sum(run.spent_microusd for run in runs),
    }
    return render(request, "agents/run/table.html" if is_htmx(request) else "agents/run/list.html", page)


def _filter(request: GuardedRequest) -> RunFilter:
    """What is not allowed is left out: an old or hand-written address still shows a list."""
    given = request.GET
    return RunFilter(
        status=_one_of(given.get("status", ""), RunStatus.values),
        kind=_one_of(given.get("kind", ""), KINDS),
        slug=given.get("what", "")[:100],
        mine=given.get("mine") == "1",
        since=period_start(given.get("when", "")),
        search=given.get("q", "").replace("\0", "").strip()[:MAX_SEARCH],
        sort=_one_of(given.get("sort", ""), SORTS) or "newest",
    )


def _one_of(value: str, allowed: object) -> str:
    return value if value in allowed else ""  # type: ignore[operator]


def _name(place: Place) -> str:
    return f"{place.created_at.isoformat()}~{place.spent_microusd}"


def _place(name: str) -> Place | None:
    at, _, spent = name.partition("~")
    try:
        moment: datetime | None = parse_datetime(at)
        if moment is None:
            return None
        return Place(moment.astimezone(UTC), int(spent) if spent.isdecimal() and len(spent) < 16 else 0)
    except (ValueError, OverflowError):
        return None
