"""What every answer carries: a request id, a permissions policy, and no caching of pages of signed-in people."""

from __future__ import annotations

import re
import uuid
from typing import ClassVar

import structlog
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class RequestIdMiddleware(MiddlewareMixin):
    """Takes a well-formed ``X-Request-ID`` from outside or makes one, logs with it and answers with it."""

    _well_formed: ClassVar[re.Pattern[str]] = re.compile(r"[A-Za-z0-9._-]{8,64}")

    def process_request(self, request: HttpRequest) -> None:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if self._well_formed.fullmatch(given) else uuid.uuid4().hex
        request.META["kaizen.request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("X-Request-ID", request.META.get("kaizen.request_id", ""))
        return response


class RefuseNulMiddleware(MiddlewareMixin):
    """An address with a NUL character is nobody's: PostgreSQL would refuse it in the middle of a query."""

    def process_request(self, request: HttpRequest) -> None:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404("No address holds the NUL character.")


class SecurityHeadersMiddleware(MiddlewareMixin):
    """The headers that Django's own security middleware does not know."""

    policy = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", self.policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response
