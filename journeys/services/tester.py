"""A tester's hand in a session: pins and breakpoints, jumps to a pathway, and how its last turn looks on the canvas."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from agents.core.runtime.steps import Step
from agents.services.runs import list_steps
from agents.services.topics import list_queue_heads
from journeys.adapters.looks import plan_look
from journeys.models import QUESTIONS, Message, MessageRole, Session
from journeys.services.sessions import add_note, check_open, get_session, lock_own, session_spec
from journeys.services.turn_options import check_play
from trust.core.errors import Conflict, Invalid
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
        session = lock_own(principal, session_id)
        check_open(session)
        if any(not head.ended for head in list_queue_heads(principal, session.queue_key)):
            raise Conflict("A turn is under way and would overwrite this; try again when it has ended.")
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
    last = session.messages.filter(role__in=QUESTIONS).select_related("run").order_by("-seq").first()
    painted: dict[str, Any] = {"nodes": {}, "agents": {}, "edges": {}, "run": None, "status": "", "current": ""}
    painted["current"] = session.state.get("pathway", "")
    if last is None or last.run is None:
        return painted
    summary = _summary_of(session, last)
    ran = str(summary.get("ran") or last.pathway)
    painted["run"], painted["status"] = str(last.run.id), last.run.status
    agents = _agents(list_steps(last.run))
    painted["agents"] = {f"{ran}/{name}": look for name, look in agents.items()}
    painted["nodes"][ran] = _whole(agents, last.run.status)
    for move in summary.get("moves", []):
        painted["edges"][move.get("transition") or f"{move['source']}>{move['target']}"] = {"taken": True}
    return painted


def _summary_of(session: Session, question: Message) -> dict[str, Any]:
    answer = session.messages.filter(run=question.run, role=MessageRole.ASSISTANT).first()
    return answer.payload if answer is not None else {}


def _agents(steps: list[Step]) -> dict[str, dict[str, Any]]:
    """The agents of the pathway that answered, each folded from its steps: the worst state, the time of all."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        parts = step.path.split("/")
        if parts[0] != "pathway" or len(parts) < 4:
            continue
        look = found.setdefault(parts[2], {"state": "ok", "duration_s": 0.0})
        state = _STATES.get(step.status, "ok")
        look["state"] = min(look["state"], state, key=_ORDER.index)
        look["duration_s"] = round(look["duration_s"] + (step.duration_s or 0), 3)
    return found


def _whole(agents: dict[str, dict[str, Any]], status: str) -> dict[str, Any]:
    states = {"queued": "queued", "running": "running", "waiting": "waiting", "succeeded": "ok"}
    seconds = sum(look["duration_s"] for look in agents.values())
    return {"state": states.get(status, "failed"), "duration_s": round(seconds, 3)}
