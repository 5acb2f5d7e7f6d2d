"""Forms of the playground that change something: open, write, retry, rename, delete."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_POST

from journeys.models import Message
from journeys.services.inspector import get_inspector
from journeys.services.sessions import (
    delete_session,
    get_session,
    open_session,
    post_message,
    rename_session,
    retry_turn,
)
from journeys.web.playground import render_turn
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx


@require_POST
@requires(Permission.RUN)
def open_new(request: GuardedRequest, slug: str) -> HttpResponse:
    return redirect("playground_session", open_session(principal=request.principal, slug=slug).id)


@require_POST
@requires(Permission.RUN)
def open_with_message(request: GuardedRequest, slug: str) -> HttpResponse:
    """The first message opens the session."""
    session = open_session(principal=request.principal, slug=slug)
    return _post(request, session.id)


@require_POST
@requires(Permission.RUN)
def post(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    return _post(request, session_id)


@require_POST
@requires(Permission.RUN)
def retry(request: GuardedRequest, session_id: UUID, run_id: UUID) -> HttpResponse:
    try:
        message = retry_turn(principal=request.principal, session_id=session_id, run_id=run_id)
    except Conflict as refusal:
        return go_back(request, reverse("playground_session", args=[session_id]), refusal.message, "warning")
    return _turn(request, session_id, message)


@require_POST
@requires(Permission.RUN)
def rename(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    here = reverse("playground_session", args=[session_id])
    try:
        rename_session(principal=request.principal, session_id=session_id, title=request.POST.get("title", ""))
    except Invalid as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, "Renamed.", "success")


@require_POST
@requires(Permission.RUN)
def delete(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    slug = get_session(request.principal, session_id).slug
    delete_session(principal=request.principal, session_id=session_id)
    return go_back(request, reverse("playground", args=[slug]), "The session is deleted.", "success")


def _post(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """Stores the message under the id that the browser gave it; a form without one gets a fresh id."""
    client_id = request.POST.get("client_id") or str(uuid.uuid4())
    text = request.POST.get("text", "").strip()
    try:
        message = post_message(principal=request.principal, session_id=session_id, client_id=client_id, text=text)
    except (Conflict, Invalid) as refusal:
        if is_htmx(request):
            return HttpResponse(escape(refusal.message), status=refusal.status, content_type="text/plain")
        return go_back(request, reverse("playground_session", args=[session_id]), refusal.message, "warning")
    return _turn(request, session_id, message)


def _turn(request: GuardedRequest, session_id: UUID, message: Message) -> HttpResponse:
    """The turn's part for the live page; the whole page for a plain form."""
    if not is_htmx(request):
        return redirect("playground_session", session_id)
    seen = get_inspector(request.principal, session_id)
    return render_turn(request, seen, next(turn for turn in seen.turns if turn.seq == message.seq))
