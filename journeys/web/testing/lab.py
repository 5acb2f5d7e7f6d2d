"""Pages of the intent laboratory: labels, a run by any model, and its report."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition, list_versions
from agents.services.models import list_providers
from journeys.core.lab.spec import Finding
from journeys.models import LabelledUtterance
from journeys.services.testing.lab import (
    add_utterances,
    delete_utterance,
    get_lab,
    list_heard,
    list_intents,
    list_labs,
    list_utterances,
    read_csv,
    read_lines,
    start_lab,
)
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx

MOST_BYTES = 2_000_000


@require_GET
@requires(Permission.READ)
def show_lab(request: GuardedRequest, slug: str) -> HttpResponse:
    who = request.principal
    journey = get_definition(who, "journey", slug)
    labels = list_intents(who, slug)
    by_intent: dict[str, list[LabelledUtterance]] = {label: [] for label in labels}
    for utterance in list_utterances(who, slug):
        by_intent.setdefault(utterance.intent, []).append(utterance)
    page = {
        "journey": journey,
        "labels": labels,
        "groups": [(name, each, name in labels) for name, each in by_intent.items()],
        "count": sum(map(len, by_intent.values())),
        "heard": list_heard(who, slug),
        "labs": list_labs(who, slug, limit=12),
        "versions": list(list_versions(who, "journey", slug)[:20]),
        "providers": [p for p in list_providers(who) if p.configured],
        "pathways": [p.get("id") for p in journey.draft.get("pathways", []) if isinstance(p, dict)],
        "may_build": who.may(Permission.BUILD),
        "may_run": who.may(Permission.RUN),
    }
    return render(request, "journeys/lab/page.html", page)


@require_POST
@requires(Permission.BUILD)
def add(request: GuardedRequest, slug: str) -> HttpResponse:
    """Pasted lines with one label, a CSV file, or labels of real messages (``text`` and ``label`` side by side)."""
    here, upload = reverse("journey_intents", args=[slug]), request.FILES.get("file")
    try:
        if upload is not None:
            labelled, source = read_csv(upload.read(MOST_BYTES).decode()), "csv"
        elif "label" in request.POST:
            pairs = zip(request.POST.getlist("text"), request.POST.getlist("label"), strict=False)
            labelled, source = [(text, label) for text, label in pairs if label], "session"
        else:
            labelled, source = read_lines(request.POST.get("intent", ""), request.POST.get("lines", "")), "hand"
        new = add_utterances(principal=request.principal, slug=slug, labelled=labelled, source=source)
    except UnicodeDecodeError:
        return go_back(request, here, "The file is no text in UTF-8.", "warning")
    except Invalid as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, f"{new} new utterance{'s' if new != 1 else ''}.", "success")


@require_POST
@requires(Permission.BUILD)
def drop(request: GuardedRequest, slug: str, utterance_id: UUID) -> HttpResponse:
    delete_utterance(principal=request.principal, slug=slug, utterance_id=utterance_id)
    return go_back(request, reverse("journey_intents", args=[slug]), "The utterance is deleted.", "success")


@require_POST
@requires(Permission.RUN)
def run(request: GuardedRequest, slug: str) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        lab = start_lab(
            principal=request.principal,
            slug=slug,
            version=int(version) if version.isdecimal() and len(version) < 9 else None,
            provider=request.POST.get("provider", ""),
            model=request.POST.get("model", "").strip(),
            pathways=[name for name in request.POST.getlist("pathway") if name],
        )
    except Invalid as refusal:
        return go_back(request, reverse("journey_intents", args=[slug]), refusal.message, "warning")
    return redirect("journey_intent_run", slug, lab.id)


@require_GET
@requires(Permission.READ)
def show_run(request: GuardedRequest, slug: str, lab_id: UUID) -> HttpResponse:
    view = get_lab(request.principal, slug, lab_id)
    failed = [f for f in map(Finding.model_validate, view.lab.findings or []) if f.error]
    page = {"view": view, "journey": view.lab.definition, "report": view.report, "failed": failed[:20]}
    template = "journeys/lab/run_body.html" if is_htmx(request) else "journeys/lab/run.html"
    return render(request, template, page)
