"""What the builder shows of a test: each agent with what it was given and what it brought, pins, breakpoints, and a wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agents.core.runtime.steps import Step
from agents.services.approvals import list_approvals
from agents.services.runs import list_steps
from journeys.core.engine.answering import bind_member
from journeys.core.engine.events import Turn
from journeys.core.engine.pathways import pathway_agents
from journeys.core.engine.state import JourneyState
from journeys.core.engine.tester import STEP
from journeys.core.errors import MissingInput
from journeys.core.spec import JourneySpec
from journeys.models import Message, Session
from journeys.services.debugging.recorded import Answered, read_answers
from journeys.services.debugging.session import Standing, compare_draft
from journeys.services.sessions import session_spec
from journeys.services.tester import last_question, paint_turn
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
    override: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pause:
    """The turn waits before ``place`` with these ``inputs``, until the ``approval`` is answered with one of its options."""

    place: str
    inputs: Values
    approval: Any


@dataclass(frozen=True, slots=True)
class Bench:
    """``standing``: whether the draft is still what the session talks with. ``run`` answers the newest turn. ``missed``: the
    agent that this turn was to run to, and did not come to."""

    session: Session
    standing: Standing
    places: tuple[Place, ...]
    pause: Pause | None = None
    run: Any = None
    missed: str = ""

    @property
    def overrides(self) -> list[Place]:
        """One place of each agent that answers otherwise in this test."""
        return list({place.agent: place for place in self.places if place.override}.values())


def show_bench(principal: Principal, session: Session) -> Bench:
    """Everything about a test conversation that can be seen beside its chat."""
    question = last_question(session)
    run = question.run if question is not None else None
    steps = list_steps(run) if run is not None else []
    looks = paint_turn(session, question)["agents"]
    answers = read_answers(principal, run) if run is not None else {}
    pause = _pause(principal, run, steps)
    places = []
    for place in list_places(session):
        look = looks.get(f"{place.pathway}/{place.agent}", {})
        known = answers.get(place.agent) if look else None
        seen = replace(
            place,
            state=str(look.get("state", "")),
            duration_s=float(look.get("duration_s", 0)),
            inputs=known.inputs if known else {},
            outputs=(known.outputs or {}) if known else {},
        )
        places.append(seen)
    missed = _missed(question, answers)
    return Bench(session, compare_draft(principal, session), tuple(places), pause, run, missed)


def list_places(session: Session) -> list[Place]:
    """Each agent of each pathway with what is wished of it; nothing of what the newest turn brought."""
    spec, debug = session_spec(session), session.debug
    return [
        Place(
            pathway=pathway.id,
            title=f"{agent.name}" if pathway.agents else (pathway.title or pathway.id),
            agent=name,
            pinned=name in debug.get("pins", {}),
            breakpoint=name in debug.get("breakpoints", ()),
            override=debug.get("overrides", {}).get(name, {}),
        )
        for pathway in spec.pathways
        for name, agent in pathway_agents(spec, pathway)
    ]


def known_inputs(principal: Principal, session: Session, agent: str) -> Values:
    """What ``agent`` was given in the newest turn, or would be given by what is known now; as far as that can be said."""
    spec, question = session_spec(session), last_question(session)
    answers = read_answers(principal, question.run) if question is not None and question.run is not None else {}
    if agent in answers:
        return answers[agent].inputs
    turn = Turn(1, question.text if question else "", (), JourneyState.from_json(session.state), user=session.variables)
    for pathway in spec.pathways:
        found = _bound(spec, turn, pathway.id)
        if agent in found:
            return found[agent]
    return {}


def _bound(spec: JourneySpec, turn: Turn, pathway: str) -> dict[str, Values]:
    """Agents of the pathway to what they would be given before any of them has answered."""
    turn, found = replace(turn, ran=pathway), {}
    for name, agent in pathway_agents(spec, spec.pathway(pathway)):
        try:
            found[name] = bind_member(spec, turn, name, agent, {})
        except MissingInput:
            continue
    return found


def _missed(question: Message | None, answers: Mapping[str, Answered]) -> str:
    """Only a turn that has ended has missed anything."""
    if question is None or question.run is None or not question.run.ended:
        return ""
    until = str(question.payload.get("play", {}).get("until", ""))
    return until if until not in answers else ""


def _pause(principal: Principal, run: Any, steps: list[Step]) -> Pause | None:
    stopped, asked = _notes(steps, "stopped"), find_pause(principal, run)
    if not stopped or asked is None:
        return None
    return Pause(str(stopped[-1].request["place"]), dict(stopped[-1].request.get("inputs", {})), asked)


def find_pause(principal: Principal, run: Any) -> Any:
    """The question that a turn asks its tester where it has stopped before an agent; ``None`` while it does not."""
    if run is None or run.status != "waiting":
        return None
    asked = [a for a in list_approvals(principal, run_id=run.id) if a.kind == "question" and STEP in a.options]
    return asked[0] if asked else None


def _notes(steps: Iterable[Step], name: str) -> list[Step]:
    """What the tester did in a turn, by the name of the step."""
    return [step for step in steps if step.kind == "note" and f"/{name}/" in step.path]
