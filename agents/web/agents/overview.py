"""One agent at a glance, its whole source as Python, its runs, and its end: renamed, archived, brought back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.core.spec.describe import describe_field
from agents.core.spec.printing import print_agent
from agents.models import Definition
from agents.services.agent_ends import end_agent, find_usage
from agents.services.definitions import get_definition, get_version, preflight, save_draft, unarchive_definition, version_spec
from agents.services.models import describe_model
from agents.services.specs import link_draft
from agents.services.toolbox import show_verdicts
from agents.services.trials import list_agent_runs
from agents.services.verdicts import judge_tools, known_tools
from agents.web.agents.editor import head_page
from agents.web.agents.templates import strategy_title
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back

RUNS = 50


@require_GET
@requires(Permission.READ)
def show_agent(request: GuardedRequest, slug: str) -> HttpResponse:
    """The published version, or the one that is asked for; the draft while nothing is published."""
    agent = get_definition(request.principal, "agent", slug)
    number = request.GET.get("version", "")
    wanted = int(number) if number.isdecimal() and len(number) < 10 else None
    version = get_version(request.principal, "agent", slug, wanted) if wanted is not None else agent.published
    spec: Any = version_spec(version) if version else _valid_draft(request.principal, agent)
    page = head_page(request.principal, agent, "agent_detail") | {
        "version": version,
        "spec": spec,
        "source": print_agent(spec) if spec else "",
        "fields": _fields(spec) if spec else [],
        "strategy": strategy_title(spec.strategy) if spec else "",
        "model": describe_model(request.principal),
        "problems": [] if spec else preflight("agent", agent.draft, request.principal),
        "verdicts": _verdicts(request.principal, spec) if spec else [],
    }
    return render(request, "agents/agent/detail.html", page)


@require_GET
@requires(Permission.READ)
def show_runs(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    runs = list(list_agent_runs(request.principal, agent).order_by("-created_at")[: RUNS + 1])
    page = head_page(request.principal, agent, "agent_runs") | {"runs": runs[:RUNS], "more": len(runs) > RUNS}
    return render(request, "agents/agent/runs.html", page)


@require_POST
@requires(Permission.BUILD)
def rename(request: GuardedRequest, slug: str) -> HttpResponse:
    """The name that people read. The slug stays: addresses, keys and journeys name the agent by it."""
    agent = get_definition(request.principal, "agent", slug)
    name = " ".join(request.POST.get("name", "").split())
    back = reverse("agent_detail", args=[slug])
    if not name or len(name) > 100:
        return go_back(request, back, "A name has 1 to 100 characters; nothing was changed.", "error")
    draft = agent.draft if isinstance(agent.draft, dict) else {}
    try:
        save_draft(request.principal, "agent", slug, {**draft, "name": name}, agent.draft_revision)
    except (Conflict, Invalid) as refusal:
        return go_back(request, back, refusal.message, "error")
    return go_back(request, back, f"The draft is called {name} now.", "success")


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def delete(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    if request.method == "POST":
        removed = end_agent(principal=request.principal, slug=slug)
        told = f"{agent.name} was deleted." if removed else f"{agent.name} is archived: its versions and runs stay."
        return go_back(request, reverse("agent_list"), told, "success")
    page = head_page(request.principal, agent, "") | {"usage": find_usage(request.principal, slug)}
    return render(request, "agents/agent/delete.html", page)


@require_POST
@requires(Permission.BUILD)
def unarchive(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = unarchive_definition(request.principal, "agent", slug)
    return go_back(request, reverse("agent_detail", args=[slug]), f"{agent.name} is back in the list.", "success")


def _verdicts(principal: Principal, spec: Any) -> list[Any]:
    return show_verdicts(judge_tools(principal, spec.model_dump(mode="json"), known_tools(principal)))


def _fields(spec: Any) -> list[tuple[Any, str, str]]:
    """Every field with its direction and its type in words."""
    inputs = [(field, "in", describe_field(field)) for field in spec.signature.inputs]
    return inputs + [(field, "out", describe_field(field)) for field in spec.signature.outputs]


def _valid_draft(principal: Principal, agent: Definition) -> Any:
    try:
        return link_draft(principal.organization_id, "agent", agent.draft)
    except Invalid:
        return None
