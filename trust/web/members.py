"""The members page and its actions: invite, withdraw, change role, remove. Everybody may look; owners may act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission, Role
from trust.models import Membership
from trust.services.guards import GuardedRequest, requires
from trust.services.invitations import invite as invite_person
from trust.services.invitations import list_invitations, withdraw_invitation
from trust.services.members import change_role, count_keys_by_maker, list_members, remove_member
from trust.web.forms import ROLES, InviteForm, RoleForm


@requires(Permission.READ)
@require_GET
def members(request: GuardedRequest) -> HttpResponse:
    return _page(request, InviteForm())


@requires(Permission.ADMIN)
@require_POST
def invite(request: GuardedRequest) -> HttpResponse:
    """Answers with the page and the link, which is shown this once."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        invitation, path = invite_person(request.principal, email=email, role=role)
    except (Conflict, Invalid) as refusal:
        form.add_error("email", refusal.message)
        return _page(request, form, status=refusal.status)
    return _page(request, InviteForm(), invited=invitation, link=request.build_absolute_uri(path))


@requires(Permission.ADMIN)
@require_POST
def invitation_withdraw(request: GuardedRequest, invitation_id: UUID) -> HttpResponse:
    withdraw_invitation(request.principal, invitation_id=invitation_id)
    messages.success(request, "The invitation is withdrawn; its link no longer works.")
    return redirect("members")


@requires(Permission.ADMIN)
@require_POST
def member_role(request: GuardedRequest, user_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"'{request.POST.get('role', '')}' is no role. Roles: {', '.join(Role)}.")
        return redirect("members")
    try:
        membership = change_role(request.principal, user_id=user_id, role=Role(form.cleaned_data["role"]))
        messages.success(request, f"{membership.user.label} is {membership.role} now.")
    except Conflict as refusal:
        messages.error(request, refusal.message)
    return redirect("members")


@requires(Permission.ADMIN)
@require_POST
def member_remove(request: GuardedRequest, user_id: int) -> HttpResponse:
    try:
        remove_member(request.principal, user_id=user_id, revoke_keys=request.POST.get("revoke_keys") == "on")
        messages.success(request, "Removed. All sessions of that person have ended.")
    except Conflict as refusal:
        messages.error(request, refusal.message)
    return redirect("sign_in" if str(user_id) == request.principal.id else "members")


def _page(request: GuardedRequest, form: InviteForm, status: int = 200, **extra: Any) -> HttpResponse:
    may_change = request.principal.may(Permission.ADMIN)
    keys = count_keys_by_maker(request.principal) if may_change else {}
    context = {
        "form": form,
        "may_change": may_change,
        "rows": [_row(membership, keys) for membership in list_members(request.principal)],
        "invitations": list_invitations(request.principal) if may_change else [],
        "roles": ROLES,
        "me": request.principal.id,
        **extra,
    }
    return render(request, "trust/members.html", context, status=status)


def _row(membership: Membership, keys: dict[str, int]) -> dict[str, Any]:
    return {"membership": membership, "user": membership.user, "keys": keys.get(f"user:{membership.user_id}", 0)}
