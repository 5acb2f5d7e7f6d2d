"""The settings page of the network: where tools may connect to, who may change it, and what an address would meet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.egress import get_egress, save_egress, try_address
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx

PAGE = "agents/egress/settings.html"
LISTS = ("allowed", "denied")


@require_GET
@requires(Permission.READ)
def show_egress(request: GuardedRequest) -> HttpResponse:
    return render(request, PAGE, _page(request))


@require_POST
@requires(Permission.ADMIN)
def save(request: GuardedRequest) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in LISTS}
    private = request.POST.get("private") == "on"
    try:
        save_egress(
            principal=request.principal,
            allowed=typed["allowed"].splitlines(),
            denied=typed["denied"].splitlines(),
            private=private,
        )
    except Invalid as refusal:
        page = _page(request) | {"typed": {**typed, "private": private}, "errors": _by_list(refusal)}
        return render(request, PAGE, page, status=refusal.status)
    return go_back(request, reverse("egress"), "The network rules hold from the next connection on.", "success")


@require_POST
@requires(Permission.BUILD)
def try_one(request: GuardedRequest) -> HttpResponse:
    verdict = try_address(principal=request.principal, url=request.POST.get("url", "")[:8000])
    if is_htmx(request):
        return render(request, "agents/egress/verdict.html", {"verdict": verdict})
    return render(request, PAGE, _page(request) | {"verdict": verdict})


def _page(request: GuardedRequest) -> dict[str, Any]:
    egress = get_egress(request.principal)
    return {
        "egress": egress,
        "typed": {"allowed": "\n".join(egress.allowed), "denied": "\n".join(egress.denied), "private": egress.private},
        "errors": {},
        "may_change": request.principal.may(Permission.ADMIN),
        "may_try": request.principal.may(Permission.BUILD),
    }


def _by_list(refusal: Invalid) -> dict[str, list[str]]:
    """The messages under the field that each is about."""
    found: dict[str, list[str]] = {}
    for problem in refusal.problems:
        found.setdefault(problem["where"].partition("[")[0], []).append(problem["message"])
    return found
