"""The settings page of models: what answers by default, what else there is, and the one click that changes it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.services.models import ProviderRow, describe_model, list_providers, set_default_model
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back


@require_GET
@requires(Permission.READ)
def show_models(request: GuardedRequest) -> HttpResponse:
    return render(request, "agents/model/settings.html", _page(request))


@require_POST
@requires(Permission.BUILD)
def choose_default(request: GuardedRequest) -> HttpResponse:
    """An empty provider takes the choice back to what the environment says."""
    typed = {name: request.POST.get(name, "") for name in ("provider", "model", "base_url")}
    try:
        chosen = set_default_model(principal=request.principal, **typed)
    except Invalid as refusal:
        page = _page(request) | {"refusal": refusal.message, "typed": typed}
        return render(request, "agents/model/settings.html", page, status=refusal.status)
    return go_back(request, reverse("model_settings"), f"{chosen.label} answers from now on.", "success")


def _page(request: GuardedRequest) -> dict[str, object]:
    return {
        "model": describe_model(request.principal),
        "providers": sorted(list_providers(request.principal), key=_usable_first),
        "may_build": request.principal.may(Permission.BUILD),
    }


def _usable_first(row: ProviderRow) -> int:
    """What answers now, then what could, then what needs a variable first; otherwise in the catalog's order."""
    if row.is_default:
        return 0
    return 1 if row.configured and not row.takes_address else 2 if row.takes_address else 3
