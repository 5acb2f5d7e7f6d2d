"""Sign-in by password or one-time link, and sign-out. Tells nobody whether an address has an account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from trust.core.errors import NotFound
from trust.models import User
from trust.services.entrance import check_credentials, enter, leave, lockout_seconds
from trust.services.guards import public, request_principal, safe_next, signed_in
from trust.services.links import get_link_user, redeem
from trust.web.forms import SignInForm

WRONG = "No account has this email and password."


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; a right answer leads to ``next`` on this site, else to the start page."""
    if request.method != "POST":
        target = safe_next(request, request.GET.get("next"))
        if request.user.is_authenticated:
            return redirect(target)
        return _page(request, SignInForm(initial={"next": target}))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    user = check_credentials(request, email=data["email"], password=data["password"])
    if user is None:
        form.add_error(None, WRONG)
        return _page(request, form, status=422)
    enter(request, user)
    return _onward(request, user, safe_next(request, data["next"]))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """One click on a button signs in: a mere look at the address, as by a link preview, uses nothing up."""
    try:
        if request.method != "POST":
            person = get_link_user(token)
            return render(request, "trust/sign_in_link.html", {"person": person, "token": token})
        user = redeem(token)
    except NotFound as refusal:
        return render(request, "trust/link_spent.html", {"message": refusal.message}, status=404)
    enter(request, user)
    return _onward(request, user, "/")


@signed_in
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    leave(request)
    return redirect("sign_in")


def locked_out(request: HttpRequest, *_mixed: Any) -> HttpResponseBase:
    """What django-axes shows instead of the answer after too many failures: the form with the time to wait.

    The email is read from the request: under ASGI axes hands its other arguments over in the wrong places.
    """
    email = str((getattr(request, "axes_credentials", None) or {}).get("email") or "")
    wait_s = lockout_seconds(request, email=email)
    form = SignInForm(initial={"email": email, "next": safe_next(request, request.POST.get("next"))})
    answer = render(request, "trust/sign_in.html", {"form": form, "wait_minutes": -(-wait_s // 60)}, status=429)
    answer["Retry-After"] = str(wait_s)
    return answer


def _onward(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """People without a password choose one first; people without an organization see their account."""
    if not user.has_usable_password():
        return redirect("welcome")
    if request_principal(request) is None and target == "/":
        return redirect("account")
    return redirect(target)


def _page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    return render(request, "trust/sign_in.html", {"form": form}, status=status)
