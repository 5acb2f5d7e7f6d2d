"""Problem documents (RFC 9457): the one shape in which every error under ``/api/`` is told.

Owns the table from exceptions to problems and the middleware that catches what never reaches an operation. Knows no operation.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import ConfigDict, Field

from trust.core.errors import Invalid, KaizenError, Problem, TooMany

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/"
CODES: dict[int, str] = {
    400: "malformed",
    401: "unauthorized",
    403: "denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many",
    500: "internal_error",
    503: "unavailable",
}
DETAILS: dict[int, str] = {
    400: "The request is malformed.",
    401: "Send `Authorization: Bearer <key>` with an API key that is not revoked.",
    404: "There is nothing here, or nothing that this key may see.",
    405: "This address does not answer to that method; the Allow header lists the methods that it does answer to.",
    413: "The body of the request is too large.",
    500: "Something went wrong on our side. The request id finds it in the server's log.",
}

logger = logging.getLogger("kaizen.api")


class ProblemItem(Schema):
    """One fault of what was sent."""

    where: str = Field(description="A path into the request, such as `body.inputs.age`.")
    message: str = Field(description="What is wrong, with which value, and what is allowed.")


class ProblemDocument(Schema):
    """RFC 9457 problem details. ``code`` is stable; ``title`` and ``detail`` are for people and may change."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:kaizen:problem:not_found",
                "title": "Not found",
                "status": 404,
                "detail": "There is no agent 'triage'; the agents are: billing, referral.",
                "instance": "/api/v1/agents/triage",
                "code": "not_found",
                "request_id": "0f3c7a52b1d84d6aa2f0a9a1f0f6d1c4",
                "problems": [],
            }
        }
    )

    type: str = Field(description="A URN that names the kind of problem: `urn:kaizen:problem:<code>`.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked for.")
    code: str = Field(description="The stable name of the kind of problem.")
    request_id: str = Field(description="Finds this request in the server's log.")
    problems: list[ProblemItem] = Field(description="Every fault that was found, for code `invalid`; else empty.")


def build_problem(
    request: HttpRequest,
    *,
    status: int,
    detail: str = "",
    code: str = "",
    title: str = "",
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A response with a problem document; what is left out comes from the status."""
    code = code or CODES.get(status, "error")
    document = {
        "type": f"urn:kaizen:problem:{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase),
        "instance": request.path,
        "code": code,
        "request_id": get_request_id(request),
        "problems": list(problems),
    }
    return HttpResponse(json.dumps(document), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def answer_exception(request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
    """The problem that tells ``exc``. What nobody expected is logged whole and told without a detail of it."""
    for kind, tell in TABLE.items():
        if isinstance(exc, kind):
            return tell(request, exc)
    logger.error("api.unexpected", exc_info=exc if isinstance(exc, Exception) else None)
    return build_problem(request, status=500)


def install_problems(api: NinjaAPI) -> None:
    """Makes ``api`` tell every error as a problem document."""
    api.add_exception_handler(Exception, answer_exception)
    for kind in TABLE:
        api.add_exception_handler(kind, answer_exception)


def get_request_id(request: HttpRequest) -> str:
    """The id under which the log knows this request; made here when no middleware has made one."""
    known: str = request.META.setdefault("kaizen.request_id", uuid.uuid4().hex)
    return known


class ProblemMiddleware:
    """Retells errors under ``/api/`` that no operation answered: unknown address, wrong method, refused host, a crash."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        from asgiref.sync import iscoroutinefunction, markcoroutinefunction

        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self.is_async:
            return self._acall(request)
        return retell(request, self.get_response(request))

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        return retell(request, await self.get_response(request))


def retell(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """``response`` as it is, or as a problem document when it is an error of the API in another shape."""
    if not request.path.startswith(API_PREFIX) or response.status_code < 400:
        return response
    if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    kept = {name: value for name, value in response.headers.items() if not name.lower().startswith("content-")}
    return build_problem(request, status=response.status_code, headers=kept)


def _from_refusal(request: HttpRequest, exc: KaizenError) -> HttpResponse:
    headers = {"Retry-After": str(exc.retry_after_s)} if isinstance(exc, TooMany) else {}
    if exc.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return build_problem(
        request,
        status=exc.status,
        code=exc.code,
        title=exc.title,
        detail=exc.message,
        problems=exc.problems if isinstance(exc, Invalid) else (),
        headers=headers,
    )


def _from_validation(error: dict[str, Any]) -> Problem:
    where = [str(part) for part in error["loc"]]
    if len(where) > 1 and where[0] == "body":  # ninja puts the name of the operation's argument behind `body`
        del where[1]
    return {"where": ".".join(where), "message": str(error["msg"])}


def _from_validations(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    problems = [_from_validation(error) for error in exc.errors]
    detail = f"{len(problems)} part(s) of the request cannot be used."
    return build_problem(request, status=422, title=Invalid.title, detail=detail, problems=problems)


def _parse_detail(exc: HttpError) -> str:
    cause = exc.__cause__
    if exc.status_code == 400 and isinstance(cause, ValueError):
        return f"The body is not JSON: {cause}."
    return str(exc)


# The first row that fits tells the exception.
TABLE: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    KaizenError: _from_refusal,
    ValidationError: _from_validations,
    AuthenticationError: lambda request, exc: build_problem(request, status=401, headers={"WWW-Authenticate": "Bearer"}),
    HttpError: lambda request, exc: build_problem(request, status=exc.status_code, detail=_parse_detail(exc)),
    Http404: lambda request, exc: build_problem(request, status=404),
    RequestDataTooBig: lambda request, exc: build_problem(request, status=413),
    SuspiciousOperation: lambda request, exc: build_problem(request, status=400),
}
