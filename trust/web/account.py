"""A person's own pages: name, password, sessions, organizations, and the welcome after the first sign-in link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from trust.core.errors import Conflict
from trust.core.roles import Permission
from trust.services.entrance import leave_everywhere, set_password
from trust.services.guards import GuardedRequest, request_principal, signed_in
from trust.services.members import list_organizations
from trust.services.people import get_organization, rename_person, settle_in
from trust.web.forms import NameForm, NewPasswordForm, PasswordChangeForm, WelcomeForm


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: GuardedRequest) -> HttpResponse:
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        rename_person(request.user, name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("account")
    context = {
        "form": form,
        "principal": request_principal(request),
        "memberships": list_organizations(request.user),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "trust/account.html", context, status=422 if form.errors else 200)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: GuardedRequest) -> HttpResponse:
    """Asks for the old password when there is one; all other sessions end."""
    kind = PasswordChangeForm if request.user.has_usable_password() else NewPasswordForm
    form = kind(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        set_password(request, request.user, form.cleaned_data["password"])
        messages.success(request, "Your password is changed. All other sessions of yours are signed out.")
        return redirect("account")
    return render(request, "trust/password_change.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def sign_out_everywhere(request: GuardedRequest) -> HttpResponse:
    leave_everywhere(request, request.user)
    messages.success(request, "All your other sessions are signed out.")
    return redirect("account")


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: GuardedRequest) -> HttpResponse:
    """After the first sign-in link: name, email, organization, password. Gone once there is a password."""
    principal = request_principal(request)
    if request.user.has_usable_password() or principal is None or not principal.may(Permission.ADMIN):
        return redirect("account" if request.user.has_usable_password() else "password_change")
    if request.method != "POST":
        organization = get_organization(principal).name
        form = WelcomeForm(user=request.user, initial={"email": request.user.email, "organization": organization})
        return render(request, "trust/welcome.html", {"form": form})
    form = WelcomeForm(request.POST, user=request.user)
    if not form.is_valid():
        return render(request, "trust/welcome.html", {"form": form}, status=422)
    data = form.cleaned_data
    try:
        settle_in(principal, user=request.user, name=data["name"], email=data["email"], organization=data["organization"])
    except Conflict as refusal:
        form.add_error("email", refusal.message)
        return render(request, "trust/welcome.html", {"form": form}, status=409)
    set_password(request, request.user, data["password"])
    return redirect("/")
