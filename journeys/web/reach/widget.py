"""The widget's own addresses, open to everybody and let in by origin, identity and token; every answer is JSON.

Cross-origin calls carry no cookie: who calls is the token's matter alone, so there is nothing for a forged request to use.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from functools import wraps
from typing import Any, cast
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from agents.services.definitions import version_spec
from journeys.core.spec import JourneySpec
from journeys.models import Deployment
from journeys.services.following import describe_session, follow_session
from journeys.services.hand_over import request_person, withdraw_request
from journeys.services.reach.deployments import look_of
from journeys.services.reach.visitors import (
    Refused,
    Visit,
    answer_question,
    begin_visit,
    check_origin,
    continue_visit,
    find_widget,
    make_link,
    open_question,
    tell_message,
    use_link,
)
from journeys.services.sessions import end_session, list_messages, post_message
from trust.core.errors import Invalid, KaizenError, NotFound
from trust.services.guards import public
from trust.services.limits import client_of, count_use

MAX_BODY = 64_000
STREAM_S = 55.0  # then the widget comes back: no connection is held for ever
Call = Callable[[HttpRequest, Deployment, dict[str, Any]], Any]


def widget_call(method: str) -> Callable[[Call], Callable[..., HttpResponseBase]]:
    """A view of one method: finds the widget, checks the origin, reads JSON, tells every refusal as JSON."""

    def decorate(call: Call) -> Callable[..., HttpResponseBase]:
        @wraps(call)
        def view(request: HttpRequest, organization: str, slug: str) -> HttpResponseBase:
            origin = request.headers.get("Origin", "")
            try:
                deployment = find_widget(organization, slug)
                check_origin(deployment, origin_of(request), own_origin(request))
                if request.method == "OPTIONS":
                    return with_cors(HttpResponse(status=204), origin)
                if request.method != method:
                    return with_cors(_problem(405, f"This address answers to {method}."), origin)
                count_use("widget.calls", client_of(request), limit=600, window_s=60)
                answer = call(request, deployment, _read_body(request) if method == "POST" else {})
            except KaizenError as refusal:
                allowed = origin if not isinstance(refusal, NotFound) else ""
                return with_cors(_problem(refusal.status, refusal.message), allowed)
            told = answer if isinstance(answer, HttpResponseBase) else JsonResponse(answer)
            return with_cors(told, origin)

        return public(csrf_exempt(view))

    return decorate


@widget_call("GET")
def config(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """How the widget looks and what it says before anything was said."""
    look, spec = look_of(deployment), cast(JourneySpec, version_spec(cast(Any, deployment.definition.published)))
    return look.model_dump(mode="json") | {
        "title": look.title or deployment.definition.name,
        "greeting": look.greeting or spec.greeting,
        "starters": look.starters or spec.pathway(spec.entry).suggestions,
    }


@widget_call("POST")
def begin(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """A session: a new one, the one of a one-time link, or an identified person's open one."""
    origin, address = origin_of(request), client_of(request)
    if code := _text(data, "resume", 300):
        return _tell(use_link(deployment, origin=origin, address=address, code=code))
    variables = data.get("variables") or {}
    if not isinstance(variables, dict):
        raise Invalid(problems=[{"where": "variables", "message": "is no JSON object"}])
    identity = _text(data, "identity", 8000)
    return _tell(begin_visit(deployment, origin=origin, address=address, identity=identity, variables=variables))


@widget_call("GET")
def news(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """What was said after ``?after=`` and how the conversation stands."""
    return _tell(_visit(request, deployment), _after(request))


@widget_call("POST")
def say(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """Stores a message of the visitor; it is answered once."""
    visit = _visit(request, deployment)
    count_use("widget.say", str(visit.session.pk), limit=30, window_s=60)
    message = post_message(
        principal=visit.visitor,
        session_id=visit.session.pk,
        client_id=_text(data, "client_id", 100) or uuid4().hex,
        text=_text(data, "text", 20_000),
    )
    return {"message": tell_message(message), "token": visit.token}


@widget_call("POST")
def person(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """``{"want": true}`` asks for a person, ``false`` goes on with the journey."""
    visit = _visit(request, deployment)
    act = withdraw_request if data.get("want") is False else request_person
    act(principal=visit.visitor, session_id=visit.session.pk)
    return _tell(_visit(request, deployment), _after(request))


@widget_call("POST")
def answer(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """Answers a question that the journey asks in the middle of a turn."""
    visit = _visit(request, deployment)
    answer_question(visit, _text(data, "question", 60), _text(data, "answer", 4000))
    return {"answered": True}


@widget_call("POST")
def link(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """A one-time link that continues the session on another device."""
    visit = _visit(request, deployment)
    page = request.build_absolute_uri(reverse("widget_page", args=_names(deployment)))
    return {"link": make_link(visit, page)}


@widget_call("POST")
def end(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> dict[str, Any]:
    """The visitor ends the conversation."""
    visit = _visit(request, deployment)
    end_session(principal=visit.visitor, session_id=visit.session.pk, because="The visitor has ended it.")
    return _tell(_visit(request, deployment))


@widget_call("GET")
def stream(request: HttpRequest, deployment: Deployment, data: dict[str, Any]) -> HttpResponseBase:
    """The same news as they happen, as server-sent events, with the live text of an answer."""
    visit = _visit(request, deployment)
    count_use("widget.stream", str(visit.session.pk), limit=60, window_s=60)
    return StreamingHttpResponse(
        _events(visit, _after(request)),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def origin_of(request: HttpRequest) -> str:
    """The origin of the page that calls; our own for a same-origin read, to which browsers add none."""
    given = request.headers.get("Origin", "")
    if not given and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return own_origin(request)
    return given


def own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def with_cors(response: HttpResponseBase, origin: str) -> HttpResponseBase:
    """Lets the page at ``origin``, which was checked before, read the answer. Cookies are never asked for."""
    response["Vary"] = "Origin"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response["Access-Control-Max-Age"] = "600"
    return response


async def _events(visit: Visit, after: int) -> AsyncIterator[str]:
    yield ": open\n\n"
    async for item in follow_session(visit.visitor, visit.session.pk, after=after, seconds=STREAM_S):
        kind = item.pop("type")
        if kind == "pulse":
            yield ": keep-alive\n\n"
        elif kind == "text":
            yield f"event: text\ndata: {json.dumps(item)}\n\n"
        elif kind == "message":
            told = tell_message(item["message"])
            yield f"id: {item['message'].seq}\nevent: message\ndata: {json.dumps(told)}\n\n"
        else:
            question = await sync_to_async(open_question)(visit) if item["turn"] == "waiting" else None
            yield f"event: state\ndata: {json.dumps(_state(item, question))}\n\n"


def _tell(visit: Visit, after: int = 0) -> dict[str, Any]:
    rows = list_messages(visit.visitor, visit.session.pk, after=after)
    state = describe_session(visit.session)
    return {
        "token": visit.token,
        "messages": [told for row in rows if (told := tell_message(row))],
        "last_seq": rows[-1].seq if rows else after,
        "state": _state(state, open_question(visit)),
    }


def _state(state: dict[str, Any], question: dict[str, Any] | None) -> dict[str, Any]:
    names = ("status", "handling", "operator", "turn")
    return {name: state[name] for name in names} | {"question": question}


def _visit(request: HttpRequest, deployment: Deployment) -> Visit:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("Send the session's token: Authorization: Bearer <token>.")
    return continue_visit(deployment, origin=origin_of(request), token=token.strip())


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _read_body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MAX_BODY:
        raise Invalid(f"The body has more than {MAX_BODY} bytes.")
    try:
        data = json.loads(request.body or b"{}")
        json.dumps(data, ensure_ascii=False).encode()  # refuses half of a surrogate pair
    except (ValueError, RecursionError):
        raise Invalid("The body is no JSON.") from None
    if not isinstance(data, dict):
        raise Invalid("The body is no JSON object.")
    return data


def _text(data: dict[str, Any], name: str, most: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise Invalid(problems=[{"where": name, "message": f"is a text of at most {most} characters without NUL"}])
    return value


def _names(deployment: Deployment) -> list[str]:
    return [deployment.organization.slug, deployment.definition.slug]


def _problem(status: int, message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)
