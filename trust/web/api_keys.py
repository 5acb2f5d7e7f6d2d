"""The API keys page: make one (its secret is in that one answer only), see who uses which, revoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.keys import create_key, list_keys, revoke_key
from trust.web.forms import ROLES, KeyForm


@requires(Permission.ADMIN)
@require_GET
def api_keys(request: GuardedRequest) -> HttpResponse:
    return _page(request, KeyForm())


@requires(Permission.ADMIN)
@require_POST
def api_key_create(request: GuardedRequest) -> HttpResponse:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        key, secret = create_key(request.principal, **form.wishes())
    except Invalid as refusal:
        for problem in refusal.problems:
            form.add_error(problem["where"] if problem["where"] in form.fields else None, problem["message"])
        return _page(request, form, status=422)
    return _page(request, KeyForm(), made=key, secret=secret)


@requires(Permission.ADMIN)
@require_POST
def api_key_revoke(request: GuardedRequest, key_id: UUID) -> HttpResponse:
    key = revoke_key(request.principal, key_id=key_id)
    messages.success(request, f"The key “{key.name}” is revoked and no longer works.")
    return redirect("api_keys")


def _page(request: GuardedRequest, form: KeyForm, status: int = 200, **extra: Any) -> HttpResponse:
    context = {
        "form": form,
        "keys": list_keys(request.principal),
        "roles": ROLES,
        "host": request.build_absolute_uri("/"),
        **extra,
    }
    return render(request, "trust/api_keys.html", context, status=status)
