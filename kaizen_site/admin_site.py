"""The admin of the whole installation, for operators (staff). It signs nobody in by itself and is not there for others."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from trust.services.guards import public, redirect_to_sign_in

View = Callable[..., HttpResponseBase]


class KaizenAdminSite(AdminSite):
    """Whoever is not signed in goes to the site's own sign-in; whoever is no operator finds nothing here."""

    site_title = site_header = "Kaizen"
    index_title = "Installation"

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        inner: View = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_sign_in(request)
            if not self.has_permission(request):
                raise Http404(f"No page at {request.path}.")
            return inner(request, *args, **kwargs)

        return guarded

    @public
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
