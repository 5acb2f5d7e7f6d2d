"""How a view answers after a form: a toast with the partial for htmx, a message and a redirect for a plain form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import trigger_client_event

from trust.services.guards import safe_next

_LEVELS = {"info": messages.INFO, "success": messages.SUCCESS, "warning": messages.WARNING, "error": messages.ERROR}


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks, and wants a part of the page instead of the page."""
    return bool(getattr(request, "htmx", False))


def with_toast(response: HttpResponse, text: str, level: str = "info") -> HttpResponse:
    """``response`` with a toast that the page shows when it arrives."""
    return trigger_client_event(response, "toast", {"text": text, "level": level})


def go_back(request: HttpRequest, fallback: str, text: str = "", level: str = "info") -> HttpResponse:
    """To the page named by the form's ``next`` when it is on this site, else to ``fallback``; with a message."""
    if text:
        messages.add_message(request, _LEVELS[level], text)
    wanted = request.POST.get("next", "")
    target = safe_next(request, wanted) if wanted else fallback
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
