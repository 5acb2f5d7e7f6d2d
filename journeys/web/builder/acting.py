"""What forms and buttons of the builder do to the draft. Everything works as a plain form; the script asks for the parts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.core.forms.tree import read_tree
from agents.services.definitions import get_definition, list_published
from agents.services.draft_history import recall_draft
from journeys.core.editing.draft import with_ids
from journeys.services.editing import EditConflict, Outcome, edit_draft, undo_edit
from journeys.web.builder.doing import read_button
from journeys.web.builder.page import build_page
from journeys.web.builder.parts import answer_parts, is_beside
from journeys.web.builder.saving import Posted, read_ops
from journeys.web.builder.selection import read_selection, select_path
from trust.core.errors import Conflict, Invalid, KaizenError
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_POST
@requires(Permission.BUILD)
def save_element(request: GuardedRequest, slug: str) -> HttpResponse:
    """The form of the inspector: what it changed becomes operations at the revision that it was drawn from."""
    journey = get_definition(request.principal, "journey", slug)
    at, tab, revision = request.POST.get("at", ""), request.POST.get("tab", ""), _revision(request)
    base = recall_draft(journey, revision) or journey.draft
    draft = with_ids(base)
    selection = read_selection(at, draft)
    tree = read_tree((key, str(value)) for key, value in request.POST.items())
    published = list_published(request.principal.organization_id, "agent")
    focus = ""
    try:
        if str(selection) != at and at != "":
            raise Invalid(problems=[{"where": at, "message": "is not there any more: somebody removed or renamed it"}])
        ops, focus = read_ops(draft, Posted(selection, tab, tree, request.POST.get("do", "save"), published))
        outcome = edit_draft(principal=request.principal, slug=slug, revision=revision, ops=ops) if ops else None
    except (Conflict, Invalid) as refusal:
        return _refuse(request, slug, refusal)
    return _answer(request, slug, outcome, str(selection), focus=focus)


@require_POST
@requires(Permission.BUILD)
def do(request: GuardedRequest, slug: str) -> HttpResponse:
    """A button of the outline: an operation of the catalog, or a connection."""
    get_definition(request.principal, "journey", slug)
    try:
        outcome = edit_draft(principal=request.principal, slug=slug, revision=_revision(request), ops=read_button(request.POST))
    except (Conflict, Invalid) as refusal:
        return _refuse(request, slug, refusal)
    draft = with_ids(outcome.journey.draft)
    before = read_selection(request.POST.get("at", ""), draft)
    path = next((done.id for done in outcome.done if done.id), "")
    at = request.POST.get("at", "") if request.POST.get("stay") else str(select_path(path, draft, before))
    return _answer(request, slug, outcome, at)


@require_POST
@requires(Permission.BUILD)
def take_back(request: GuardedRequest, slug: str) -> HttpResponse:
    """Undo or redo of one's own newest change, as a button."""
    try:
        outcome = undo_edit(principal=request.principal, slug=slug, redo=request.POST.get("way") == "redo")
    except (Conflict, Invalid) as refusal:
        return _refuse(request, slug, refusal)
    return _answer(request, slug, outcome, request.POST.get("at", ""))


def _answer(request: GuardedRequest, slug: str, outcome: Outcome | None, at: str, *, focus: str = "") -> HttpResponse:
    told = "; ".join((done.label, *done.removed)[0] for done in outcome.done) if outcome else ""
    removed = [sentence for done in outcome.done for sentence in done.removed] if outcome else []
    said = f"{told}: {'; '.join(removed)}" if removed else told
    if request.headers.get("X-Part"):
        page = build_page(request, slug, at, request.POST.get("tab", ""), bare=is_beside(request), said=said, focus=focus)
        return answer_parts(request, page)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(_where(slug, at, request.POST.get("tab", "")) + (f"#{focus}" if focus else ""))


def _refuse(request: GuardedRequest, slug: str, refusal: KaizenError) -> HttpResponse:
    """The draft as it is now, with why nothing was saved; a conflict has its merge page."""
    merge = reverse("journey_merge", args=[slug, refusal.merge]) if isinstance(refusal, EditConflict) and refusal.merge else ""
    if not request.headers.get("X-Part"):
        if merge:
            return HttpResponseRedirect(merge)
        messages.error(request, refusal.message)
        return HttpResponseRedirect(_where(slug, request.POST.get("at", ""), request.POST.get("tab", "")))
    more: dict[str, Any] = {"refusal": refusal.message, "merge_url": merge}
    page = build_page(request, slug, request.POST.get("at", ""), request.POST.get("tab", ""), **more)
    return answer_parts(request, page, refusal.status)


def _where(slug: str, at: str, tab: str) -> str:
    return f"{reverse('journey_build', args=[slug])}?{urlencode({'at': at, 'tab': tab})}"


def _revision(request: GuardedRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1
