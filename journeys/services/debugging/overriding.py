"""How an agent answers otherwise in a test: another model, temperature or prompt, tried out and then written to the draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from agents.core.spec.agent import AgentSpec
from agents.services.definitions import get_definition, list_published
from journeys.core.editing.draft import agents_of
from journeys.core.engine.tester import OverrideSpec
from journeys.core.spec import JourneySpec
from journeys.models import Session
from journeys.services.debugging.session import agent_of, change_debug, find_test
from journeys.services.editing import Outcome, edit_draft
from journeys.services.played import check_model
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal

Values = dict[str, Any]


def set_override(*, principal: Principal, session_id: UUID, agent: str, override: Values) -> Session:
    """From now on ``agent`` answers with these fields of ``OverrideSpec`` in place of its own; the turns' journals say so."""
    if override.get("provider") not in (None, "", "default"):
        check_model(principal, {"provider": str(override["provider"])})

    def change(spec: JourneySpec, debug: Values) -> Values:
        if not isinstance(agent_of(spec, agent), AgentSpec) or agent not in spec.agents:
            raise _invalid("agent", f"{agent!r} is a pipeline or a pathway that answers by itself: it has no model of its own")
        return {**debug, "overrides": {**debug.get("overrides", {}), agent: override}}

    return change_debug(principal, session_id, change)


def reset_override(*, principal: Principal, session_id: UUID, agent: str) -> Session:
    """The agent answers as it is declared again."""

    def change(spec: JourneySpec, debug: Values) -> Values:
        return {**debug, "overrides": {name: kept for name, kept in debug.get("overrides", {}).items() if name != agent}}

    return change_debug(principal, session_id, change)


def accept_override(*, principal: Principal, slug: str, agent: str) -> Outcome:
    """Writes to the draft how ``agent`` answers in the principal's test, and ends the override. An agent that is published on
    its own becomes the journey's own by it. Raises ``Conflict`` where nothing is overridden, and what ``edit_draft`` raises."""
    test = find_test(principal, slug)
    override = test.debug.get("overrides", {}).get(agent) if test is not None else None
    if test is None or override is None:
        raise Conflict(f"The agent {agent!r} answers as it is declared: there is no change to accept.")
    journey = get_definition(principal, "journey", slug)
    own = agents_of(journey.draft)
    spec = own.get(agent) or list_published(principal.organization_id, "agent").get(agent) or {}
    ops = [] if agent in own else [{"op": "own_agent", "agent": agent, "spec": spec}]
    values = OverrideSpec.model_validate(override).on(spec)
    ops.append({"op": "set_agent", "agent": agent, "values": values})
    label = f"Accepted how {agent} was tried out"
    with transaction.atomic():
        done = edit_draft(principal=principal, slug=slug, revision=journey.draft_revision, ops=ops, label=label)
        reset_override(principal=principal, session_id=test.id, agent=agent)
    return done


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
