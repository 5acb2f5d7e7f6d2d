"""Pages and parts of the playground that read: the page, one turn, the inspector, the steps of a turn, suggestions."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from agents.services.definitions import get_definition, list_versions, version_spec
from agents.services.models import describe_model, list_providers
from agents.services.reading import list_step_rows
from journeys.services.inspector import Inspector, get_inspector, get_turn
from journeys.services.personas import list_personas
from journeys.services.sessions import list_sessions
from journeys.services.testing.lab import list_intents
from journeys.web.chat import SHOWN, chat_turns
from journeys.web.framing import in_frame
from journeys.web.inspector import chosen_tab, inspector_page
from journeys.web.map import draw_map
from trust.core.errors import NotFound
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.READ)
def show_playground(request: GuardedRequest, slug: str) -> HttpResponse:
    """A journey without a chosen session: writing the first message opens one."""
    journey = get_definition(request.principal, "journey", slug)
    if journey.published is None:
        return render(request, "journeys/playground/unpublished.html", {"journey": journey})
    spec: Any = version_spec(journey.published)
    page = {
        "spec": spec,
        "map": draw_map(spec),
        "greeting": spec.greeting,
        "suggestions": list(spec.pathway(spec.entry).suggestions),
        "post_url": reverse("session_open_with_message", args=[slug]),
        "may_write": request.principal.may(Permission.RUN),
    }
    return render(request, "journeys/playground/page.html", page | _frame(request, journey))


@require_GET
@requires(Permission.READ)
def show_session(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    seen = get_inspector(request.principal, session_id)
    first = 0 if "all" in request.GET else max(0, len(seen.turns) - SHOWN)
    page = chat_page(request, seen)
    page |= {"turns": chat_turns(request.principal, seen, first), "earlier": first}
    page |= inspector_page(seen, chosen_tab(request.GET.get("tab", "")))
    if is_embedded(request):
        page |= {"journey": seen.session.definition, "client_id": str(uuid.uuid4())}
        return in_frame(render(request, "journeys/playground/embed.html", page))
    page |= _frame(request, seen.session.definition)
    return render(request, "journeys/playground/page.html", page)


def is_embedded(request: GuardedRequest) -> bool:
    """Whether only the chat is asked for, for a frame of the builder; what is opened inside that frame stays there."""
    return "embed" in request.GET or request.headers.get("Sec-Fetch-Dest") == "iframe"


@require_GET
@requires(Permission.READ)
def show_turn(request: GuardedRequest, session_id: UUID, run_id: UUID) -> HttpResponse:
    seen = get_inspector(request.principal, session_id)
    turn = next((t for t in seen.turns if t.run is not None and t.run.id == run_id), None)
    if turn is None:
        raise NotFound(f"The session {session_id} has no turn {run_id}.")
    return render_turn(request, seen, turn)


@require_GET
@requires(Permission.READ)
def show_steps(request: GuardedRequest, session_id: UUID, run_id: UUID) -> HttpResponse:
    turn = get_turn(request.principal, session_id, run_id)
    return render(request, "journeys/playground/turn_steps.html", {"rows": list_step_rows(turn.steps()), "run": turn.run})


@require_GET
@requires(Permission.READ)
def show_inspector(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    seen = get_inspector(request.principal, session_id)
    page = chat_page(request, seen) | inspector_page(seen, chosen_tab(request.GET.get("tab", "")))
    return render(request, "journeys/playground/inspector.html", page)


@require_GET
@requires(Permission.READ)
def show_suggestions(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    seen = get_inspector(request.principal, session_id)
    response = render(request, "journeys/playground/suggestions.html", chat_page(request, seen))
    response["X-Session-Ended"] = "true" if seen.session.status == "ended" else "false"
    return response


def render_turn(request: GuardedRequest, seen: Inspector, turn: Any) -> HttpResponse:
    """The part of the page that is one turn, as the live page puts it in its place."""
    drawn = next(t for t in chat_turns(request.principal, seen, seen.turns.index(turn)) if t.seen is turn)
    template = "journeys/playground/turn.html" if drawn.run else "journeys/playground/turn_kept.html"
    return render(request, template, chat_page(request, seen) | {"turn": drawn})


def chat_page(request: GuardedRequest, seen: Inspector) -> dict[str, Any]:
    """What every part of a conversation's chat needs."""
    session = seen.session
    at_work = any(turn.run is not None and not turn.run.ended for turn in seen.turns)
    return {
        "session": session,
        "spec": seen.spec,
        "greeting": seen.greeting,
        "opening": seen.opening,
        "suggestions": () if at_work else seen.suggestions,
        "post_url": reverse("session_post", args=[session.id]),
        "here": reverse("playground_session", args=[session.id]),
        "may_write": session.owner == request.principal.ref and request.principal.may(Permission.RUN),
        "may_decide": request.principal.may(Permission.APPROVE),
        "labels": list_intents(request.principal, session.slug) if request.principal.may(Permission.BUILD) else [],
    }


def _frame(request: GuardedRequest, journey: Any) -> dict[str, Any]:
    """What stands around the chat: the journey, the person's sessions, the model that answers."""
    query = request.GET.get("q", "").strip()
    sessions = [s for s in list_sessions(request.principal, journey.slug) if query.lower() in s.title.lower()]
    return {
        "journey": journey,
        "sessions": sessions,
        "query": query,
        "pane": _pane(request),
        "client_id": str(uuid.uuid4()),
        "model": describe_model(request.principal),
        "versions": list_versions(request.principal, "journey", journey.slug),
        "personas": list_personas(request.principal, journey.slug),
        "providers": [p for p in list_providers(request.principal) if p.configured],
        "may_build": request.principal.may(Permission.BUILD),
    }


def _pane(request: GuardedRequest) -> str:
    """Which of the three columns a phone shows: the one asked for; an inspector's tab means the inspector."""
    wanted = request.GET.get("pane", "inspector" if "tab" in request.GET else "chat")
    return wanted if wanted in ("sessions", "chat", "inspector") else "chat"
