"""A tester's hand in a session: pins and breakpoints, jumps to a pathway, and how its last turn looks on the canvas."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from agents.core.runtime.steps import Step
from agents.services.runs import list_steps
from journeys.adapters.looks import plan_look
from journeys.core.spec import JourneySpec
from journeys.models import QUESTIONS, Message, MessageRole, Session
from journeys.services.session_state import lock_at_rest
from journeys.services.sessions import add_note, get_session, lock_own, session_spec
from journeys.services.turn_options import check_play
from trust.core.errors import Invalid
from trust.core.principal import Principal

_STATES = {"failed": "failed", "unknown": "failed", "cancelled": "failed", "waiting": "waiting", "running": "running"}
_ORDER = ("running", "waiting", "failed", "ok")


def set_debug(*, principal: Principal, session_id: UUID, debug: dict[str, Any]) -> Session:
    """What holds for every turn from now on: ``breakpoints``, ``step`` and ``pins``; an empty one ends testing."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        session.debug = check_play(debug)
        session.save(update_fields=["debug"])
    return session


def jump_to(*, principal: Principal, session_id: UUID, pathway: str) -> Session:
    """Goes on in ``pathway`` as if the conversation had led there; told by a message. What was gathered stays."""
    with transaction.atomic():
        session = lock_at_rest(principal, session_id)
        spec = session_spec(session)
        known = [p.id for p in spec.pathways]
        if pathway not in known:
            message = f"there is no pathway {pathway!r}; the pathways are: {', '.join(known)}"
            raise Invalid(problems=[{"where": "pathway", "message": message}])
        before = session.state["pathway"]
        stack = [name for name in session.state.get("stack", []) if name != pathway]
        session.state = {**session.state, "pathway": pathway, "stack": stack}
        plan_look(session, spec)
        text = f"{principal.label} jumped from {before.replace('_', ' ')} to {pathway.replace('_', ' ')}."
        add_note(session, text, "jumped", {"from": before, "to": pathway}, by=principal)
    return session


def paint_session(principal: Principal, session_id: UUID) -> dict[str, Any]:
    """How the canvas shows the newest turn: ``nodes`` by pathway id and ``agents`` by ``pathway/agent``, each with ``state``
    (queued, running, waiting, ok, failed) and ``duration_s``; ``edges`` by transition id, and by ``from>to`` for others."""
    session = get_session(principal, session_id)
    return paint_turn(session, last_question(session))


def last_question(session: Session) -> Message | None:
    """What was asked last, by a person or by an event."""
    return session.messages.filter(role__in=QUESTIONS).select_related("run").order_by("-seq").first()


def paint_turn(session: Session, question: Message | None) -> dict[str, Any]:
    """One turn as ``paint_session`` tells it; ``moves`` are its moves, with one that is only known by where it led."""
    painted: dict[str, Any] = {"nodes": {}, "agents": {}, "edges": {}, "moves": [], "run": None, "status": "", "current": ""}
    painted["current"] = session.state.get("pathway", "")
    if question is None or question.run is None:
        return painted
    summary, steps = summary_of(session, question), list_steps(question.run)
    spec = session_spec(session)
    ran = str(summary.get("ran") or _where(spec, question.pathway, steps))
    painted["run"], painted["status"] = str(question.run.id), question.run.status
    agents = _agents(steps, _members(spec, ran))
    if agents and question.run.status in ("failed", "expired") and all(look["state"] == "ok" for look in agents.values()):
        agents[next(reversed(agents))]["state"] = "failed"  # its answer came and could not be used
    painted["agents"] = {f"{ran}/{name}": look for name, look in agents.items()}
    painted["nodes"][ran] = _whole(agents, question.run.status)
    guessed = [{"kind": "", "source": question.pathway, "target": ran}] if ran != question.pathway and not summary else []
    painted["moves"] = [*summary.get("moves", guessed)]
    for move in painted["moves"]:
        painted["edges"][move.get("transition") or f"{move['source']}>{move['target']}"] = {"taken": True}
    return painted


def _members(spec: JourneySpec, pathway: str) -> tuple[str, ...]:
    """Who answers in the pathway: its agents, or it itself."""
    return next((p.agents or (p.id,) for p in spec.pathways if p.id == pathway), ())


def _where(spec: JourneySpec, before: str, steps: list[Step]) -> str:
    """The pathway that answers in a turn without a summary: known by its agents, once one of them is at work."""
    seen = {parts[2] for parts in (step.path.split("/") for step in steps) if parts[0] == "pathway" and len(parts) > 3}
    fitting = [p.id for p in spec.pathways if seen & set(_members(spec, p.id))]
    return fitting[0] if fitting and before not in fitting else before


def summary_of(session: Session, question: Message) -> dict[str, Any]:
    """The summary of an answered turn; empty while there is none."""
    answer = session.messages.filter(run=question.run, role=MessageRole.ASSISTANT).first()
    return answer.payload if answer is not None and "status" not in answer.payload else {}


def _agents(steps: list[Step], names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The agents of the pathway that answered, each folded from its steps: the worst state, the time of all."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        parts, name = step.path.split("/"), ""
        if parts[0] == "pathway" and len(parts) > 3:
            name = str(step.request.get("place", "")) if step.kind == "note" else parts[2]
        if step.status == "waiting" and step.path.startswith("pathway/") and name not in names:
            name = next(reversed(found), "")  # it waits where it stopped
        if name not in names:
            continue
        look = found.setdefault(name, {"state": "ok", "duration_s": 0.0})
        state = _STATES.get(step.status, "ok")
        look["state"] = min(look["state"], state, key=_ORDER.index)
        look["duration_s"] = round(look["duration_s"] + (step.duration_s or 0), 3)
    return found


def _whole(agents: dict[str, dict[str, Any]], status: str) -> dict[str, Any]:
    states = {"queued": "queued", "running": "running", "waiting": "waiting", "succeeded": "ok"}
    seconds = sum(look["duration_s"] for look in agents.values())
    return {"state": states.get(status, "failed"), "duration_s": round(seconds, 3)}
