"""The settings page of models: what answers by default, the providers with their keys, and a test of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from agents.services.models import describe_model, list_providers, real_name, set_default_model
from agents.services.provider_keys import remove_provider_key, save_provider_key, try_provider
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back, is_htmx, with_toast


@require_GET
@requires(Permission.READ)
def show_models(request: GuardedRequest) -> HttpResponse:
    return render(request, "agents/model/settings.html", _page(request))


@require_POST
@requires(Permission.ADMIN)
def choose_default(request: GuardedRequest) -> HttpResponse:
    """An empty provider takes the choice back to what the environment says."""
    typed = {name: request.POST.get(name, "") for name in ("provider", "model", "base_url")}
    try:
        chosen = set_default_model(principal=request.principal, **typed)
    except Invalid as refusal:
        return _refused(request, refusal, typed)
    return go_back(request, reverse("model_settings"), f"{chosen.label} answers from now on.", "success")


@sensitive_post_parameters("key")
@require_POST
@requires(Permission.ADMIN)
def save_key(request: GuardedRequest, provider: str) -> HttpResponse:
    """Stores what was typed and, for the button that says so, tests it at once. The key is never sent back, not even wrong."""
    address = request.POST.get("base_url", "")
    try:
        save_provider_key(principal=request.principal, provider=provider, key=request.POST.get("key", ""), base_url=address)
    except Invalid as refusal:
        return _refused(request, refusal, {"provider": provider, "address": address, "open": True})
    if request.POST.get("then") == "test":
        return _tested(request, provider, "")
    return go_back(request, _place(provider), "Saved. It answers from the next call on.", "success")


@require_POST
@requires(Permission.ADMIN)
def remove_key(request: GuardedRequest, provider: str) -> HttpResponse:
    try:
        remove_provider_key(principal=request.principal, provider=provider)
    except Invalid as refusal:
        return _refused(request, refusal, {"provider": provider})
    return go_back(request, _place(provider), "Removed. Nothing of it is kept.", "success")


@require_POST
@requires(Permission.BUILD)
def test_provider(request: GuardedRequest, provider: str) -> HttpResponse:
    return _tested(request, provider, request.POST.get("model", ""))


def _tested(request: GuardedRequest, provider: str, model: str) -> HttpResponse:
    """For htmx the provider's row as it is now, else the whole page again."""
    try:
        result = try_provider(principal=request.principal, provider=provider, model=model)
    except Invalid as refusal:
        return _refused(request, refusal, {"provider": provider})
    told = (result["error"], "error") if result["error"] else (f"It answered in {result['latency_s']:.1f} s.", "success")
    row = next((row for row in list_providers(request.principal) if row.name == real_name(provider)), None)
    if row is None or not is_htmx(request):
        return go_back(request, _place(provider), *told)
    page = _page(request)
    return with_toast(
        render(request, "agents/model/provider.html", page | {"row": row, "typed": {"provider": row.name, "model": model}}),
        *told,
    )


def _refused(request: GuardedRequest, refusal: Invalid, typed: dict[str, Any]) -> HttpResponse:
    message = " ".join(problem["message"] for problem in refusal.problems) or refusal.message
    page = _page(request) | {
        "refusal": message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."),
        "typed": typed,
    }
    rows = list_providers(request.principal)
    page["refusal_at"] = next((row.name for row in rows if typed.get("open") and row.name == typed.get("provider")), "")
    return render(request, "agents/model/settings.html", page, status=refusal.status)


def _place(provider: str) -> str:
    return f"{reverse('model_settings')}#provider-{provider}"


def _page(request: GuardedRequest) -> dict[str, object]:
    rows = list_providers(request.principal)
    return {
        "model": describe_model(request.principal),
        "ready": sorted((row for row in rows if row.configured), key=lambda row: not row.is_default),
        "others": [row for row in rows if not row.configured],
        "may_build": request.principal.may(Permission.BUILD),
        "may_admin": request.principal.may(Permission.ADMIN),
    }
