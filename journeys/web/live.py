"""Live conversations: the list of those that a person may take over, and one of them as the operator sees and answers it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_POST

from journeys.models import Session
from journeys.services.hand_over import (
    get_conversation,
    hand_back,
    list_conversation_messages,
    list_conversations,
    take_over,
    write_as_human,
)
from journeys.services.sessions import session_spec
from journeys.services.summary import draft_summary
from journeys.web.chat import pathway_title
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx


@require_GET
@requires(Permission.APPROVE)
def show_list(request: GuardedRequest) -> HttpResponse:
    page = {"conversations": list_conversations(request.principal)}
    template = "journeys/live/rows.html" if is_htmx(request) else "journeys/live/list.html"
    return render(request, template, page)


@require_GET
@requires(Permission.APPROVE)
def show_conversation(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    session = get_conversation(request.principal, session_id)
    page = {
        "session": session,
        "said": list_conversation_messages(request.principal, session_id),
        "pathway": pathway_title(session_spec(session), session.state["pathway"]),
        "context": session.state.get("context", {}),
        "mine": session.handling == "human" and session.operator == request.principal.ref,
        "may_hand_back": session.operator == request.principal.ref or request.principal.may(Permission.ADMIN),
        "client_id": str(uuid.uuid4()),
    }
    template = "journeys/live/talk.html" if is_htmx(request) else "journeys/live/conversation.html"
    return render(request, template, page)


@require_POST
@requires(Permission.APPROVE)
def take(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    return _act(request, session_id, "You have the conversation. The assistant is silent.", take_over)


@require_POST
@requires(Permission.APPROVE)
def give_back(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    summary = request.POST.get("summary", "")
    return _act(request, session_id, "Handed back. The assistant answers again.", hand_back, summary=summary)


@require_POST
@requires(Permission.APPROVE)
def write(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    text, client_id = request.POST.get("text", "").strip(), request.POST.get("client_id") or str(uuid.uuid4())
    try:
        write_as_human(principal=request.principal, session_id=session_id, client_id=client_id, text=text)
    except (Conflict, Invalid) as refusal:
        if is_htmx(request):
            return HttpResponse(escape(refusal.message), status=refusal.status, content_type="text/plain")
        return go_back(request, reverse("live_conversation", args=[session_id]), refusal.message, "warning")
    return show_conversation_again(request, session_id)


@require_POST
@requires(Permission.APPROVE)
def draft(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """A model's draft of the summary, for the form that hands back."""
    try:
        return JsonResponse({"summary": draft_summary(principal=request.principal, session_id=session_id)})
    except (Conflict, Invalid) as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)


def show_conversation_again(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """The part for the live page; the whole page for a plain form."""
    if not is_htmx(request):
        return redirect("live_conversation", session_id)
    return HttpResponse(status=204)  # the page hears of its own message as it hears of every other


def _act(request: GuardedRequest, session_id: UUID, done: str, act: Callable[..., Session], **values: Any) -> HttpResponse:
    here = reverse("live_conversation", args=[session_id])
    try:
        act(principal=request.principal, session_id=session_id, **values)
    except (Conflict, Invalid) as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, done, "success")
