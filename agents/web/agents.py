"""Pages of agents: the list, and one agent with its signature, model, tools and Python source."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.core.spec.printing import print_signature
from agents.services.definitions import get_definition, get_version, list_definitions, list_versions, version_spec
from agents.services.models import describe_model
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_GET
@requires(Permission.READ)
def show_agents(request: GuardedRequest) -> HttpResponse:
    agents = [
        {"definition": found, "spec": version_spec(found.published) if found.published else None}
        for found in list_definitions(request.principal, "agent")
    ]
    return render(request, "agents/agent/list.html", {"agents": agents, "model": describe_model(request.principal)})


@require_GET
@requires(Permission.READ)
def show_agent(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    number = request.GET.get("version", "")
    version = get_version(request.principal, "agent", slug, int(number)) if number.isdecimal() else agent.published
    spec: Any = version_spec(version) if version else None
    page = {
        "agent": agent,
        "version": version,
        "spec": spec,
        "source": print_signature(spec.signature) if spec else "",
        "versions": list_versions(request.principal, "agent", slug),
        "model": describe_model(request.principal),
    }
    return render(request, "agents/agent/detail.html", page)
