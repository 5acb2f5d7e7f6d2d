"""What the builder's page and its live parts show of a test: the bench, one agent alone, a run opened with its data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from agents.core.forms.controls import Control, Drawing
from agents.core.spec.pipeline import signature_of
from agents.services.definitions import get_definition, list_published
from agents.services.reading import list_step_rows
from agents.services.runs import list_steps
from journeys.core.engine.pathways import pathway_agents
from journeys.services.debugging.bench import Place, known_inputs, list_places, show_bench
from journeys.services.debugging.painting import paint_coverage, paint_test
from journeys.services.debugging.recorded import read_answers
from journeys.services.debugging.runs import RunTurn, find_run_turn
from journeys.services.debugging.session import find_test
from journeys.services.debugging.steps import draft_agent, newest_step
from journeys.services.sessions import session_spec
from journeys.services.tester import last_question
from journeys.web.debugging.overriding import declared, draw_override
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Produced:
    """An agent with its outputs as the text of the form that pins them."""

    place: Place
    text: str


@require_GET
@requires(Permission.BUILD)
def show_parts(request: GuardedRequest, slug: str) -> HttpResponse:
    """What changes while a turn is at work: the state of the test, and what each agent brought."""
    return render(request, "journeys/debugging/parts.html", test_page(request.principal, slug))


@require_GET
@requires(Permission.BUILD)
def show_paint(request: GuardedRequest, slug: str) -> HttpResponse:
    """``?show=coverage``, a run by ``?run=``, else the newest turn of the test."""
    test = find_test(request.principal, slug)
    if request.GET.get("show") == "coverage":
        try:
            return JsonResponse(paint_coverage(request.principal, slug, test))
        except Invalid as refusal:
            return JsonResponse({"nodes": {}, "edges": {}, "outline": {}, "refusal": refusal.message})
    opened = wanted_run(request, slug)
    if opened is not None:
        return JsonResponse(paint_test(opened.session, opened.question, test))
    return JsonResponse(paint_test(test) if test else {"nodes": {}, "edges": {}, "outline": {}})


@require_GET
@requires(Permission.BUILD)
def show_step(request: GuardedRequest, slug: str) -> HttpResponse:
    """The newest run of one agent alone, as it is now."""
    page = step_page(request.principal, slug, request.GET.get("agent", ""))
    return render(request, "journeys/debugging/step_run.html", page)


@require_GET
@requires(Permission.BUILD)
def open_run(request: GuardedRequest, run_id: UUID) -> HttpResponse:
    """From any run of a journey to its builder."""
    turn = find_run_turn(request.principal, run_id)
    return redirect(f"{reverse('journey_build', args=[turn.session.slug])}?run={run_id}&side=test")


def debug_page(request: GuardedRequest, slug: str) -> Page:
    """What the whole page of the builder shows beside the draft."""
    opened = wanted_run(request, slug)
    page = test_page(request.principal, slug)
    side = request.GET.get("side", "test" if opened else "")
    answers = read_answers(request.principal, opened.run) if opened else {}
    data = [(name, _pathway(opened, name), answer) for name, answer in answers.items()] if opened else []
    kept = [answer for _, _, answer in data if answer.outputs is not None]
    page |= {"opened": opened, "opened_data": data, "opened_kept": len(kept)}
    return page | {"side": "test" if side == "test" else "inspector"}


def _pathway(opened: RunTurn, agent: str) -> str:
    """Where the agent answers, for the address of its form."""
    spec = session_spec(opened.session)
    return next((p.id for p in spec.pathways if agent in dict(pathway_agents(spec, p))), "")


def test_page(principal: Principal, slug: str) -> Page:
    journey = get_definition(principal, "journey", slug)
    test = find_test(principal, slug)
    bench = show_bench(principal, test) if test else None
    produced = [Produced(place, _text(place.outputs)) for place in bench.places] if bench else []
    pins = sum(row.place.pinned for row in produced)
    return {"journey": journey, "test": test, "bench": bench, "produced": produced, "pins": pins}


def armed_page(principal: Principal, slug: str, kind: str, name: str) -> Page:
    """For the inspector: whether turns of the test wait before the open agent or pathway."""
    test = find_test(principal, slug) if kind in ("agent", "pathway") else None
    if test is None:
        return {"test": None}
    places = [place for place in list_places(test) if name == (place.agent if kind == "agent" else place.pathway)]
    return {"test": test, "armed": bool(places) and all(place.breakpoint for place in places), "places": places}


def step_page(principal: Principal, slug: str, agent: str, opened: RunTurn | None = None) -> Page:
    """The form of one agent alone, filled with what it was given last or in the turn ``opened``, and its newest run."""
    page: Page = {"journey": get_definition(principal, "journey", slug), "step_agent": agent}
    run = newest_step(principal, slug, agent)
    if run is not None:
        steps = list_steps(run)
        outputs = [(name, shown) for name, shown in (run.output or {}).items()]
        page |= {"step_run": run, "step_rows": [row for row in list_step_rows(steps) if row.step], "step_outputs": outputs}
    test = find_test(principal, slug)
    page |= _try_out(principal, page["journey"], test, agent)
    try:
        spec = draft_agent(principal, slug, agent)
    except Invalid as refusal:
        return page | {"step_refusal": refusal.message, "test": test}
    given = read_answers(principal, opened.run).get(agent) if opened is not None else None
    if given is not None:
        values = given.inputs
    else:
        values = cast("Page", run.inputs) if run is not None else known_inputs(principal, test, agent) if test else {}
    return page | {"step_controls": _controls(spec, values), "test": test}


def _try_out(principal: Principal, journey: Any, test: Any, agent: str) -> Page:
    """How the agent may answer otherwise in the test, and what its newest message was."""
    own = declared(journey.draft, list_published(principal.organization_id, "agent"), agent)
    override = test.debug.get("overrides", {}).get(agent, {}) if test is not None else {}
    question = last_question(test) if test is not None else None
    controls = draw_override(principal, own, override) if own is not None else []
    return {"override": override, "override_controls": controls, "said": question.text if question is not None else ""}


def wanted_run(request: GuardedRequest, slug: str) -> RunTurn | None:
    """The run that ``?run=`` names. Raises ``NotFound`` for one that is not there."""
    if not request.GET.get("run"):
        return None
    try:
        run_id = UUID(request.GET["run"])
    except ValueError:
        raise NotFound("There is no such run.") from None
    return find_run_turn(request.principal, run_id, slug)


def _controls(spec: Any, values: Page) -> list[Control]:
    draw = Drawing()
    found = []
    for field in signature_of(spec).inputs:
        kind = field.type.kind
        plain = kind in ("str", "int", "float", "date", "datetime")
        value = values.get(field.name, field.default)
        text = value if isinstance(value, str) and plain else "" if value is None else _text(value)
        label = field.name if field.required else f"{field.name} (optional)"
        how = "area" if kind == "str" else "text" if plain else "json"
        lines = min(8, max(2, text.count("\n") + 1))
        found.append(draw.control(f"inputs.{field.name}", label, text, how, hint=field.description, lines=lines))
    return found


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
