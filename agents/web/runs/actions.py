"""What people do with a run from its page: stop, resume, fork, replay, export. Each is a plain form or link."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.core.spec.errors import InvalidValues
from agents.models.run import Run
from agents.services.evidence import export_run
from agents.services.forks import fork_with_arguments, fork_with_inputs
from agents.services.replay import replay_run
from agents.services.runs import cancel_run, fork_run, resume_run
from agents.web.runs.page import render_run
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx


@require_POST
@requires(Permission.RUN)
def stop_run(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """At once, or with ``mode=graceful`` when the step that is under way is finished."""
    mode = "graceful" if request.POST.get("mode") == "graceful" else "immediate"
    run = cancel_run(principal=request.principal, run_id=run_id, mode=mode)
    if is_htmx(request):
        return HttpResponse(status=204)
    return go_back(request, reverse("run_detail", args=[run_id]), _stop_words(run))


@require_POST
@requires(Permission.RUN)
def resume(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """A new run that goes on where this one stopped or failed; its page opens."""
    try:
        found = resume_run(principal=request.principal, run_id=run_id)
    except Conflict as fault:
        return go_back(request, reverse("run_detail", args=[run_id]), fault.message, "warning")
    return go_back(request, reverse("run_detail", args=[found.id]), "This run goes on where the other one stopped.", "success")


@require_POST
@requires(Permission.RUN)
def fork(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """A new run from a step: done again, with a ``result`` that a person wrote, or with other ``arguments``; or, with
    ``inputs``, from the very start."""
    path = request.POST.get("path", "")
    field = next((name for name in ("result", "arguments", "inputs") if name in request.POST), "")
    typed = request.POST.get(field, "")
    try:
        value = json.loads(typed) if field else None
        forked = _fork(request, run_id, path, field, value)
    except json.JSONDecodeError as fault:
        refusal = f"This is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}. No run was started."
    except (Invalid, InvalidValues) as fault:
        refusal = f"{_told(fault)} No run was started."
    else:
        return redirect("run_detail", forked.id)
    return render_run(request, run_id, step=path, status=422, fork_refusal=refusal, fork_field=field, typed=typed)


@require_POST
@requires(Permission.RUN)
def replay(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """Executes the recorded run once more without touching the world, and shows what that came to above its page."""
    try:
        return render_run(request, run_id, replayed=replay_run(principal=request.principal, run_id=run_id))
    except Conflict as fault:
        return render_run(request, run_id, status=409, replay_refusal=fault.message)


@require_GET
@requires(Permission.READ)
def export(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    document = json.dumps(export_run(request.principal, run_id), indent=2, ensure_ascii=False)
    name = f"run-{run_id}.json"
    return HttpResponse(document, "application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _stop_words(run: Run) -> str:
    if run.ended:
        return "The run is stopped." if run.cancel_requested_at else "The run had ended before it could be stopped."
    graceful = (run.stop or {}).get("mode") == "graceful"
    return "The step that is under way is finished, then the run stops." if graceful else "Stopping."


def _fork(request: GuardedRequest, run_id: UUID, path: str, field: str, value: Any) -> Any:
    principal = request.principal
    if field == "inputs":
        return fork_with_inputs(principal=principal, run_id=run_id, inputs=value)
    if field == "arguments":
        return fork_with_arguments(principal=principal, run_id=run_id, path=path, arguments=value)
    return fork_run(principal=principal, run_id=run_id, path=path, result=value, use_result=field == "result")


def _told(fault: Invalid | InvalidValues) -> str:
    problems = "; ".join(f"{p['where']}: {p['message']}" for p in fault.problems)
    return f"{problems}." if problems else str(fault)
