"""Which organization a person looks at, and its name."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from trust.core.errors import NotFound
from trust.core.roles import Permission
from trust.services.guards import ORGANIZATION_SESSION_KEY, GuardedRequest, requires, safe_next, signed_in
from trust.services.people import get_organization, get_own_organization, rename_organization
from trust.web.forms import OrganizationForm


@signed_in
@require_POST
def organization_switch(request: GuardedRequest) -> HttpResponse:
    """To an organization of one's own; any other, existing or not, is 404."""
    try:
        organization = get_own_organization(request.user, organization_id=request.POST.get("organization", ""))
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
    request.session[ORGANIZATION_SESSION_KEY] = str(organization.pk)
    messages.success(request, f"You are in {organization.name} now.")
    return redirect(safe_next(request, request.POST.get("next")))


@requires(Permission.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: GuardedRequest) -> HttpResponse:
    current = get_organization(request.principal)
    form = OrganizationForm(request.POST if request.method == "POST" else None, initial={"organization": current.name})
    if request.method == "POST" and form.is_valid():
        rename_organization(request.principal, name=form.cleaned_data["organization"])
        messages.success(request, "Saved.")
        return redirect("organization")
    context = {"form": form, "current": current}
    return render(request, "trust/organization.html", context, status=422 if form.errors else 200)
