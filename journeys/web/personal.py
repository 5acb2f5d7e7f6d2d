"""The page of personal data: who has talked here, their export, and erasing them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from journeys.services.personal import erase_person, export_person_zip, list_erasures, list_people_of_sessions
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.ADMIN)
def show_people(request: GuardedRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip().lower()
    people = list_people_of_sessions(request.principal)
    found = [each for each in people if query in f"{each['who']} {each['label']}".lower()]
    page = {"people": found, "query": query, "erasures": list_erasures(request.principal)}
    return render(request, "journeys/personal/page.html", page)


@require_GET
@requires(Permission.ADMIN)
def export(request: GuardedRequest) -> HttpResponse:
    """A zip with ``person.json`` and the files."""
    content = export_person_zip(request.principal, request.GET.get("who", ""))
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="person.zip"'
    return answer


@require_POST
@requires(Permission.ADMIN)
def erase(request: GuardedRequest) -> HttpResponse:
    who, confirmed = request.POST.get("who", ""), request.POST.get("confirm", "")
    if confirmed != who:
        messages.warning(request, "Nothing was erased: type the person's reference exactly to confirm.")
        return redirect("people_data")
    try:
        done = erase_person(principal=request.principal, who=who, reason=request.POST.get("reason", "").strip())
    except (Conflict, Invalid, NotFound) as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"Erased: {', '.join(f'{count} {name}' for name, count in done.counts.items())}.")
    return redirect("people_data")
