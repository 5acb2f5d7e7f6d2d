"""What the builder's scripts ask: the state as JSON, edits at a revision, undo, and who is there. Draws nothing."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition
from journeys.services.builder import describe_draft, describe_palette, tell_presence
from journeys.services.editing import EditConflict, Outcome, edit_draft, undo_edit
from journeys.services.presence import leave_presence, note_presence
from trust.core.errors import Conflict, Invalid, KaizenError
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.problems import build_problem


@require_GET
@requires(Permission.BUILD)
def show_state(request: GuardedRequest, slug: str) -> HttpResponse:
    """Everything a builder draws: ``describe_draft`` and the palette."""
    state = describe_draft(principal=request.principal, slug=slug, tab=request.GET.get("tab", ""))
    return JsonResponse(state | {"palette": describe_palette(request.principal)})


@require_POST
@requires(Permission.BUILD)
def edit(request: GuardedRequest, slug: str) -> HttpResponse:
    """``{"revision", "ops", "layout"?, "label"?, "tab"?}`` to the new state and what was done; else a problem document."""
    get_definition(request.principal, "journey", slug)
    try:
        body = _read(request)
        outcome = edit_draft(
            principal=request.principal,
            slug=slug,
            revision=_number(body.get("revision")),
            ops=body.get("ops", []),
            layout=body["layout"] if isinstance(body.get("layout"), dict) else None,
            label=str(body.get("label", "")),
        )
    except (Conflict, Invalid) as refusal:
        return _refuse(request, slug, refusal)
    return _answer(request, slug, outcome, str(body.get("tab", "")))


@require_POST
@requires(Permission.BUILD)
def undo(request: GuardedRequest, slug: str) -> HttpResponse:
    """``{"redo"?: true}``: takes back one's own newest change, or does it again."""
    get_definition(request.principal, "journey", slug)
    try:
        body = _read(request)
        outcome = undo_edit(principal=request.principal, slug=slug, redo=body.get("redo") is True)
    except (Conflict, Invalid) as refusal:
        return _refuse(request, slug, refusal)
    return _answer(request, slug, outcome, str(body.get("tab", "")))


@require_POST
@requires(Permission.BUILD)
def be_present(request: GuardedRequest, slug: str) -> HttpResponse:
    """``{"tab", "element", "gone"?}``: a heartbeat every ten seconds; answers who is there and the draft's revision."""
    journey = get_definition(request.principal, "journey", slug)
    try:
        body = _read(request)
    except Invalid as refusal:
        return _refuse(request, slug, refusal)
    tab, element = str(body.get("tab", "")), str(body.get("element", ""))
    if body.get("gone") is True:
        leave_presence(principal=request.principal, slug=slug, tab=tab)
        return HttpResponse(status=204)
    people = note_presence(principal=request.principal, slug=slug, tab=tab, element=element)
    told = [tell_presence(one, request.principal, tab) for one in people]
    return JsonResponse({"presence": told, "revision": journey.draft_revision, "saved_by": journey.draft_changed_by_label})


def _answer(request: GuardedRequest, slug: str, outcome: Outcome, tab: str) -> HttpResponse:
    state = describe_draft(principal=request.principal, slug=slug, tab=tab)
    done = [{"label": done.label, "id": done.id, "removed": list(done.removed)} for done in outcome.done]
    return JsonResponse(state | {"done": done})


def _refuse(request: GuardedRequest, slug: str, refusal: KaizenError) -> HttpResponse:
    """A problem document; a conflict also says who, where, and under which address it can be merged."""
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    answer = build_problem(
        request, status=refusal.status, code=refusal.code, title=refusal.title, detail=refusal.message, problems=problems
    )
    if isinstance(refusal, EditConflict):
        merge = str(refusal.merge) if refusal.merge else ""
        told = {"who": refusal.who, "at": refusal.at.isoformat(), "places": list(refusal.places), "merge": merge}
        told["merge_url"] = reverse("journey_merge", args=[slug, merge]) if merge else ""
        answer.content = json.dumps(json.loads(answer.content) | told).encode()
    return answer


def _read(request: GuardedRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Invalid(problems=[{"where": "body", "message": "must be a JSON object"}])
    return body


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
