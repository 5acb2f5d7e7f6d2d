"""What a tester does in a session: another way from a turn on, an opinion, a jump, pins and breakpoints; its look as JSON."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from journeys.services.branches import branch_session
from journeys.services.feedback import give_feedback, withdraw_feedback
from journeys.services.sessions import get_session
from journeys.services.silence import let_silence_pass
from journeys.services.tester import jump_to, paint_session, set_debug
from journeys.services.testing.lab import label_turn
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back


@require_POST
@requires(Permission.RUN)
def branch(request: GuardedRequest, session_id: UUID, turn: int) -> HttpResponse:
    """Opens the branch; ``with`` may be ``draft`` to see how the draft answers."""
    try:
        opened = branch_session(
            principal=request.principal,
            session_id=session_id,
            turn=turn,
            text=request.POST.get("text", ""),
            draft=request.POST.get("with") == "draft",
        )
    except (Conflict, Invalid) as refusal:
        return go_back(request, _page(session_id), refusal.message, "warning")
    return redirect("playground_session", opened.id)


@require_POST
@requires(Permission.RUN)
def give_opinion(request: GuardedRequest, session_id: UUID, turn: int) -> HttpResponse:
    """``opinion`` is ``good``, ``bad`` or ``none``, which takes it back. ``label``: the intent that the message has, for the
    laboratory."""
    opinion = request.POST.get("opinion", "")
    try:
        if opinion == "none":
            withdraw_feedback(principal=request.principal, session_id=session_id, turn=turn)
            return go_back(request, _page(session_id), "Your opinion is taken back.", "success")
        if opinion not in ("good", "bad"):
            raise Invalid(problems=[{"where": "opinion", "message": "allowed are good, bad and none"}])
        give_feedback(
            principal=request.principal,
            session_id=session_id,
            turn=turn,
            good=opinion == "good",
            comment=request.POST.get("comment", ""),
            better=request.POST.get("better", ""),
        )
        if request.POST.get("label") and request.principal.may(Permission.BUILD):
            label_turn(
                principal=request.principal,
                session_id=session_id,
                turn=turn,
                intent=request.POST["label"],
                alone="alone" in request.POST,
                source="feedback",
            )
            return go_back(request, _page(session_id), "Your opinion is kept, and the laboratory has the message.", "success")
    except Invalid as refusal:
        return go_back(request, _page(session_id), refusal.message, "warning")
    return go_back(request, _page(session_id), "Thank you, your opinion is kept.", "success")


@require_POST
@requires(Permission.RUN)
def jump(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    try:
        jump_to(principal=request.principal, session_id=session_id, pathway=request.POST.get("pathway", ""))
    except (Conflict, Invalid) as refusal:
        return go_back(request, _page(session_id), refusal.message, "warning")
    return go_back(request, _page(session_id), "The conversation goes on there.", "success")


@require_POST
@requires(Permission.RUN)
def debug(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """The whole of the tester's wishes: ``breakpoint`` once for each agent, ``step``, and ``pins`` as a JSON object."""
    try:
        wishes: dict[str, Any] = {"breakpoints": request.POST.getlist("breakpoint"), "step": "step" in request.POST}
        wishes["pins"] = _object(request.POST.get("pins", ""))
        wishes["overrides"] = get_session(request.principal, session_id).debug.get("overrides", {})
        set_debug(principal=request.principal, session_id=session_id, debug=wishes)
    except Invalid as refusal:
        return go_back(request, _page(session_id), refusal.message, "warning")
    return go_back(request, _page(session_id) + "?tab=debug", "Set for the turns to come.", "success")


@require_POST
@requires(Permission.RUN)
def silence(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """As if nobody had written for a long time."""
    try:
        let_silence_pass(principal=request.principal, session_id=session_id)
    except Conflict as refusal:
        return go_back(request, _page(session_id), refusal.message, "warning")
    return go_back(request, _page(session_id), "The silence is over.", "success")


@require_GET
@requires(Permission.READ)
def paint(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    return JsonResponse(paint_session(request.principal, session_id))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise Invalid(problems=[{"where": "pins", "message": f"is not JSON: {error}"}]) from None
    if not isinstance(found, dict):
        raise Invalid(problems=[{"where": "pins", "message": "must be a JSON object: agent id -> its outputs"}])
    return found


def _page(session_id: UUID) -> str:
    return reverse("playground_session", args=[session_id])
