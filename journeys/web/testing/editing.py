"""Pages that make and change test cases: by hand, from a session, and the small forms of the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.services.definitions import get_definition
from journeys.services.sessions import get_session
from journeys.services.testing.cases import (
    case_of,
    create_test,
    delete_test,
    duplicate_test,
    enable_test,
    export_tests,
    get_test,
    import_tests,
    update_test,
)
from journeys.services.testing.making import suggest_test
from journeys.web.testing.form import CaseForm, apply_button, draw, form_of, parse_form, read_form
from trust.core.errors import Conflict, Invalid, Problem
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back

MOST_BYTES = 1_000_000


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def new(request: GuardedRequest, slug: str) -> HttpResponse:
    """An empty case, and the case that a form sends: stored by *Save*, drawn again by every other button."""
    journey = get_definition(request.principal, "journey", slug)
    if request.method == "GET":
        return _page(request, journey, CaseForm(), {})
    form, act = read_form(request.POST), request.POST.get("act", "save")
    session = request.POST.get("session", "")
    if act != "save":
        apply_button(form, act, request.POST)
        return _page(request, journey, form, {"session": session})
    try:
        case = parse_form(form)
        if session:
            found = get_session(request.principal, UUID(session))
            create_test(principal=request.principal, slug=slug, case=case, source="session", session_id=found.id)
        else:
            create_test(principal=request.principal, slug=slug, case=case)
    except (Invalid, Conflict, ValueError) as refusal:
        return _page(request, journey, form, {"session": session, "problems": _problems(refusal)}, status=422)
    return go_back(request, reverse("journey_tests", args=[slug]), f"The test “{case.name}” is saved.", "success")


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def edit(request: GuardedRequest, slug: str, test_id: UUID) -> HttpResponse:
    test = get_test(request.principal, slug, test_id)
    if request.method == "GET":
        return _page(request, test.definition, form_of(case_of(test)), {"test": test})
    form, act = read_form(request.POST), request.POST.get("act", "save")
    if act != "save":
        apply_button(form, act, request.POST)
        return _page(request, test.definition, form, {"test": test})
    try:
        case = parse_form(form)
        update_test(principal=request.principal, slug=slug, test_id=test_id, case=case)
    except (Invalid, Conflict) as refusal:
        return _page(request, test.definition, form, {"test": test, "problems": _problems(refusal)}, status=422)
    return go_back(request, reverse("journey_tests", args=[slug]), f"The test “{case.name}” is saved.", "success")


@require_GET
@requires(Permission.BUILD)
def from_session(request: GuardedRequest, session_id: UUID) -> HttpResponse:
    """The suggested case of a session (``?turn=`` ends it there) in the form; nothing is stored before *Save*."""
    turn = request.GET.get("turn", "")
    try:
        slug, case = suggest_test(
            request.principal, session_id, last_turn=int(turn) if turn.isdecimal() and len(turn) < 9 else None
        )
    except Invalid as refusal:
        messages.warning(request, refusal.message)
        return redirect("playground_session", session_id)
    journey = get_definition(request.principal, "journey", slug)
    return _page(request, journey, form_of(case), {"session": str(session_id)})


@require_POST
@requires(Permission.BUILD)
def change(request: GuardedRequest, slug: str, test_id: UUID) -> HttpResponse:
    """The small buttons of the list: ``enable``, ``disable``, ``duplicate``, ``delete``."""
    act, who = request.POST.get("act", ""), request.principal
    here = reverse("journey_tests", args=[slug])
    name = get_test(who, slug, test_id).name
    if act in ("enable", "disable"):
        enable_test(principal=who, slug=slug, test_id=test_id, enabled=act == "enable")
        return go_back(request, here, f"“{name}” is switched {'on' if act == 'enable' else 'off'}.", "success")
    if act == "duplicate":
        copy = duplicate_test(principal=who, slug=slug, test_id=test_id)
        return redirect("journey_test_edit", slug, copy.id)
    if act == "delete":
        delete_test(principal=who, slug=slug, test_id=test_id)
        return go_back(request, here, f"“{name}” is deleted.", "success")
    return go_back(request, here, f"There is no button {act!r}.", "warning")


@require_GET
@requires(Permission.READ)
def export(request: GuardedRequest, slug: str) -> HttpResponse:
    response = HttpResponse(export_tests(request.principal, slug), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-tests.yaml"'
    return response


@require_POST
@requires(Permission.BUILD)
def import_(request: GuardedRequest, slug: str) -> HttpResponse:
    """A file, or pasted text."""
    here, upload = reverse("journey_tests", args=[slug]), request.FILES.get("file")
    text = request.POST.get("yaml", "")
    try:
        if upload is not None:
            text = upload.read(MOST_BYTES + 1).decode()
        done = import_tests(principal=request.principal, slug=slug, text=text)
    except UnicodeDecodeError:
        return go_back(request, here, "The file is no text in UTF-8.", "warning")
    except (Invalid, Conflict) as refusal:
        return go_back(request, here, refusal.message, "warning")
    told = f"{len(done.created)} new, {len(done.changed)} changed, {len(done.same)} as they were."
    return go_back(request, here, told, "success")


def _page(request: GuardedRequest, journey: Any, form: CaseForm, more: dict[str, Any], status: int = 200) -> HttpResponse:
    page = {"journey": journey, "lists": _lists(journey.draft), **draw(form), **more}
    return render(request, "journeys/testing/edit.html", page, status=status)


def _problems(refusal: Exception) -> list[Problem]:
    found = getattr(refusal, "problems", None)
    return found or [{"where": "", "message": str(refusal)}]


def _lists(draft: dict[str, Any]) -> dict[str, list[str]]:
    """Suggestions for parameters, from the draft as it stands, whatever its shape."""
    pathways = [p for p in _items(draft.get("pathways")) if isinstance(p, dict)]
    transitions = [t for t in _items(draft.get("transitions")) if isinstance(t, dict)]
    agents = draft.get("agents") if isinstance(draft.get("agents"), dict) else {}
    uses = [use for a in agents.values() if isinstance(a, dict) for use in _items(a.get("tools"))]  # type: ignore[union-attr]
    found = {
        "pathway": [p.get("id") for p in pathways],
        "transition": [t.get("id") or f"t{n}" for n, t in enumerate(transitions, 1)],
        "intent": [i for t in transitions if isinstance(t.get("trigger"), dict) for i in _items(t["trigger"].get("intents"))],
        "field": [f for p in pathways for f in _items(p.get("accumulate"))],
        "tool": [use.get("name") for use in uses if isinstance(use, dict)],
    }
    return {name: list(dict.fromkeys(v for v in values if isinstance(v, str) and v)) for name, values in found.items()}


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
