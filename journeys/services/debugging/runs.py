"""A run of a journey that somebody wants to look into: the turn it answered, and the same turn again with the draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from journeys.models import QUESTIONS, Message, MessageRole, Session
from journeys.services.branches import branch_session
from journeys.services.debugging.session import ORIGIN, find_test
from journeys.services.sessions import get_session
from trust.core.errors import Conflict, NotFound
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class RunTurn:
    """The turn of a run: the conversation that it belongs to and what was asked."""

    session: Session
    question: Message
    run: Any

    @property
    def error(self) -> str:
        return str((self.run.error or {}).get("message", "")) if self.run.status != "succeeded" else ""


def find_run_turn(principal: Principal, run_id: UUID, slug: str = "") -> RunTurn:
    """Raises ``NotFound`` where the run is no turn of a conversation (of ``slug``) that the principal may read."""
    rows = Message.objects.filter(session__organization_id=principal.organization_id, run_id=run_id, role__in=QUESTIONS)
    question = rows.select_related("run").first()
    if question is None:
        raise NotFound(f"There is no turn of the run {run_id}.")
    session = get_session(principal, question.session_id)
    if slug and session.slug != slug:
        raise NotFound(f"The run {run_id} is of another journey.")
    return RunTurn(session, question, question.run)


def rerun_on_draft(
    *, principal: Principal, slug: str, run_id: UUID, text: str = "", step: bool = False, client_id: str = ""
) -> Session:
    """A test conversation that stands where the run's turn began, in which the draft answers the same message, or ``text``.

    With ``step`` it waits before each agent; breakpoints and pins of the test before it hold. Raises ``Conflict`` for a turn
    that nobody wrote, and whatever ``branch_session`` raises.
    """
    found = find_run_turn(principal, run_id, slug)
    if found.question.role != MessageRole.USER:
        raise Conflict("Nobody wrote the message of this turn: an event began it, and events cannot be repeated by hand.")
    before = find_test(principal, slug)
    debug = {**(before.debug if before is not None else {}), **({"step": True} if step else {})}
    return branch_session(
        principal=principal,
        session_id=found.session.id,
        turn=found.question.turn,
        text=text,
        client_id=client_id,
        draft=True,
        origin=ORIGIN,
        debug=debug,
    )
