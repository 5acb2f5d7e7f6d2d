"""When the sweep has to look at a session next: kept on its row, so that a sweep reads only what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from journeys.core.engine.silence import next_look
from journeys.core.engine.state import JourneyState
from journeys.core.spec import JourneySpec
from journeys.models import Handling, Session, SessionStatus


def plan_look(session: Session, spec: JourneySpec) -> None:
    """Sets ``due_at`` by where the session stands now; the caller saves it."""
    if session.status == SessionStatus.ENDED or session.deleted_at is not None:
        session.due_at = None
        return
    state = JourneyState.from_json(session.state)
    agent_answers = session.handling == Handling.AGENT
    look = next_look(spec, state, session.silent_since, session.silence_fired, agent_answers=agent_answers)
    session.due_at = min(filter(None, (look, wait_ends_at(session, spec))), default=None)


def wait_ends_at(session: Session, spec: JourneySpec) -> datetime | None:
    """When a session that waits for a person has waited long enough; ``None``: never, or it does not wait."""
    wait_s = spec.patterns.hand_over.wait_s
    if session.handling != Handling.WAITING or session.handling_since is None or wait_s is None:
        return None
    return session.handling_since + timedelta(seconds=wait_s)


def note_word(session: Session, now: datetime) -> None:
    """Somebody has said something: a new silence begins. The caller saves the session."""
    session.last_activity_at = session.silent_since = now
    session.silence_fired = []
