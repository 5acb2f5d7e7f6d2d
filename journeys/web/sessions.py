"""Forms of the playground that change something: open, write, retry, rename, delete."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_POST

from agents.services.files import store_file
from journeys.models import Message
from journeys.services.hand_over import request_person, withdraw_request
from journeys.services.inspector import get_inspector
from journeys.services.session_state import move_session, restore_field
from journeys.services.sessions import (
    delete_session,
    end_session,
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


@require_POST
@requires(Permission.RUN)
def ask_for_person(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    return _act(request, session_id, "A person was asked for.", request_person)


@require_POST
@requires(Permission.RUN)
def go_on(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    return _act(request, session_id, "The journey answers again.", withdraw_request)


@require_POST
@requires(Permission.RUN)
def end(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    return _act(request, session_id, "The session has ended.", end_session)


@require_POST
@requires(Permission.RUN)
def restore(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """One past value of a field of the context becomes its value again."""
    seq = request.POST.get("seq", "")
    number = int(seq) if seq.isascii() and seq.isdecimal() and len(seq) < 10 else -1
    field = request.POST.get("field", "")
    return _act(request, session_id, "Restored.", restore_field, field=field, seq=number)


@require_POST
@requires(Permission.RUN)
def move(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """To ``version``, or the published one; ``map-<pathway>`` says what takes the place of a pathway that is not there."""
    mapping = {name.removeprefix("map-"): str(value) for name, value in request.POST.items() if name.startswith("map-")}
    text = request.POST.get("version", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
    done = f"The session goes on with version {number}." if number else "The session goes on with the published version."
    return _act(request, session_id, done, move_session, version=number, mapping=mapping)


def _act(request: GuardedRequest, session_id: UUID, done: str, act: Callable[..., Any], **values: Any) -> HttpResponse:
    """Does one thing to a session and goes back to it with what came of it."""
    here = reverse("playground_session", args=[session_id])
    try:
        act(principal=request.principal, session_id=session_id, **values)
    except (Conflict, Invalid) as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, done, "success")


def _post(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """Stores the message under the id that the browser gave it; a form without one gets a fresh id."""
    client_id = request.POST.get("client_id") or str(uuid.uuid4())
    text = request.POST.get("text", "").strip()
    simulated = request.POST.get("simulate", "")
    try:
        files = [
            store_file(principal=request.principal, name=file.name or "", content=file.read()).pk
            for file in request.FILES.getlist("files")
        ]
        message = post_message(
            principal=request.principal,
            session_id=session_id,
            client_id=client_id,
            text=text,
            files=files,
            play={"simulate": simulated} if simulated else None,
        )
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
