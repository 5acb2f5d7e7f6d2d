"""The inspector: one run with its timeline, step tree and step in detail, as a page or in parts for htmx."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from agents.core.inspect.tree import GRAINS, group_rows
from agents.services.approvals import list_approvals
from agents.services.inspection import Inspection, inspect_run, list_children, source_of, tell_waiting
from agents.services.runs import list_events
from agents.web.runs.detail import detail_page
from agents.web.runs.query import MOST_ROWS, Query, kept, read_query
from agents.web.runs.waterfall import draw_chart
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import is_htmx

EVENTS = 500  # of one page
ROWS = MOST_ROWS  # the next are fetched when one scrolls there
GRAIN_WORDS = {"turns": "Agents", "steps": "Steps", "calls": "Calls", "events": "Events"}
KIND_WORDS = (("model", "Models"), ("tool", "Tools"), ("person", "People"), ("other", "Other"))
ONLY_WORDS = (("errors", "Only errors"), ("failing", "Only the failing path"), ("cost", "Only with a cost"))


@require_GET
@requires(Permission.READ)
def show_run(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    return render_run(request, run_id)


def render_run(request: GuardedRequest, run_id: UUID, *, status: int = 200, step: str = "", **more: Any) -> HttpResponse:
    """The page of a run; for htmx its body, or the parts that ``?part=`` names. ``more`` goes to the templates."""
    query = read_query(request.GET)
    seen = inspect_run(request.principal, run_id, query.at)
    page = {
        "run": seen.run,
        "seen": seen,
        "query": query,
        "tab": query.tab,
        "may_run": request.principal.may(Permission.RUN),
        "may_decide": request.principal.may(Permission.APPROVE),
        "url": reverse("run_detail", args=[run_id]),
        "base": kept(request.GET, "step", "offset", "count"),
        "newest": kept(request.GET, "at", "offset", "count"),
        **_state(request, seen),
        **more,
    }
    if query.tab == "events":
        page |= _events_page(request, run_id)
    elif query.tab == "steps":
        source = source_of(request.principal, seen.run) if query.form == "diff" else None
        page |= _steps_page(seen, query, request.GET, step or query.step, source)
    if is_htmx(request) and query.parts:
        return render(request, "agents/run/parts.html", page | {"parts": query.parts}, status=status)
    return render(request, "agents/run/body.html" if is_htmx(request) else "agents/run/detail.html", page, status=status)


def _state(request: GuardedRequest, seen: Inspection) -> dict[str, Any]:
    run, account = seen.run, seen.account
    return {
        "account": account,
        "state": seen.state,
        "status": seen.status,
        "waiting": tell_waiting(seen),
        "children": list_children(request.principal, run),
        "approvals": list_approvals(request.principal, run_id=run.id) if seen.is_newest and not run.ended else [],
        "limits": [
            limit
            for limit in (
                _limit("Cost", "money", account.spent_microusd, account.reserved_microusd, run.budget_microusd),
                _limit("Tokens", "tokens", account.tokens, 0, run.budget_tokens),
                _limit("Model calls", "calls", account.model_calls, 0, run.budget_calls),
            )
            if limit["limit"] is not None
        ],
    }


def _limit(title: str, unit: str, used: int, reserved: int, limit: int | None) -> dict[str, Any]:
    percent = 0 if limit is None else 100 if not limit else round(100 * (used + reserved) / limit)
    return {
        "title": title,
        "unit": unit,
        "used": used,
        "limit": limit,
        "percent": percent,
        "shown": min(percent, 100),
        "level": "full" if percent >= 100 else "high" if percent >= 80 else "half" if percent >= 50 else "low",
    }


def _steps_page(seen: Inspection, query: Query, given: QueryDict, wanted: str, source: Inspection | None) -> dict[str, Any]:
    chosen = seen.find(wanted) or _at_event(seen, query) or seen.worth_showing()
    rows = seen.rows(query.wanted)
    path = chosen.path if chosen else ""
    first, last = _window(rows, path) if query.offset is None else (query.offset, query.offset + min(query.count, ROWS))
    shown = rows[first:last]
    now = seen.seen[-1] if seen.seen else None
    return {
        "rows": shown,
        "first": first,
        "last": first + len(shown),
        "count": len(rows),
        "before": max(0, first - ROWS) if first else None,
        "before_count": min(first, ROWS),
        "after": last if last < len(rows) else None,
        "statuses": group_rows(rows),
        "chosen": chosen,
        "chosen_path": path,
        "show_base": f"{kept(given, 'show', 'as', 'against', 'step', 'offset')}{urlencode({'step': path})}&",
        "grains": [(grain, GRAIN_WORDS[grain]) for grain in GRAINS],
        "kind_words": KIND_WORDS,
        "only_words": ONLY_WORDS,
        "chart": draw_chart(seen.timeline, query.start, query.end, seen.at, path),
        "event": now,
        "event_step": seen.find(now.path) if now and now.path else None,
        "event_second": seen.timeline.times[seen.at - 1] if seen.timeline.times else 0.0,
        **(detail_page(seen, chosen, query, source) if chosen else {}),
    }


def _at_event(seen: Inspection, query: Query) -> Any:
    """While somebody moves through the events the step of the event is shown."""
    if query.at is None:
        return None
    return next((seen.find(event.path) for event in reversed(seen.seen) if event.path), None)


def _window(rows: list[Any], path: str) -> tuple[int, int]:
    """Which rows are drawn: those around the chosen step."""
    place = next((n for n, row in enumerate(rows) if row.path == path and row.kind != "scope"), 0)
    first = max(0, min(place - ROWS // 2, len(rows) - ROWS))
    return first, first + ROWS


def _events_page(request: GuardedRequest, run_id: UUID) -> dict[str, Any]:
    """One page of the journal: the events after ``?after=``, and where the next page begins."""
    given = request.GET.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 10 else 0
    events = list_events(request.principal, run_id, after=after, limit=EVENTS + 1)
    return {"events": events[:EVENTS], "after": after, "more": events[EVENTS - 1].seq if len(events) > EVENTS else 0}
