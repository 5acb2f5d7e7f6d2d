"""The two pages that stand in each other: a chat that may be framed by our own pages, and the builder that frames it."""

from __future__ import annotations

from django.http import HttpResponse

SELF = "'self'"


def in_frame(response: HttpResponse) -> HttpResponse:
    """A page that only this site's own pages may frame."""
    response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return response


def with_frames(response: HttpResponse) -> HttpResponse:
    """A page that may show this site's own pages in frames."""
    response._csp_replace = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return response
