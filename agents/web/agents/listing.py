"""The list of agents with search, and making a new one: from a template, as a copy, or from scratch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.models import Definition
from agents.services.agent_drafts import SCRATCH, create_agent, find_agents
from agents.services.definitions import get_definition
from agents.services.models import describe_model
from agents.web.agents.templates import find_draft, list_templates, strategy_title
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import is_htmx

MOST = 200
SHOWN_NAMES = 4


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent of the list, told by its draft: what is published may be older."""

    agent: Definition
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    strategy: str
    model: str
    tools: tuple[str, ...]
    is_changed: bool


@require_GET
@requires(Permission.READ)
def show_agents(request: GuardedRequest) -> HttpResponse:
    """``?show=``: ``gallery`` for those that ready journeys brought, ``archived``, else the organization's own."""
    query, wanted = request.GET.get("q", "").strip()[:200], request.GET.get("show", "")
    show, who = wanted if wanted in ("gallery", "archived") else "", request.principal
    ready = None if show == "archived" else show == "gallery"
    found = list(find_agents(who, query, archived=show == "archived", ready=ready)[: MOST + 1])
    page = {
        "rows": [_row(agent) for agent in found[:MOST]],
        "more": len(found) > MOST,
        "query": query,
        "show": show,
        "elsewhere": 0 if show else find_agents(who, query, ready=True).count(),
        "model": describe_model(request.principal),
        "may_build": request.principal.may(Permission.BUILD),
    }
    return render(request, "agents/agent/table.html" if is_htmx(request) else "agents/agent/list.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def new_agent(request: GuardedRequest) -> HttpResponse:
    wanted = request.POST.get("start") or request.GET.get("start", "")
    name, problems = request.POST.get("name", ""), []
    if request.method == "POST":
        try:
            agent = create_agent(principal=request.principal, name=name, draft=_start(request, wanted))
            return redirect("agent_edit", agent.slug)
        except Invalid as refusal:
            problems = refusal.problems
    templates = list_templates()
    chosen = wanted or "scratch"
    page = {
        "templates": templates,
        "own": [_row(agent) for agent in find_agents(request.principal)[:MOST]],
        "start": chosen,
        "name": name or next((t.name for t in templates if t.start == chosen), ""),
        "problems": problems,
    }
    return render(request, "agents/agent/new.html", page, status=422 if problems else 200)


@require_POST
@requires(Permission.BUILD)
def duplicate(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    copy = create_agent(principal=request.principal, name=f"{agent.name[:93]} copy", draft=_body(agent.draft))
    return redirect("agent_edit", copy.slug)


def _start(request: GuardedRequest, wanted: str) -> dict[str, Any]:
    """The draft to begin with. Raises ``Invalid`` for one that is not there, ``NotFound`` for an agent that is not."""
    kind, _, key = wanted.partition(":")
    if kind == "agent":
        return _body(get_definition(request.principal, "agent", key).draft)
    if kind == "template" and (draft := find_draft(key)):
        return draft
    if wanted in ("", "scratch"):
        return SCRATCH
    raise Invalid(problems=[{"where": "start", "message": f"there is no template {key[:60]!r}; choose one of the list"}])


def _row(agent: Definition) -> AgentRow:
    draft = _body(agent.draft)
    signature, model = _body(draft.get("signature")), _body(draft.get("model"))
    return AgentRow(
        agent=agent,
        description=str(draft.get("description") or ""),
        inputs=_few(_names(signature.get("inputs"))),
        outputs=_few(_names(signature.get("outputs"))),
        strategy=strategy_title(str(draft.get("strategy") or "single_shot")),
        model=" ".join(str(model[key]) for key in ("provider", "model") if model.get(key) and model[key] != "default"),
        tools=_names(draft.get("tools")),
        is_changed=bool(agent.published and agent.draft_changed_at > agent.published.created_at),
    )


def _few(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) <= SHOWN_NAMES else (*names[:SHOWN_NAMES], f"{len(names) - SHOWN_NAMES} more")


def _names(items: Any) -> tuple[str, ...]:
    found = items if isinstance(items, list) else []
    return tuple(str(item.get("name")) for item in found if isinstance(item, dict) and item.get("name"))


def _body(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
