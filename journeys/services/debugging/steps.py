"""One agent of a journey alone: a run of its own with inputs that a person gives, of the draft as it is now."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, cast

from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec, signature_of
from agents.core.spec.values import validate_inputs
from agents.services.definitions import get_definition
from agents.services.runs import start_run, visible_runs
from agents.services.specs import link_draft
from journeys.core.spec import JourneySpec
from journeys.services.debugging.session import agent_of
from trust.core.errors import Invalid, Problem
from trust.core.principal import Principal


def draft_agent(principal: Principal, slug: str, agent: str) -> AgentSpec | PipelineSpec:
    """What answers as ``agent`` in the draft, with the guidelines of its journey and pathway. Raises ``Invalid``."""
    definition = get_definition(principal, "journey", slug)
    return agent_of(cast(JourneySpec, link_draft(principal.organization_id, "journey", definition.draft)), agent)


def start_step(
    *, principal: Principal, slug: str, agent: str, inputs: dict[str, Any], budget_microusd: int | None = None
) -> Any:
    """The run of ``agent`` alone; no conversation changes by it. Raises ``Invalid`` for a draft that cannot run, an agent that
    is not there and inputs that do not fit."""
    spec = draft_agent(principal, slug, agent)
    try:
        values = validate_inputs(signature_of(spec), inputs)
    except Invalid as error:
        problems: list[Problem] = [{**p, "where": f"inputs.{p['where']}".rstrip(".")} for p in error.problems]
        raise Invalid(problems=problems) from None
    return start_run(
        principal=principal,
        spec=spec,
        inputs=values,
        budget_microusd=budget_microusd,
        private_to=principal.ref,
        idempotency_key=f"{_prefix(principal, slug, agent)}{uuid.uuid4().hex}",
    )


def newest_step(principal: Principal, slug: str, agent: str) -> Any:
    """The principal's newest run of this agent alone; ``None`` without one."""
    mine = visible_runs(principal).filter(created_by=principal.ref)
    return mine.filter(idempotency_key__startswith=_prefix(principal, slug, agent)).order_by("-created_at").first()


def _prefix(principal: Principal, slug: str, agent: str) -> str:
    """Binds such a run to its journey and agent: a draft has no version that it could point to."""
    definition = get_definition(principal, "journey", slug)
    return f"step/{definition.pk}/{hashlib.sha256(agent.encode()).hexdigest()[:16]}/"
