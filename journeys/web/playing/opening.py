"""The form that opens a session - with which state of the journey, as whom, by which model - and the personas beside it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from journeys.services.personas import delete_persona, get_persona, save_persona
from journeys.services.played import find_played
from journeys.services.sessions import open_session
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back

VARIABLE = "var-"


@require_POST
@requires(Permission.RUN)
def open_new(request: GuardedRequest, slug: str) -> HttpResponse:
    here = reverse("playground", args=[slug])
    try:
        session = open_session(principal=request.principal, slug=slug, **chosen(request.principal, slug, request.POST))
    except (Conflict, Invalid) as refusal:
        return go_back(request, here, refusal.message, "warning")
    return redirect("playground_session", session.id)


@require_POST
@requires(Permission.BUILD)
def save(request: GuardedRequest, slug: str) -> HttpResponse:
    here = reverse("playground", args=[slug])
    try:
        values = read_variables(request.principal, slug, request.POST)
        persona = save_persona(principal=request.principal, slug=slug, name=request.POST.get("name", ""), variables=values)
    except Invalid as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, f"{persona.name} is kept as a persona.", "success")


@require_POST
@requires(Permission.BUILD)
def delete(request: GuardedRequest, slug: str) -> HttpResponse:
    here = reverse("playground", args=[slug])
    try:
        delete_persona(principal=request.principal, slug=slug, name=request.POST.get("name", ""))
    except NotFound as refusal:
        return go_back(request, here, refusal.message, "warning")
    return go_back(request, here, "The persona is deleted.", "success")


def chosen(principal: Principal, slug: str, form: Any) -> dict[str, Any]:
    """What the form says of the session to be opened, as ``open_session`` takes it."""
    which = form.get("version", "")
    found: dict[str, Any] = {"draft": which == "draft"}
    if which.isascii() and which.isdecimal() and len(which) < 10:
        found["version"] = int(which)
    if form.get("provider"):
        found["model"] = {"provider": form["provider"], "model": form.get("model", "")}
    if form.get("persona"):
        persona = get_persona(principal, slug, form["persona"])
        return found | {"variables": persona.variables, "context": persona.context}
    return found | {"variables": read_variables(principal, slug, form, **_of(found))}


def read_variables(
    principal: Principal, slug: str, form: Any, *, version: int | None = None, draft: bool = False
) -> dict[str, Any]:
    """The fields ``var-<name>`` that are filled in; texts of other types than text are read as JSON."""
    given = {name.removeprefix(VARIABLE): str(form[name]).strip() for name in form if name.startswith(VARIABLE)}
    given = {name: text for name, text in given.items() if text}
    if not given:
        return {}
    fields = {field.name: field for field in find_played(principal, slug, version=version, draft=draft).spec.variables}
    return {name: _read(fields[name].type.kind, text) if name in fields else text for name, text in given.items()}


def _of(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("version", "draft") if name in found}


def _read(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text  # the check of the variable says what it wants
