"""The same words to several states of a journey, side by side: versions, the draft, other models. Two to four columns."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition, list_versions
from agents.services.models import list_providers
from journeys.services.inspector import Inspector, get_inspector
from journeys.services.sessions import open_session, post_message
from journeys.web.chat import chat_turns
from journeys.web.playing.opening import chosen
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back

FEWEST, MOST = 2, 4


@require_GET
@requires(Permission.READ)
def show_comparison(request: GuardedRequest, slug: str) -> HttpResponse:
    journey = get_definition(request.principal, "journey", slug)
    seen = [get_inspector(request.principal, session_id) for session_id in _ids(request.GET.getlist("s"))]
    page = {
        "journey": journey,
        "columns": [_column(request, found, seen) for found in seen],
        "versions": list_versions(request.principal, "journey", slug),
        "providers": [p for p in list_providers(request.principal) if p.configured],
        "sessions": [found.session for found in seen],
        "going": any(turn.run is not None and not turn.run.ended for found in seen for turn in found.turns),
        "ended": all(found.state.ended for found in seen),
        "numbers": range(1, MOST + 1),
        "may_write": request.principal.may(Permission.RUN),
        "client_id": str(uuid.uuid4()),
    }
    part = (
        "journeys/playground/compare_columns.html" if request.headers.get("HX-Request") else "journeys/playground/compare.html"
    )
    return render(request, part, page)


@require_POST
@requires(Permission.RUN)
def open_comparison(request: GuardedRequest, slug: str) -> HttpResponse:
    """One session for each chosen column; columns ``version-1`` to ``version-4``, each perhaps with ``provider-n``."""
    here = reverse("journey_compare", args=[slug])
    wanted = [
        {"version": request.POST[f"version-{n}"], "provider": request.POST.get(f"provider-{n}", "")}
        for n in range(1, MOST + 1)
        if request.POST.get(f"version-{n}")
    ]
    if len(wanted) < FEWEST:
        return go_back(request, here, "Choose at least two to compare.", "warning")
    try:
        opened = [
            open_session(principal=request.principal, slug=slug, **chosen(request.principal, slug, form)) for form in wanted
        ]
    except (Conflict, Invalid) as refusal:
        return go_back(request, here, refusal.message, "warning")
    return redirect(f"{here}?{urlencode([('s', session.id) for session in opened])}")


@require_POST
@requires(Permission.RUN)
def say_to_all(request: GuardedRequest, slug: str) -> HttpResponse:
    """The same message to every conversation that has not ended."""
    ids = _ids(request.POST.getlist("s"))
    here = f"{reverse('journey_compare', args=[slug])}?{urlencode([('s', each) for each in ids])}"
    text, client_id = request.POST.get("text", "").strip(), request.POST.get("client_id") or str(uuid.uuid4())
    try:
        for session_id in ids:
            if not get_inspector(request.principal, session_id).state.ended:
                post_message(principal=request.principal, session_id=session_id, client_id=client_id, text=text)
    except (Conflict, Invalid) as refusal:
        return go_back(request, here, refusal.message, "warning")
    return redirect(here)


def _column(request: GuardedRequest, seen: Inspector, all_seen: list[Inspector]) -> dict[str, Any]:
    turns = chat_turns(request.principal, seen)
    return {
        "seen": seen,
        "session": seen.session,
        "turns": [(turn, _differs(turn, n, all_seen)) for n, turn in enumerate(turns)],
    }


def _differs(turn: Any, position: int, all_seen: list[Inspector]) -> list[str]:
    """In what this turn went otherwise than the first column's: its way, or the fields that it changed."""
    first = all_seen[0].turns[position] if position < len(all_seen[0].turns) else None
    if first is None or not first.summary or not turn.seen.summary:
        return []
    told = []
    for words, keys in (("another way", ("pathway_before", "ran", "pathway")), ("other values", ("changed",))):
        if any(first.summary.get(key) != turn.seen.summary.get(key) for key in keys):
            told.append(words)
    return told


def _ids(given: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in dict.fromkeys(given)][:MOST]
    except ValueError:
        raise NotFound("There is no such session.") from None
