"""Importing a journey from a file: what it needs that is not here is bound first, then it becomes a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from journeys.services.transfer import ImportPlan, import_journey, plan_import
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

MOST = 2_000_000
UNDECIDED = "?"  # nothing was chosen yet


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def import_file(request: GuardedRequest) -> HttpResponse:
    """GET asks for the file; POST reads it and shows what to bind; with ``do=import`` it is imported."""
    if request.method == "GET":
        return _page(request)
    text = _text(request)
    plan = plan_import(principal=request.principal, text=text)
    if plan.problems or request.POST.get("do") != "import":
        return _page(request, text=text, plan=plan, status=422 if plan.problems else 200)
    bindings = {
        name.removeprefix("bind:"): str(value)
        for name, value in request.POST.items()
        if name.startswith("bind:") and value != UNDECIDED
    }
    slug = request.POST.get("slug", "").strip()
    try:
        journey = import_journey(principal=request.principal, text=text, slug=slug, bindings=bindings)
    except Invalid as refusal:
        return _page(request, text=text, plan=plan, bindings=bindings, slug=slug, status=422, refusals=refusal.problems)
    except Conflict as refusal:
        told = [{"where": "slug", "message": refusal.message}]
        return _page(request, text=text, plan=plan, bindings=bindings, slug=slug, status=409, refusals=told)
    messages.success(request, f"{journey.name} was imported as a draft. Nothing is published yet.")
    return redirect("journey_detail", journey.slug)


def _text(request: GuardedRequest) -> str:
    file: Any = request.FILES.get("file")
    if file is None:
        return str(request.POST.get("text", ""))
    return str(file.read(MOST * 4 + 1).decode("utf-8", errors="replace"))


def _page(
    request: GuardedRequest,
    *,
    text: str = "",
    plan: ImportPlan | None = None,
    bindings: dict[str, str] | None = None,
    slug: str = "",
    status: int = 200,
    refusals: Any = (),
) -> HttpResponse:
    given = bindings or {}
    rows = [{"need": need, "chosen": given.get(need.key, UNDECIDED)} for need in plan.needs] if plan else []
    wanted = slug or (_slug(plan.name) if plan else "")
    page = {"text": text, "plan": plan, "rows": rows, "slug": wanted, "refusals": refusals}
    return render(request, "journeys/journey/import.html", page, status=status)


def _slug(name: str) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return "-".join(word for word in words.split("-") if word)[:100] or "journey"
