"""The page behind an invitation link: join as yourself, or make an account and join."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from trust.core.errors import Conflict, NotFound
from trust.models import Invitation, Membership, User
from trust.services.entrance import enter
from trust.services.guards import ORGANIZATION_SESSION_KEY, public
from trust.services.invitations import accept_as_new_person, accept_invitation, get_invitation, has_account
from trust.web.forms import JoinForm


@public
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; the button joins."""
    try:
        invitation = get_invitation(token)
        if request.method != "POST":
            return _page(request, invitation, token)
        return _join(request, invitation, token)
    except NotFound as refusal:
        return render(request, "trust/link_spent.html", {"message": refusal.message}, status=404)
    except Conflict as refusal:
        return _page(request, get_invitation(token), token, status=409, refusal=refusal.message)


def _join(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    if isinstance(request.user, User):
        return _welcome(request, accept_invitation(token, user=request.user))
    form = JoinForm(request.POST, user=User(email=invitation.email, name=request.POST.get("name", "")))
    if not form.is_valid():
        return _page(request, invitation, token, form=form, status=422)
    data = form.cleaned_data
    membership = accept_as_new_person(token, name=data["name"], password=data["password"])
    enter(request, membership.user)
    return _welcome(request, membership)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[ORGANIZATION_SESSION_KEY] = str(membership.organization_id)
    messages.success(request, f"Welcome to {membership.organization.name}. You are {membership.role} here.")
    return redirect("/")


def _page(
    request: HttpRequest,
    invitation: Invitation,
    token: str,
    *,
    form: JoinForm | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "token": token,
        "is_right_person": isinstance(request.user, User) and request.user.email == invitation.email,
        "has_account": has_account(invitation),
        "form": form or JoinForm(user=User(email=invitation.email)),
        **extra,
    }
    return render(request, "trust/invitation.html", context, status=status)
