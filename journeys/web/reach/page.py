"""What the widget is made of: its script, its full-page form, and the page on which a journey's doors are opened."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET, require_POST

from agents.services.definitions import get_definition, version_spec
from journeys.services.environments import list_environments
from journeys.services.reach.deployments import addresses, get_deployment, look_of, make_secret, save_deployment
from journeys.services.reach.look import Look, Texts
from journeys.services.reach.snippets import snippets_of
from journeys.services.reach.visitors import find_widget
from journeys.web.reach.widget import own_origin
from trust.core.errors import Invalid, NotFound
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, public, requires

SCRIPT = ("js/widget/look.js", "js/widget/text.js", "js/widget/core.js")


@public
@require_GET
def script(request: HttpRequest, organization: str, slug: str) -> HttpResponse:
    """The one script that a page embeds. The same for every journey: it reads its own address."""
    _find(organization, slug)
    answer = HttpResponse(_script_text(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=300"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@public
@require_GET
@xframe_options_exempt
def page(request: HttpRequest, organization: str, slug: str) -> HttpResponse:
    """The chat as a page of its own: for a link, a one-time link, or a frame in an allowed page."""
    deployment = _find(organization, slug)
    look = look_of(deployment)
    answer = render(
        request,
        "journeys/reach/chat.html",
        {"title": look.title or deployment.definition.name, "language": look.language, "names": [organization, slug]},
    )
    answer._csp_replace = {"frame-ancestors": [*deployment.origins] or ["'none'"]}  # type: ignore[attr-defined]
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_GET
@requires(Permission.READ)
def show_deploy(request: GuardedRequest, slug: str) -> HttpResponse:
    return _deploy_page(request, slug)


@require_POST
@requires(Permission.BUILD)
def save(request: GuardedRequest, slug: str) -> HttpResponse:
    """One form for each part; a part changes only its own settings."""
    try:
        save_deployment(principal=request.principal, slug=slug, changes=_changes(request))
    except Invalid as refusal:
        return _deploy_page(request, slug, problems=refusal.problems, status=422)
    messages.success(request, "Saved.")
    return redirect("journey_deploy", slug)


@require_POST
@requires(Permission.BUILD)
def new_secret(request: GuardedRequest, slug: str) -> HttpResponse:
    """The secret is in this one answer only."""
    _, secret = make_secret(principal=request.principal, slug=slug)
    return _deploy_page(request, slug, secret=secret)


def _deploy_page(request: GuardedRequest, slug: str, status: int = 200, **more: Any) -> HttpResponse:
    journey = get_definition(request.principal, "journey", slug)
    deployment = get_deployment(request.principal, slug)
    where = addresses(request.principal, slug, own_origin(request))
    spec: Any = version_spec(journey.published) if journey.published else None
    context = {
        "journey": journey,
        "deployment": deployment,
        "look": look_of(deployment),
        "where": where,
        "snippets": snippets_of(spec, slug, where) if spec else [],
        "texts": look_of(deployment).texts.model_dump(),
        "schemes": ("auto", "light", "dark"),
        "positions": ("right", "left"),
        "environments": list_environments(principal=request.principal, slug=slug),
        "may_build": request.principal.may(Permission.BUILD),
        **more,
    }
    return render(request, "journeys/reach/deploy.html", context, status=status)


def _changes(request: HttpRequest) -> dict[str, Any]:
    form = request.POST
    part = form.get("part", "")
    if part == "doors":
        return {"environment": form.get("environment", "")}
    if part == "widget":
        origins = [line for line in form.get("origins", "").splitlines() if line.strip()]
        return {"widget_on": "widget_on" in form, "anonymous": "anonymous" in form, "origins": origins}
    if part == "look":
        look = {name: form.get(name, "") for name in ("title", "colour", "scheme", "position", "greeting", "language")}
        starters = [line.strip() for line in form.get("starters", "").splitlines() if line.strip()]
        texts = {name: form.get(f"text-{name}", "") or field.default for name, field in Texts.model_fields.items()}
        whole = {**look, "starters": starters, "offer_person": "offer_person" in form, "texts": texts}
        return {"look": {name: value for name, value in whole.items() if name in Look.model_fields}}
    if part == "mcp":
        return {"mcp_on": "mcp_on" in form, "mcp_description": form.get("mcp_description", "").strip()[:2000]}
    raise Invalid(problems=[{"where": "part", "message": f"is {part[:40]!r}; allowed: doors, widget, look, mcp"}])


def _find(organization: str, slug: str) -> Any:
    try:
        return find_widget(organization, slug)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal


@lru_cache(maxsize=1)
def _script_text() -> str:
    """The parts of the script as one classic script, so that one tag is enough."""
    parts = [Path(str(finders.find(name))).read_text() for name in SCRIPT]
    return "(() => {\n" + "\n".join(parts) + "\n})();\n"
