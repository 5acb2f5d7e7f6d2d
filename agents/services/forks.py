"""Forks with something else at the start or at a tool call. What a person edits is never done past permission or approval:
the edit stands in the record of the model's answer, and the run goes its usual way from there."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db import transaction

from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.steps import Step
from agents.core.runtime.storable import is_storable
from agents.core.spec.agent import AgentSpec
from agents.core.spec.values import validate_inputs
from agents.models.run import Run
from agents.services.definitions import load_spec
from agents.services.files import complete_files
from agents.services.inspection import Inspection, inspect_run
from agents.services.runs import append_events, fork_run, get_run, start_run
from agents.services.tools import check_arguments
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

ENDS = (EventType.STEP_FINISHED, EventType.STEP_FAILED)


def fork_with_inputs(*, principal: Principal, run_id: UUID, inputs: dict[str, Any]) -> Run:
    """A new run of the same version from the very start, with other inputs. Raises ``Invalid`` where they do not fit."""
    source = get_run(principal, run_id)
    if source.kind != "agent":
        message = f"a {source.kind} takes its input from its conversation; fork it at a step, or write a new message"
        raise Invalid(problems=[{"where": "inputs", "message": message}])
    _check_storable("inputs", inputs)
    spec = cast(AgentSpec, load_spec(source.organization_id, source.spec_digest))
    given = complete_files(principal=principal, signature=spec.signature, inputs=inputs)
    with transaction.atomic():
        run = start_run(
            principal=principal,
            spec=spec,
            inputs=validate_inputs(spec.signature, given),
            version=source.version,
            budget_microusd=source.budget_microusd,
            budget_tokens=source.budget_tokens,
            budget_calls=source.budget_calls,
            private_to=source.private_to,
        )
        run.forked_from, run.outer_layers = source, source.outer_layers
        run.save(update_fields=["forked_from", "outer_layers"])
    return run


def fork_with_arguments(*, principal: Principal, run_id: UUID, path: str, arguments: dict[str, Any]) -> Run:
    """A new run in which the tool call at ``path`` has ``arguments``: everything before it stands, the call is decided on and
    done anew. Raises ``Invalid`` for a step that no answer of a model asked for."""
    seen = inspect_run(principal, run_id)
    step = seen.find(path)
    if step is None:
        raise NotFound(f"Run {run_id} has no step {path!r}.")
    asked = seen.tool_calls_of(step)
    if asked is None:
        message = f"step {path} was not asked for by a model; fork it with another result, or the run with other inputs"
        raise Invalid(problems=[{"where": "path", "message": message}])
    _check_storable("arguments", arguments)
    check_arguments(str(step.request["tool"]), arguments, principal.organization_id)
    with transaction.atomic():
        fork = fork_run(
            principal=principal, run_id=run_id, path=asked.path, result=_asking(asked, step, arguments), use_result=True
        )
        siblings = _between(seen, asked, step)
        if siblings:
            append_events(fork, siblings)
            fork.save(update_fields=["last_seq"])
    return fork


def can_edit_arguments(seen: Inspection, step: Step) -> bool:
    return seen.tool_calls_of(step) is not None


def _asking(asked: Step, step: Step, arguments: dict[str, Any]) -> dict[str, Any]:
    """The model's answer with ``arguments`` in the one call that ``step`` was."""
    result = dict(asked.result)
    calls = [dict(call) for call in result["tool_calls"]]
    wanted = (step.request["tool"], step.request["arguments"])
    for call in calls:
        if (call.get("name"), call.get("arguments", {})) == wanted:
            call["arguments"] = arguments
            break
    return {**result, "tool_calls": calls}


def _between(seen: Inspection, asked: Step, step: Step) -> list[NewEvent]:
    """What else was finished before the call and after its question: other calls of the same answer, and other branches."""
    ends = [e for e in seen.events if e.type in ENDS and e.seq < step.first_seq and e.path != asked.path]
    before = {e.path for e in ends if e.seq < asked.first_seq}
    since = {e.path for e in ends} - before
    return [NewEvent(e.type, e.path, e.payload) for e in seen.events if e.path in since and e.seq < step.first_seq]


def _check_storable(where: str, value: Any) -> None:
    if not isinstance(value, dict) or not is_storable(value):
        message = "is to be a JSON object without NUL characters, halves of surrogate pairs or numbers that are none"
        raise Invalid(problems=[{"where": where, "message": message}])
