"""The guards of every edge: pages (``requires``), API operations (``KeyAuth``) and sockets.

Each guard carries ``guarded_by``, which the architecture test reads. A stranger is told 404, never 403.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from ninja.security import HttpBearer

from trust.adapters.address import client_address, socket_address
from trust.core.errors import Denied, NotFound, TooMany
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.models import User
from trust.services.keys import authenticate_key
from trust.services.principals import find_principal, refresh_principal

ORGANIZATION_SESSION_KEY = "organization_id"

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
V = TypeVar("V", bound=Callable[..., Any])
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class GuardedRequest(HttpRequest):
    """The type of the request inside a view under ``requires``."""

    principal: Principal
    user: User


def requires(
    permission: Permission,
) -> Callable[[Callable[Concatenate[GuardedRequest, P], R]], Guarded[P]]:
    """Let only members with ``permission`` in the current organization see this view.

    Sets ``request.principal``. Not signed in: to the sign-in page (htmx: ``HX-Redirect``). Signed in without the
    right or without an organization, or ``NotFound`` raised inside: 404.
    """

    def decorate(
        view: Callable[Concatenate[GuardedRequest, P], R],
    ) -> Guarded[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_sign_in(request)
            principal = request_principal(request)
            if principal is None or not principal.may(permission):
                raise Http404(f"No page at {request.path}.")
            try:
                return view(cast(GuardedRequest, request), *args, **kwargs)
            except NotFound as refusal:
                raise Http404(refusal.message) from refusal

        guarded.guarded_by = permission.value  # type: ignore[attr-defined]  # read by the architecture test
        return cast("Guarded[P]", guarded)

    return decorate


def signed_in(
    view: Callable[Concatenate[GuardedRequest, P], R],
) -> Guarded[P]:
    """For pages about the person, not the organization: any signed-in user; ``request.principal`` is not set."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        return view(cast(GuardedRequest, request), *args, **kwargs)

    guarded.guarded_by = "signed_in"  # type: ignore[attr-defined]  # read by the architecture test
    return cast("Guarded[P]", guarded)


def public(view: V) -> V:
    """Mark a view as open to everybody on purpose."""
    view.guarded_by = "public"  # type: ignore[attr-defined]  # read by the architecture test
    return view


class KeyAuth(HttpBearer):
    """An API operation's guard: the bearer key becomes ``request.auth``, a ``Principal`` with ``permission``.

    No key or a wrong one: ninja's 401. The own key without the right: ``Denied`` (403). Too many wrong keys from
    one address: ``TooMany`` (429).
    """

    openapi_scheme = "bearer"

    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission
        self.guarded_by = permission.value

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        principal = authenticate_key(token, address=client_address(request))
        if principal is not None and not principal.may(self.permission):
            granted = ", ".join(sorted(principal.permissions)) or "nothing"
            raise Denied(f"The key '{principal.label}' lacks the scope '{self.permission.value}'; it has: {granted}.")
        return principal


def request_principal(request: HttpRequest) -> Principal | None:
    """Who the signed-in person is in the current organization; computed once a request."""
    if not hasattr(request, "principal"):
        user = request.user
        wanted = request.session.get(ORGANIZATION_SESSION_KEY)
        request.principal = find_principal(user, wanted) if isinstance(user, User) else None  # type: ignore[attr-defined]
    return cast("Principal | None", request.principal)  # type: ignore[attr-defined]


def socket_principal(scope: dict[str, Any]) -> Principal | None:
    """Who opens a websocket, by ``Authorization: Bearer`` or by the session cookie; ``None`` for nobody. Blocks."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
    scheme, _, token = headers.get(b"authorization", "").partition(" ")
    if scheme:
        known = scheme.lower() == "bearer"
        return authenticate_key(token.strip(), address=socket_address(scope)) if known else None
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(_session_cookie(headers.get(b"cookie", "")))
    user = get_user(request)
    return find_principal(user, request.session.get(ORGANIZATION_SESSION_KEY)) if isinstance(user, User) else None


def still_allowed(principal: Principal, permission: Permission) -> bool:
    """Whether ``principal`` has ``permission`` now, asked of the database. Blocks."""
    current = refresh_principal(principal)
    return current is not None and current.may(permission)


def socket_still_allowed(scope: dict[str, Any], principal: Principal, permission: Permission) -> bool:
    """Like ``still_allowed``, and the session or key that opened the socket must still be good. Blocks.

    This is what a socket asks after ``rights.changed``: a sign-out, a password change or a revoked key ends it.
    """
    try:
        current = socket_principal(scope)
    except TooMany:
        return False
    return current is not None and current.ref == principal.ref and still_allowed(principal, permission)


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back to where the person is; an htmx request makes the whole page go there."""
    is_htmx = request.headers.get("HX-Request") == "true"
    here = request.get_full_path()
    if is_htmx or request.method not in ("GET", "HEAD"):
        here = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/"
    target = f"{reverse('sign_in')}?{urlencode({'next': safe_next(request, here)})}"
    if is_htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def safe_next(request: HttpRequest, target: str | None) -> str:
    """``target`` when it stays on this site, else ``/``: never a way to somebody else's site."""
    secure = request.is_secure()
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=secure):
        return target
    return "/"


def _session_cookie(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None
