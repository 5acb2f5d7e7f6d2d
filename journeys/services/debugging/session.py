"""The test conversation of a builder: one session of the draft for each person, with what its tester wishes of its turns.

It is the newest session that its owner opened from the builder; nothing else remembers which it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec, signature_of
from agents.core.spec.runnable import digest_spec
from agents.core.spec.values import validate_outputs
from agents.services.definitions import get_definition
from agents.services.specs import link_draft
from journeys.core.engine.pathways import pathway_agents
from journeys.core.spec import JourneySpec
from journeys.models import Session, SessionStatus
from journeys.services.sessions import lock_own, open_session, session_spec
from journeys.services.turn_options import check_play
from trust.core.errors import Invalid
from trust.core.principal import Principal

ORIGIN = "builder"
Standing = Literal["same", "changed", "broken"]


def open_test(*, principal: Principal, slug: str, anew: bool = True) -> Session:
    """A session of the draft as it is now, with the breakpoints and pins of the test before it. Without ``anew`` the one that
    there is goes on, as long as it has not ended and talks with this very draft. Raises ``Invalid`` for one that cannot run.
    """
    before = find_test(principal, slug)
    goes_on = before is not None and not anew and before.status != SessionStatus.ENDED
    if before is not None and goes_on and compare_draft(principal, before) == "same":
        return before
    with transaction.atomic():
        session = open_session(principal=principal, slug=slug, draft=True, origin=ORIGIN)
        if before is not None and before.debug:
            session.debug = before.debug
            session.save(update_fields=["debug"])
    return session


def find_test(principal: Principal, slug: str) -> Session | None:
    """The principal's test conversation with this journey's draft."""
    definition = get_definition(principal, "journey", slug)
    mine = Session.objects.filter(organization_id=principal.organization_id, owner=principal.ref, deleted_at__isnull=True)
    found = mine.filter(definition=definition, origin=ORIGIN).select_related("version", "definition")
    return found.order_by("-created_at").first()


def compare_draft(principal: Principal, session: Session) -> Standing:
    """Whether the draft is still what the session talks with; ``broken``: it has changed to what cannot run."""
    definition = get_definition(principal, "journey", session.slug)
    try:
        spec = link_draft(principal.organization_id, "journey", definition.draft)
    except Invalid:
        return "broken"
    return "same" if digest_spec(spec) == session.digest else "changed"


def set_breakpoint(*, principal: Principal, session_id: UUID, place: str, armed: bool) -> Session:
    """From now on turns wait before the agent ``place``, or before each agent of the pathway ``place``; or no longer."""

    def change(spec: JourneySpec, debug: dict[str, Any]) -> dict[str, Any]:
        names = _places(spec, place)
        kept = [name for name in debug.get("breakpoints", ()) if name not in names]
        return {**debug, "breakpoints": [*kept, *(names if armed else ())]}

    return change_debug(principal, session_id, change)


def pin_output(*, principal: Principal, session_id: UUID, agent: str, outputs: dict[str, Any]) -> Session:
    """From now on ``outputs`` stand in place of what ``agent`` would answer; they must fit its signature."""

    def change(spec: JourneySpec, debug: dict[str, Any]) -> dict[str, Any]:
        values = validate_outputs(signature_of(agent_of(spec, agent)), outputs)
        return {**debug, "pins": {**debug.get("pins", {}), agent: values}}

    return change_debug(principal, session_id, change)


def reset_pins(*, principal: Principal, session_id: UUID, agent: str = "") -> Session:
    """The agent answers by itself again; without a name all of them do."""

    def change(spec: JourneySpec, debug: dict[str, Any]) -> dict[str, Any]:
        pins = {name: kept for name, kept in debug.get("pins", {}).items() if agent and name != agent}
        return {**debug, "pins": pins}

    return change_debug(principal, session_id, change)


def change_debug(
    principal: Principal, session_id: UUID, change: Callable[[JourneySpec, dict[str, Any]], dict[str, Any]]
) -> Session:
    """What a tester wishes for every turn to come, as ``change`` makes it of what was wished before. Raises ``Invalid``."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        session.debug = check_play(change(session_spec(session), dict(session.debug)))
        session.save(update_fields=["debug"])
    return session


def agent_of(spec: JourneySpec, name: str) -> AgentSpec | PipelineSpec:
    """The agent that answers as ``name`` somewhere. Raises ``Invalid`` that lists those there are."""
    known = {agent: found for pathway in spec.pathways for agent, found in pathway_agents(spec, pathway)}
    if name not in known:
        raise _invalid("agent", f"there is no agent {name!r}; the agents are: {', '.join(known)}")
    return known[name]


def _places(spec: JourneySpec, place: str) -> list[str]:
    for pathway in spec.pathways:
        if pathway.id == place:
            return [name for name, _ in pathway_agents(spec, pathway)]
    agent_of(spec, place)
    return [place]


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
