"""What the builder shows of a test: each agent with what it was given and what it brought, pins, breakpoints, and a wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.core.runtime.steps import Step
from agents.core.spec.pipeline import signature_of
from agents.services.approvals import list_approvals
from agents.services.runs import list_steps
from journeys.core.engine.answering import bind_member
from journeys.core.engine.events import Turn
from journeys.core.engine.pathways import pathway_agents
from journeys.core.engine.state import JourneyState
from journeys.core.errors import MissingInput
from journeys.core.spec import JourneySpec
from journeys.models import Message, Session
from journeys.services.debugging.session import Standing, compare_draft
from journeys.services.sessions import session_spec
from journeys.services.tester import last_question, paint_turn, summary_of
from trust.core.principal import Principal

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One agent of a pathway. ``inputs`` and ``outputs`` are those of the newest turn, where it answered there."""

    pathway: str
    title: str
    agent: str
    state: str = ""
    duration_s: float = 0.0
    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    pinned: bool = False
    breakpoint: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """The turn waits before ``place`` with these ``inputs``, until the ``approval`` is answered with one of its options."""

    place: str
    inputs: Values
    approval: Any


@dataclass(frozen=True, slots=True)
class Bench:
    """``standing``: whether the draft is still what the session talks with. ``run`` answers the newest turn."""

    session: Session
    standing: Standing
    places: tuple[Place, ...]
    pause: Pause | None = None
    run: Any = None


def show_bench(principal: Principal, session: Session) -> Bench:
    """Everything about a test conversation that can be seen beside its chat."""
    spec, question = session_spec(session), last_question(session)
    run = question.run if question is not None else None
    steps = list_steps(run) if run is not None else []
    looks = paint_turn(session, question)["agents"]
    inputs = inputs_of_turn(spec, session, question, steps)
    summary = summary_of(session, question) if question is not None and run is not None else {}
    pause = _pause(principal, run, steps)
    places = []
    for pathway in spec.pathways:
        for name, agent in pathway_agents(spec, pathway):
            look = looks.get(f"{pathway.id}/{name}", {})
            place = Place(
                pathway=pathway.id,
                title=f"{agent.name}" if pathway.agents else (pathway.title or pathway.id),
                agent=name,
                state=str(look.get("state", "")),
                duration_s=float(look.get("duration_s", 0)),
                inputs=inputs.get(name, {}) if look else {},
                outputs=_outputs(signature_of(agent), summary, steps, name) if look else {},
                pinned=name in session.debug.get("pins", {}),
                breakpoint=name in session.debug.get("breakpoints", ()),
            )
            places.append(place)
    return Bench(session, compare_draft(principal, session), tuple(places), pause, run)


def known_inputs(session: Session, agent: str) -> Values:
    """What ``agent`` was given in the newest turn, or would be given by what is known now; as far as that can be said."""
    spec, question = session_spec(session), last_question(session)
    steps = list_steps(question.run) if question is not None and question.run is not None else []
    known = inputs_of_turn(spec, session, question, steps)
    if agent in known:
        return known[agent]
    turn = Turn(1, question.text if question else "", (), JourneyState.from_json(session.state), user=session.variables)
    for pathway in spec.pathways:
        found = _bound(spec, turn, pathway.id, {})
        if agent in found:
            return found[agent]
    return {}


def inputs_of_turn(spec: JourneySpec, session: Session, question: Message | None, steps: Iterable[Step]) -> dict[str, Values]:
    """Agent to its inputs: as the journal has them where the turn stopped before it, else bound again from what was known when
    the turn began."""
    steps = list(steps)
    loaded = next((step.result for step in steps if step.path == "load/0"), None)
    if question is None or not isinstance(loaded, dict):
        return {}
    turn = Turn(
        number=loaded["turn"],
        message=loaded["text"],
        history=loaded["history"],
        state=JourneyState.from_json(loaded["state"]),
        user=loaded.get("variables") or {},
        files=loaded.get("files") or (),
    )
    ran = next(iter(paint_turn(session, question)["nodes"]), question.pathway)
    found = _bound(spec, turn, ran, summary_of(session, question).get("outputs", {}))
    stopped = {str(s.request.get("place")): s.request.get("inputs", {}) for s in _notes(steps, "stopped")}
    return found | stopped


def _bound(spec: JourneySpec, turn: Turn, ran: str, outputs: Mapping[str, Any]) -> dict[str, Values]:
    """``outputs``: those of the whole turn; each agent is given what the agents before it brought."""
    if all(p.id != ran for p in spec.pathways):
        return {}
    turn = Turn(turn.number, turn.message, turn.history, turn.state, user=turn.user, files=turn.files, ran=ran)
    found, before = {}, dict[str, Any]()
    for name, agent in pathway_agents(spec, spec.pathway(ran)):
        try:
            found[name] = bind_member(spec, turn, name, agent, before)
        except MissingInput:
            continue
        before |= {f.name: outputs[f.name] for f in signature_of(agent).outputs if f.name in outputs}
    return found


def _outputs(signature: Any, summary: Mapping[str, Any], steps: list[Step], name: str) -> Values:
    """What was pinned for the turn, else what the turn's outputs have of the agent's fields."""
    pinned = next((s.result for s in _notes(steps, "pinned") if s.request.get("place") == name), None)
    if isinstance(pinned, dict):
        return pinned
    outputs = summary.get("outputs", {})
    return {f.name: outputs[f.name] for f in signature.outputs if f.name in outputs}


def _pause(principal: Principal, run: Any, steps: list[Step]) -> Pause | None:
    if run is None or run.status != "waiting":
        return None
    stopped = _notes(steps, "stopped")
    asked = [a for a in list_approvals(principal, run_id=run.id) if a.kind == "question" and "Step" in a.options]
    if not stopped or not asked:
        return None
    return Pause(str(stopped[-1].request["place"]), dict(stopped[-1].request.get("inputs", {})), asked[0])


def _notes(steps: Iterable[Step], name: str) -> list[Step]:
    """What the tester did in a turn, by the name of the step."""
    return [step for step in steps if step.kind == "note" and f"/{name}/" in step.path]
