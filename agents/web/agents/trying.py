"""Trying an agent: a form made of its signature, and beside it the run, live. The run stands in the address: reload at will."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from agents.core.forms.problems import place_problems
from agents.core.forms.tree import read_tree
from agents.core.spec.agent import AgentSpec
from agents.core.spec.signature import SignatureSpec
from agents.models import Definition, Run
from agents.services.approvals import list_approvals
from agents.services.definitions import get_definition, load_spec
from agents.services.models import describe_model
from agents.services.reading import describe_doing, list_step_rows
from agents.services.runs import list_steps
from agents.services.trials import draft_spec, find_trial, list_trials, start_trial
from agents.web.agents.editor import head_page
from agents.web.agents.inputs import draw_inputs, read_inputs
from agents.web.agents.templates import find_example
from trust.core.errors import Conflict, Invalid, NotFound, Problem
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back


@dataclass(frozen=True, slots=True)
class Output:
    """One output of the signature with what the run gave for it."""

    name: str
    meaning: str
    value: Any
    is_text: bool
    is_short: bool  # one line is enough: a number, yes or no, nothing


@require_http_methods(["GET", "POST"])
@requires(Permission.READ)
def try_agent(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    if request.method == "POST" and request.principal.may(Permission.RUN):
        return _start(request, agent)
    return _page(request, agent)


@require_GET
@requires(Permission.READ)
def show_try(request: GuardedRequest, slug: str, run_id: UUID) -> HttpResponse:
    """The part of the page that is the run: what the live page asks for at every event."""
    agent = get_definition(request.principal, "agent", slug)
    run = find_trial(request.principal, agent, run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id} of {agent.name}.")
    return render(request, "agents/agent/try_run.html", _run_page(request, agent, run))


def _start(request: GuardedRequest, agent: Definition) -> HttpResponse:
    tree = read_tree((key, str(value)) for key, value in request.POST.items())
    try:
        spec = draft_spec(request.principal, agent)
    except Invalid:
        return _page(request, agent, status=422)
    values, problems = read_inputs(request.principal, spec.signature, tree, request.FILES)
    if not problems:
        try:
            run = _start_once(request, agent, values)
            return go_back(request, f"{reverse('agent_try', args=[agent.slug])}?run={run.id}")
        except Invalid as refusal:
            problems = refusal.problems
    return _page(request, agent, values=values, problems=problems, status=422)


def _start_once(request: GuardedRequest, agent: Definition, values: dict[str, Any]) -> Run:
    """A button pressed twice is one try; a form that was changed after going back is another."""
    key = request.POST.get("client_id", "")[:100]
    try:
        return start_trial(principal=request.principal, slug=agent.slug, inputs=values, idempotency_key=key)
    except Conflict:
        return start_trial(principal=request.principal, slug=agent.slug, inputs=values)


def _page(
    request: GuardedRequest,
    agent: Definition,
    *,
    values: dict[str, Any] | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    tries = list_trials(request.principal, agent)
    run = _wanted(request, agent)
    page = head_page(request.principal, agent, "agent_try")
    page |= {"tries": tries, "run": run, "client_id": uuid.uuid4().hex, "model": describe_model(request.principal)}
    page |= _run_page(request, agent, run) if run else {}
    try:
        spec = draft_spec(request.principal, agent)
    except Invalid as refusal:
        return render(request, "agents/agent/try.html", page | {"draft_problems": refusal.problems}, status=status)
    if values is None:
        latest = run or next(iter(tries), None)
        values = _before(spec.signature, latest) if latest else find_example(spec.signature)
    names = [f"inputs.{field.name}" for field in spec.signature.inputs]
    placed = place_problems(problems or [], {}, names)
    errors = {problem.name: problem.message[:1].upper() + problem.message[1:] for problem in placed if problem.name}
    page |= {
        "spec": spec,
        "controls": draw_inputs(spec.signature, values, errors),
        "general": [problem for problem in placed if not problem.name],
        "has_files": any(control.kind == "file" for control in draw_inputs(spec.signature, {}, {})),
    }
    return render(request, "agents/agent/try.html", page, status=status)


def _run_page(request: GuardedRequest, agent: Definition, run: Run) -> dict[str, Any]:
    steps = list_steps(run)
    spec: Any = load_spec(request.principal.organization_id, run.spec_digest)
    return {
        "agent": agent,
        "run": run,
        "rows": [row for row in list_step_rows(steps) if row.step],
        "doing": describe_doing(steps),
        "approvals": list_approvals(request.principal, status=None, run_id=run.id) if steps else [],
        "outputs": outputs_of(spec, run.output),
        "partial": next((step.partial for step in reversed(steps) if step.partial), ""),
        "return_to": f"{reverse('agent_try', args=[agent.slug])}?run={run.id}",
        "may_decide": request.principal.may(Permission.APPROVE),
        "may_run": request.principal.may(Permission.RUN),
    }


def outputs_of(spec: AgentSpec, output: Any) -> list[Output]:
    """The outputs in the signature's order; those that the signature does not name come last."""
    if not isinstance(output, dict):
        return []
    meanings = {field.name: field.description for field in spec.signature.outputs}
    names = [name for name in meanings if name in output] + [name for name in output if name not in meanings]
    return [_output(name, meanings.get(name, ""), output[name]) for name in names]


def _output(name: str, meaning: str, value: Any) -> Output:
    is_short = value in ("", [], {}) or isinstance(value, bool | int | float | None)
    return Output(name, meaning, value, isinstance(value, str), is_short)


def _wanted(request: GuardedRequest, agent: Definition) -> Run | None:
    try:
        run_id = UUID(request.GET.get("run", ""))
    except ValueError:
        return None
    run = find_trial(request.principal, agent, run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id} of {agent.name}.")
    return run


def _before(signature: SignatureSpec, run: Run) -> dict[str, Any]:
    """What was typed for the last try, as far as the signature still asks for it."""
    names = {field.name for field in signature.inputs}
    inputs = run.inputs if isinstance(run.inputs, dict) else {}
    return {name: value for name, value in inputs.items() if name in names}
