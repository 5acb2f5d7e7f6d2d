"""Pages of runs: the list with filters, one run with its steps and events, stop, and fork from a step."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from agents.models.run import RunStatus
from agents.services.approvals import list_approvals
from agents.services.reading import list_step_rows, prompt_messages, reply_text
from agents.services.runs import cancel_run, fork_run, get_run, list_events, list_runs, list_steps
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx

PAGE = 40
EVENTS = 500  # of one page
KINDS = ("journey", "agent")


@require_GET
@requires(Permission.READ)
def show_runs(request: GuardedRequest) -> HttpResponse:
    status, kind = _one_of(request, "status", RunStatus.values), _one_of(request, "kind", KINDS)
    before = _moment(request.GET.get("before", ""))
    runs = list_runs(request.principal, status=status, kind=kind, limit=PAGE + 1, before=before)
    page = {
        "runs": runs[:PAGE],
        "older": runs[PAGE - 1].created_at.isoformat() if len(runs) > PAGE else "",
        "status": status or "",
        "kind": kind or "",
        "statuses": RunStatus.values,
        "kinds": KINDS,
        "filtered": bool(status or kind or before),
    }
    return render(request, "agents/run/table.html" if is_htmx(request) else "agents/run/list.html", page)


@require_GET
@requires(Permission.READ)
def show_run(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    return _render_run(request, run_id, wanted=request.GET.get("step", ""))


def _render_run(request: GuardedRequest, run_id: UUID, *, wanted: str, status: int = 200, **refused: Any) -> HttpResponse:
    run = get_run(request.principal, run_id)
    steps = list_steps(run)
    chosen = next((s for s in steps if s.path == wanted), None) or _worth_showing(steps)
    page = {
        "run": run,
        "rows": list_step_rows(steps),
        "chosen": chosen,
        "prompt": prompt_messages(chosen) if chosen else [],
        "reply": reply_text(chosen) if chosen else "",
        "approvals": list_approvals(request.principal, run_id=run_id),
        "tab": request.GET.get("tab", "steps"),
        "may_run": request.principal.may(Permission.RUN),
        "may_decide": request.principal.may(Permission.APPROVE),
        **refused,
    }
    if page["tab"] == "events":
        page |= _events_page(request, run_id)
    return render(request, "agents/run/body.html" if is_htmx(request) else "agents/run/detail.html", page, status=status)


def _events_page(request: GuardedRequest, run_id: UUID) -> dict[str, Any]:
    """One page of the journal: the events after ``?after=``, and where the next page begins."""
    given = request.GET.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 10 else 0
    events = list_events(request.principal, run_id, after=after, limit=EVENTS + 1)
    return {"events": events[:EVENTS], "after": after, "more": events[EVENTS - 1].seq if len(events) > EVENTS else 0}


@require_POST
@requires(Permission.RUN)
def stop_run(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    run = cancel_run(principal=request.principal, run_id=run_id)
    text = "The run had ended before it could be stopped." if run.ended and not run.cancel_requested_at else "Stopping."
    if is_htmx(request):
        return HttpResponse(status=204)
    return go_back(request, reverse("run_detail", args=[run_id]), text)


@require_POST
@requires(Permission.RUN)
def fork(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """With a ``result`` the step is not performed: what the person wrote stands as its result."""
    path, typed = request.POST.get("path", ""), request.POST.get("result")
    try:
        result = json.loads(typed) if typed is not None else None
    except json.JSONDecodeError as fault:
        refusal = f"This is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}. No run was started."
        return _render_run(request, run_id, wanted=path, status=422, refusal=refusal, typed=typed)
    edited = typed is not None
    forked = fork_run(principal=request.principal, run_id=run_id, path=path, result=result, use_result=edited)
    return redirect("run_detail", forked.id)


def _worth_showing(steps: list[Any]) -> Any:
    """The step that people look for first: the failed one, else the last that asked a model, else the last."""
    failed = next((s for s in reversed(steps) if s.status == "failed"), None)
    asked = next((s for s in reversed(steps) if s.kind == "model"), None)
    return failed or asked or (steps[-1] if steps else None)


def _one_of(request: GuardedRequest, name: str, allowed: Any) -> str | None:
    value = request.GET.get(name, "")
    return value if value in allowed else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment and moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
