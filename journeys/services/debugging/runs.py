"""A run of a journey that somebody wants to look into: the turn it answered, and the same turn again with the draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agents.core.spec.pipeline import signature_of
from agents.core.spec.values import validate_outputs
from agents.services.approvals import decide_approval
from journeys.core.engine.tester import STOP
from journeys.models import QUESTIONS, Message, MessageRole, Session
from journeys.services.branches import branch_session
from journeys.services.debugging.bench import find_pause
from journeys.services.debugging.recorded import read_answers
from journeys.services.debugging.session import ORIGIN, find_test, open_test
from journeys.services.debugging.steps import draft_agent
from journeys.services.sessions import get_session, post_message
from journeys.services.tester import last_question
from trust.core.errors import Conflict, Invalid, NotFound
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
    *,
    principal: Principal,
    slug: str,
    run_id: UUID,
    text: str = "",
    step: bool = False,
    keep: bool = False,
    until: str = "",
    client_id: str = "",
) -> Session:
    """A test conversation that stands where the run's turn began, in which the draft answers the same message, or ``text``.

    With ``step`` it waits before each agent; breakpoints and pins of the test before it hold. With ``keep`` what the run's
    agents brought is pinned as far as it fits the draft, so that the turn goes on with the first that brought nothing.
    ``until`` names an agent before which this one turn waits. Raises ``Conflict`` for a turn that nobody wrote, and whatever
    ``branch_session`` raises.
    """
    found = find_run_turn(principal, run_id, slug)
    if found.question.role != MessageRole.USER:
        raise Conflict("Nobody wrote the message of this turn: an event began it, and events cannot be repeated by hand.")
    before = find_test(principal, slug)
    debug = {**(before.debug if before is not None else {}), **({"step": True} if step else {})}
    if keep:
        debug["pins"] = {**debug.get("pins", {}), **_kept(principal, slug, found.run)}
    if until:
        draft_agent(principal, slug, until)
    return branch_session(
        principal=principal,
        session_id=found.session.id,
        turn=found.question.turn,
        text=text,
        client_id=client_id,
        draft=True,
        origin=ORIGIN,
        debug=debug,
        play={"until": until} if until else None,
    )


def run_to(*, principal: Principal, slug: str, agent: str, text: str = "") -> Session:
    """The draft answers the test's newest message anew, or ``text`` in its place, and waits before ``agent``, this once. A test
    in which nothing was said begins with ``text``. Raises ``Invalid`` without either and for an agent that is not there."""
    draft_agent(principal, slug, agent)
    test = find_test(principal, slug)
    question = last_question(test) if test is not None else None
    if question is not None and question.run is not None:
        _leave(principal, question)
        return rerun_on_draft(principal=principal, slug=slug, run_id=question.run.id, text=text, until=agent)
    if not text.strip():
        raise Invalid(problems=[{"where": "text", "message": "nothing was said in the test yet; say what it is to answer"}])
    opened = open_test(principal=principal, slug=slug, anew=False)
    name = f"until-{opened.id}-{opened.next_seq}"
    post_message(principal=principal, session_id=opened.id, client_id=name, text=text, play={"until": agent})
    return opened


def _leave(principal: Principal, question: Message) -> None:
    """A turn that waits for its tester is ended: another one takes its place."""
    pause = find_pause(principal, question.run)
    if pause is not None:
        decide_approval(principal=principal, approval_id=pause.id, decision="answer", result=STOP, seen_digest=pause.digest)


def _kept(principal: Principal, slug: str, run: Any) -> dict[str, dict[str, Any]]:
    """What the run's agents brought, as far as the draft's agents of these names could have brought it."""
    found: dict[str, dict[str, Any]] = {}
    for name, answer in read_answers(principal, run).items():
        if answer.outputs is None:
            continue
        try:
            found[name] = validate_outputs(signature_of(draft_agent(principal, slug, name)), answer.outputs)
        except Invalid:
            continue
    return found
