"""What is done from the builder to a test: opening it, answering a wait, breakpoints, pins, one agent alone, a run again."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.core.forms.values import read_value
from agents.core.spec.pipeline import signature_of
from agents.services.approvals import decide_approval
from agents.services.definitions import get_definition, list_published
from journeys.services.debugging.overriding import accept_override, reset_override, set_override
from journeys.services.debugging.runs import rerun_on_draft, run_to
from journeys.services.debugging.session import find_test, open_test, pin_output, reset_pins, set_breakpoint
from journeys.services.debugging.steps import draft_agent, newest_step, start_step
from journeys.web.debugging.overriding import declared, read_override
from journeys.web.debugging.page import test_page
from trust.core.errors import Conflict, Denied, Invalid, KaizenError, NotFound
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

REFUSALS = (Conflict, Denied, Invalid)


@require_POST
@requires(Permission.BUILD)
def test(request: GuardedRequest, slug: str) -> HttpResponse:
    """Opens the test, or with ``do=restart`` a new one; with ``run`` one in which the draft answers that run's message; with
    ``until`` the newest message is answered anew and waits before that agent."""
    try:
        if request.POST.get("run"):
            rerun_on_draft(
                principal=request.principal,
                slug=slug,
                run_id=_uuid(request.POST["run"]),
                text=request.POST.get("text", ""),
                step=request.POST.get("do") == "step",
                keep=request.POST.get("keep") == "on",
            )
        elif request.POST.get("until"):
            run_to(principal=request.principal, slug=slug, agent=request.POST["until"], text=request.POST.get("text", ""))
        else:
            open_test(principal=request.principal, slug=slug, anew=request.POST.get("do") == "restart")
    except REFUSALS as refusal:
        messages.warning(request, f"The draft cannot be tested: {refusal.message}")
        return redirect(_where(slug, request.POST.get("at", ""), side="inspector"))
    return redirect(_where(slug, request.POST.get("at", ""), view=request.POST.get("view", "")))


@require_POST
@requires(Permission.BUILD)
def answer(request: GuardedRequest, slug: str) -> HttpResponse:
    """Continue, Step or Stop, at a breakpoint."""
    try:
        decide_approval(
            principal=request.principal,
            approval_id=_uuid(request.POST.get("approval", "")),
            decision="answer",
            result=request.POST.get("answer", ""),
            seen_digest=request.POST.get("seen_digest", ""),
        )
    except REFUSALS as refusal:
        return _parts(request, slug, refusal)
    return _parts(request, slug)


@require_POST
@requires(Permission.BUILD)
def set_break(request: GuardedRequest, slug: str) -> HttpResponse:
    """``place`` is an agent or a pathway; ``armed`` is ``on`` or ``off``. The first breakpoint opens the test that it stops."""
    try:
        place, armed = request.POST.get("place", ""), request.POST.get("armed") == "on"
        found = find_test(request.principal, slug) or open_test(principal=request.principal, slug=slug)
        set_breakpoint(principal=request.principal, session_id=found.id, place=place, armed=armed)
    except REFUSALS as refusal:
        return _parts(request, slug, refusal)
    return _parts(request, slug)


@require_POST
@requires(Permission.BUILD)
def pin(request: GuardedRequest, slug: str) -> HttpResponse:
    """``do``: ``pin`` the JSON of ``outputs`` for ``agent``, ``step`` the outputs of its newest run alone, ``reset`` it, or all
    (``reset_all``)."""
    agent, do, session_id = request.POST.get("agent", ""), request.POST.get("do", "pin"), _test(request, slug)
    try:
        if do in ("reset", "reset_all"):
            reset_pins(principal=request.principal, session_id=session_id, agent=agent if do == "reset" else "")
        else:
            outputs = _stepped(request, slug, agent) if do == "step" else _object(request.POST.get("outputs", ""))
            pin_output(principal=request.principal, session_id=session_id, agent=agent, outputs=outputs)
    except REFUSALS as refusal:
        return _parts(request, slug, refusal)
    return _parts(request, slug)


@require_POST
@requires(Permission.BUILD)
def override(request: GuardedRequest, slug: str) -> HttpResponse:
    """``do``: ``set`` lets ``agent`` answer otherwise in the test, ``reset`` no longer, ``accept`` writes it to the draft."""
    agent, do, principal = request.POST.get("agent", ""), request.POST.get("do", "set"), request.principal
    try:
        if do == "accept":
            told = accept_override(principal=principal, slug=slug, agent=agent).done[-1].label
            messages.success(request, f"{told}. A new test talks with it.")
        else:
            session_id = open_test(principal=principal, slug=slug, anew=False).id
            changed = {} if do == "reset" else _changed(request, slug, agent)
            if changed:
                set_override(principal=principal, session_id=session_id, agent=agent, override=changed)
            else:
                reset_override(principal=principal, session_id=session_id, agent=agent)
    except REFUSALS as refusal:
        messages.warning(request, refusal.message)
    at = request.POST.get("at", "")
    return redirect(_where(slug, at, tab="try" if at else "", side="inspector" if at else "test"))


@require_POST
@requires(Permission.RUN)
def step(request: GuardedRequest, slug: str) -> HttpResponse:
    """Runs one agent alone with the inputs of its form."""
    agent = request.POST.get("agent", "")
    try:
        signature = signature_of(draft_agent(request.principal, slug, agent))
        given = {f.name: str(request.POST.get(f"inputs.{f.name}", "")) for f in signature.inputs}
        read = {f.name: read_value(f.type.model_dump(mode="json"), given[f.name]) for f in signature.inputs}
        fields = {f.name: f for f in signature.inputs}
        inputs = {name: value for name, value in read.items() if fields[name].required or value not in (None, "")}
        start_step(principal=request.principal, slug=slug, agent=agent, inputs=inputs)
    except REFUSALS as refusal:
        messages.warning(request, refusal.message)
    return redirect(_where(slug, request.POST.get("at", ""), tab="try", side="inspector"))


def _changed(request: GuardedRequest, slug: str, agent: str) -> dict[str, Any]:
    """What the form says that the agent is not declared to be."""
    journey = get_definition(request.principal, "journey", slug)
    own = declared(journey.draft, list_published(request.principal.organization_id, "agent"), agent)
    if own is None:
        raise Conflict("Only an agent can answer otherwise: a pipeline or a pathway by itself has no model of its own.")
    return read_override(own, request.POST.dict())


def _parts(request: GuardedRequest, slug: str, refusal: KaizenError | None = None) -> HttpResponse:
    """For the script the parts that follow the test, with why nothing was done; for a plain form the page again."""
    if request.headers.get("X-Part"):
        page = test_page(request.principal, slug) | {"debug_refusal": refusal.message if refusal else ""}
        return render(request, "journeys/debugging/parts.html", page, status=refusal.status if refusal else 200)
    if refusal is not None:
        messages.warning(request, refusal.message)
    at = request.POST.get("at", "")
    return redirect(_where(slug, at, tab=request.POST.get("tab", ""), side="inspector" if at else "test"))


def _test(request: GuardedRequest, slug: str) -> UUID:
    found = find_test(request.principal, slug)
    if found is None:
        raise NotFound("There is no test of this draft yet; open one first.")
    return found.id


def _stepped(request: GuardedRequest, slug: str, agent: str) -> dict[str, Any]:
    run = newest_step(request.principal, slug, agent)
    if run is None or run.status != "succeeded":
        raise Conflict("The agent has not answered alone yet.")
    return dict(run.output or {})


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(problems=[{"where": "outputs", "message": f"is not JSON: {error}"}]) from None
    if not isinstance(found, dict):
        raise Invalid(problems=[{"where": "outputs", "message": "must be a JSON object: field -> value"}])
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such thing.") from None


def _where(slug: str, at: str, *, tab: str = "", side: str = "test", view: str = "") -> str:
    given = {"at": at, "tab": tab, "side": side, "view": view}
    return f"{reverse('journey_build', args=[slug])}?{urlencode({key: value for key, value in given.items() if value})}"
