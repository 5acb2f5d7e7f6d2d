"""Tries of an agent's draft, as it is: nothing needs to be published first. A try is a run like any other."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from agents.core.spec.agent import AgentSpec
from agents.core.spec.runnable import digest_spec
from agents.core.spec.values import validate_inputs
from agents.models.definition import Definition
from agents.models.run import Run
from agents.services.definitions import get_definition
from agents.services.files import complete_files
from agents.services.runs import start_run, visible_runs
from agents.services.specs import link_draft
from trust.core.errors import Invalid
from trust.core.principal import Principal

__all__ = ["draft_spec", "find_trial", "list_agent_runs", "list_trials", "start_trial"]
MOST = 20


def draft_spec(principal: Principal, definition: Definition) -> AgentSpec:
    """The spec that the draft is now. Raises ``Invalid`` that lists every problem."""
    spec: Any = link_draft(principal.organization_id, "agent", definition.draft)
    return spec  # type: ignore[no-any-return]


def start_trial(
    *,
    principal: Principal,
    slug: str,
    inputs: dict[str, Any],
    budget_microusd: int | None = None,
    idempotency_key: str = "",
) -> Run:
    """A run of the draft of ``slug``. Raises ``Invalid`` with the problems of the draft, or else those of the inputs.

    The same ``idempotency_key`` with the same draft and inputs is the same try.
    """
    definition = get_definition(principal, "agent", slug)
    spec = draft_spec(principal, definition)
    try:
        given = complete_files(principal=principal, signature=spec.signature, inputs=inputs)
        values = validate_inputs(spec.signature, given)
    except Invalid as error:
        problems = [{**p, "where": f"inputs.{p['where']}".rstrip(".")} for p in error.problems]
        raise Invalid(problems=problems) from None  # type: ignore[arg-type]
    return start_run(
        principal=principal,
        spec=spec,
        inputs=values,
        version=definition.versions.filter(digest=digest_spec(spec)).first(),
        budget_microusd=budget_microusd,
        idempotency_key=_key(definition, idempotency_key or uuid.uuid4().hex),
    )


def list_trials(principal: Principal, definition: Definition, limit: int = MOST) -> list[Run]:
    """The principal's own tries of this agent, newest first."""
    return list(_trials(principal, definition).filter(created_by=principal.ref).order_by("-created_at")[:limit])


def find_trial(principal: Principal, definition: Definition, run_id: uuid.UUID) -> Run | None:
    """The try with this id, or any run of a version of the agent."""
    found: Run | None = list_agent_runs(principal, definition).filter(pk=run_id).first()
    return found


def list_agent_runs(principal: Principal, definition: Definition) -> Any:
    """Every run of the agent that the principal may see: of its versions and of its drafts."""
    runs = visible_runs(principal)
    return runs.filter(version__definition=definition) | runs.filter(idempotency_key__startswith=_prefix(definition))


def _trials(principal: Principal, definition: Definition) -> Any:
    return visible_runs(principal).filter(idempotency_key__startswith=_prefix(definition))


def _prefix(definition: Definition) -> str:
    return f"try/{definition.pk}/"


def _key(definition: Definition, given: str) -> str:
    """A try is bound to its agent by the key of its run: a draft has no version that the run could point to."""
    return _prefix(definition) + hashlib.sha256(given.encode(errors="replace")).hexdigest()[:32]
