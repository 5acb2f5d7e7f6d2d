"""Pages of the intent laboratory: labels, a run by any model, and its report."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition, list_versions
from agents.services.models import list_providers
from journeys.core.lab.spec import Finding
from journeys.models import LabelledUtterance
from journeys.services.testing.comparing import compare_labs
from journeys.services.testing.lab import (
    add_utterances,
    delete_utterance,
    get_lab,
    label_turn,
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
    """Pasted lines with one label, a CSV file, or labels of real messages (``turn``, ``session/turn``, and ``label`` side by
    side)."""
    here = reverse("journey_intents", args=[slug])
    try:
        new = _label_heard(request) if "label" in request.POST else _add_given(request, slug)
    except UnicodeDecodeError:
        return go_back(request, here, "The file is no text in UTF-8.", "warning")
    except Invalid as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, f"{new} new utterance{'s' if new != 1 else ''}.", "success")


def _add_given(request: GuardedRequest, slug: str) -> int:
    upload, post = request.FILES.get("file"), request.POST
    if upload is not None:
        labelled, source = read_csv(upload.read(MOST_BYTES).decode()), "csv"
    else:
        labelled, source = read_lines(post.get("intent", ""), post.get("lines", ""), post.get("before", "")), "hand"
    return add_utterances(principal=request.principal, slug=slug, labelled=labelled, source=source)


def _label_heard(request: GuardedRequest) -> int:
    new = 0
    with transaction.atomic():
        for place, label in zip(request.POST.getlist("turn"), request.POST.getlist("label"), strict=False):
            session, _, turn = place.partition("/")
            if label and _is_uuid(session) and turn.isdecimal() and len(turn) < 9:
                new += label_turn(
                    principal=request.principal,
                    session_id=UUID(session),
                    turn=int(turn),
                    intent=label,
                    alone="alone" in request.POST,
                )
    return new


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@require_POST
@requires(Permission.BUILD)
def drop(request: GuardedRequest, slug: str, utterance_id: UUID) -> HttpResponse:
    delete_utterance(principal=request.principal, slug=slug, utterance_id=utterance_id)
    return go_back(request, reverse("journey_intents", args=[slug]), "The utterance is deleted.", "success")


@require_POST
@requires(Permission.RUN)
def run(request: GuardedRequest, slug: str) -> HttpResponse:
    """``provider`` once for each model that is to hear them, each with its ``model-<provider>``; several lead to their
    comparison."""
    version, post = request.POST.get("version", ""), request.POST
    try:
        with transaction.atomic():
            labs = [
                start_lab(
                    principal=request.principal,
                    slug=slug,
                    version=int(version) if version.isdecimal() and len(version) < 9 else None,
                    provider=provider,
                    model=post.get(f"model-{provider}", "").strip(),
                    pathways=[name for name in post.getlist("pathway") if name],
                )
                for provider in (dict.fromkeys(post.getlist("provider")) or [""])
            ]
    except Invalid as refusal:
        return go_back(request, reverse("journey_intents", args=[slug]), refusal.message, "warning")
    if len(labs) == 1:
        return redirect("journey_intent_run", slug, labs[0].id)
    query = urlencode({"run": [lab.id for lab in labs]}, doseq=True)
    return redirect(f"{reverse('journey_intent_comparison', args=[slug])}?{query}")


@require_GET
@requires(Permission.READ)
def show_comparison(request: GuardedRequest, slug: str) -> HttpResponse:
    """The measurements that ``?run=`` names, else the newest of each model."""
    ids = [UUID(text) for text in request.GET.getlist("run") if _is_uuid(text)]
    try:
        seen = compare_labs(request.principal, slug, ids)
    except Invalid as refusal:
        return go_back(request, reverse("journey_intents", args=[slug]), refusal.message, "warning")
    page = {"seen": seen, "journey": get_definition(request.principal, "journey", slug), "query": request.GET.urlencode()}
    template = "journeys/lab/comparison_body.html" if is_htmx(request) else "journeys/lab/comparison.html"
    return render(request, template, page)


@require_GET
@requires(Permission.READ)
def show_run(request: GuardedRequest, slug: str, lab_id: UUID) -> HttpResponse:
    view = get_lab(request.principal, slug, lab_id)
    failed = [f for f in map(Finding.model_validate, view.lab.findings or []) if f.error]
    page = {"view": view, "journey": view.lab.definition, "report": view.report, "failed": failed[:20]}
    template = "journeys/lab/run_body.html" if is_htmx(request) else "journeys/lab/run.html"
    return render(request, template, page)
