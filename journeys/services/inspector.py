"""What the playground shows of a session: its turns, where it stands, what it knows and which turn changed it. Read only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from agents.core.runtime.steps import Step
from agents.services.runs import list_steps
from journeys.core.engine.context import merge_rule
from journeys.core.engine.state import JourneyState
from journeys.core.spec import JourneySpec
from journeys.models import QUESTIONS, Message, MessageRole, Session
from journeys.services.sessions import get_session, list_messages, session_spec
from trust.core.errors import NotFound
from trust.core.principal import Principal

MAX_MESSAGES = 100_000  # of one page: a session is drawn from its newest turns, so all of them are read


@dataclass(frozen=True, slots=True)
class TurnView:
    """One message of a person and what came of it. ``reply`` is ``None`` while, or when, there is no whole answer.

    ``summary`` is the turn's summary (intent, moves, outputs, changed); ``notice`` says why there is no answer. ``began`` is
    ``event`` for a turn that nobody wrote for. ``asides`` is what was said and done beside the turn until the next one: by a
    human who took over, and notes of what was done to the session.
    """

    number: int
    seq: int
    client_id: str
    text: str
    run: Any  # agents' Run, None once it has been purged
    reply: str | None = None
    partial: str = ""
    notice: str = ""
    can_retry: bool = False
    began: str = "user"
    files: tuple[dict[str, Any], ...] = ()
    play: dict[str, Any] = field(default_factory=dict)
    silence_s: float | None = None  # after which the turn began without a message
    asides: tuple[Message, ...] = ()
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def pathway_before(self) -> str:
        return str(self.summary.get("pathway_before", ""))

    @property
    def pathway_after(self) -> str:
        return str(self.summary.get("pathway", ""))

    def steps(self) -> list[Step]:
        """The steps of the turn's run, folded from its journal at each call."""
        return list_steps(self.run) if self.run else []


@dataclass(frozen=True, slots=True)
class PathwayView:
    id: str
    title: str
    current: bool
    suspended: bool


@dataclass(frozen=True, slots=True)
class ContextRow:
    """``turn`` is the number of the turn that changed the value last (0: known beforehand)."""

    key: str
    value: Any
    rule: str
    turn: int | None
    changed_now: bool


@dataclass(frozen=True, slots=True)
class Inspector:
    """``opening`` are the asides before the first turn, ``stack`` the titles of the suspended pathways, the next one to come
    back to first."""

    session: Session
    spec: JourneySpec
    state: JourneyState
    pathways: tuple[PathwayView, ...]
    stack: tuple[str, ...]
    context: tuple[ContextRow, ...]
    turns: tuple[TurnView, ...]
    greeting: str
    opening: tuple[Message, ...]
    suggestions: tuple[str, ...]
    decision: dict[str, Any] | None
    moves: tuple[str, ...]
    considered: tuple[dict[str, Any], ...] = ()


def get_inspector(principal: Principal, session_id: UUID) -> Inspector:
    """Everything about a session that the principal may read. Raises ``NotFound``."""
    session = get_session(principal, session_id)
    spec, state = session_spec(session), JourneyState.from_json(session.state)
    messages = list_messages(principal, session_id, limit=MAX_MESSAGES)
    turns = _turns(messages)
    answered = [turn for turn in turns if turn.reply is not None]
    last = answered[-1].summary if answered else {}
    greeting = next((m for m in messages if m.payload.get("greeting")), None)
    hints = last.get("suggestions", []) if answered else list(spec.pathway(state.pathway).suggestions)
    return Inspector(
        session=session,
        spec=spec,
        state=state,
        pathways=tuple(
            PathwayView(p.id, p.title or _words(p.id), p.id == state.pathway and not state.ended, p.id in state.stack)
            for p in spec.pathways
        ),
        stack=tuple(spec.pathway(name).title or _words(name) for name in reversed(state.stack)),
        context=_context(spec, state, answered[-1].number if answered else 0),
        turns=tuple(turns),
        greeting=greeting.text if greeting else "",
        opening=tuple(m for m in messages if _is_aside(m) and m.turn < (turns[0].number if turns else m.turn + 1)),
        suggestions=tuple(hints) if not state.ended else (),
        decision=last.get("intent"),
        considered=tuple(item for item in last.get("considered", ()) if not item.get("taken")),
        moves=tuple(f"{_title(spec, m['source'])} to {_title(spec, m['target'])}: {m['why']}" for m in last.get("moves", [])),
    )


def get_turn(principal: Principal, session_id: UUID, run_id: UUID) -> TurnView:
    """The turn that the run ``run_id`` answers. Raises ``NotFound``."""
    for turn in _turns(list_messages(principal, session_id, limit=MAX_MESSAGES)):
        if turn.run is not None and turn.run.id == run_id:
            return turn
    raise NotFound(f"The session {session_id} has no turn with the run {run_id}.")


def _turns(messages: list[Message]) -> list[TurnView]:
    questions = [m for m in messages if m.role in QUESTIONS]
    said = [m for m in messages if m.role not in QUESTIONS and not _is_aside(m)]
    answers = {m.run_id: m for m in said if m.run_id}
    kept = {m.turn: m for m in said if not m.run_id}  # their runs are deleted by the retention
    asides: dict[int, list[Message]] = {}
    for message in filter(_is_aside, messages):
        asides.setdefault(message.turn, []).append(message)
    last = questions[-1].seq if questions else 0
    views = [_turn(m, answers.get(m.run_id) if m.run_id else kept.get(m.turn), m.seq == last) for m in questions]
    return [replace(view, asides=tuple(asides.get(view.number, ()))) for view in views]


def _is_aside(message: Message) -> bool:
    return message.role == MessageRole.HUMAN or "note" in message.payload


def _turn(question: Message, answer: Message | None, is_last: bool) -> TurnView:
    view = TurnView(
        question.turn,
        question.seq,
        question.client_id,
        question.text,
        question.run,
        began=MessageRole(question.role).value,
        files=tuple(question.payload.get("files", ())),
        play=question.payload.get("play", {}),
        silence_s=question.payload.get("after_s"),
    )
    if answer is None:
        return view
    if "status" not in answer.payload:
        return replace(view, reply=answer.text, summary=answer.payload)
    partial = answer.text if answer.payload.get("partial") else ""
    can_retry = is_last and question.run_id is not None and not answer.payload.get("retried")
    return replace(view, partial=partial, notice="" if partial else answer.text, can_retry=can_retry)


def _context(spec: JourneySpec, state: JourneyState, newest: int) -> tuple[ContextRow, ...]:
    return tuple(
        ContextRow(
            key=key,
            value=value,
            rule=merge_rule(spec, key) or "",
            turn=state.changed.get(key),
            changed_now=newest > 0 and state.changed.get(key) == newest,
        )
        for key, value in state.context.items()
    )


def _title(spec: JourneySpec, name: str) -> str:
    found = next((p for p in spec.pathways if p.id == name), None)
    return (found.title if found else "") or _words(name)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
