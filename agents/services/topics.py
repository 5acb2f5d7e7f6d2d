"""The catalog of live topics: what a page's websocket may listen to. Owns names and their openers, not the sockets.

An opener is ``open_x(principal, key) -> Topic``; it authorizes and raises ``NotFound`` for a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast
from uuid import UUID
from zlib import crc32

from agents.adapters.bell import ring
from agents.models.run import Run
from agents.services.approvals import list_approvals
from agents.services.runs import get_run
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

TOPICS: dict[str, str] = {
    "run": "agents.services.topics:open_run",
    "approvals": "agents.services.topics:open_approvals",
}
RECENT_RUNS = 200  # of one topic: older ones are history, which a page reads and does not listen to


@dataclass(frozen=True, slots=True)
class RunHead:
    """Where a run's journal ends now."""

    run_id: str
    last_seq: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to listen to: ``group`` is its channel group, ``heads`` its runs, oldest first.

    ``read_state`` is what is sent at once and at every bell, for topics that are a number and not a journal.
    """

    name: str
    group: str
    heads: Callable[[], Sequence[RunHead]] = tuple
    read_state: Callable[[], dict[str, Any]] | None = None


Opener = Callable[[Principal, str], Topic]


def register_topic(name: str, dotted: str) -> None:
    """Adds an opener of another app; the same line twice changes nothing, another one under a taken name is an error."""
    if TOPICS.setdefault(name, dotted) != dotted:
        raise ValueError(f"the topic {name!r} is already {TOPICS[name]}; it cannot become {dotted}")


def open_topic(principal: Principal, name: str) -> Topic:
    """The topic that ``name`` (``kind`` or ``kind:key``) means for ``principal``. Raises ``Invalid`` or ``NotFound``."""
    kind, _, key = name.partition(":")
    if kind not in TOPICS:
        message = f"{name!r} is no topic; a topic starts with one of: {', '.join(sorted(TOPICS))}"
        raise Invalid(problems=[{"where": "query.topics", "message": message}])
    module, _, attribute = TOPICS[kind].partition(":")
    return cast(Opener, getattr(import_module(module), attribute))(principal, key)


def open_run(principal: Principal, key: str) -> Topic:
    run_id = parse_id(key)

    def heads() -> list[RunHead]:
        run = get_run(principal, run_id)
        return [RunHead(str(run.id), run.last_seq, run.ended)]

    heads()
    return Topic(name=f"run:{key}", group=f"run.{run_id}", heads=heads)


def open_approvals(principal: Principal, key: str) -> Topic:
    if key:
        raise NotFound(f"The topic 'approvals' has no part named {key!r}.")

    def pending() -> dict[str, Any]:
        waiting = list_approvals(principal, status="pending")
        # Votes and delegations change what people see as well; the stamp is other for each such change.
        seen = ";".join(f"{each.id}:{len(each.votes.all())}:{each.delegated_to}" for each in waiting)
        return {"type": "approvals", "pending": len(waiting), **({"stamp": crc32(seen.encode())} if waiting else {})}

    return Topic(name="approvals", group=f"approvals.{principal.organization_id}", read_state=pending)


def list_queue_heads(principal: Principal, queue_key: str) -> list[RunHead]:
    """The newest runs of one queue (a session), oldest first. The caller has authorized the queue."""
    rows = Run.objects.filter(organization_id=principal.organization_id, queue_key=queue_key).order_by("-queue_pos")
    return [RunHead(str(run.id), run.last_seq, run.ended) for run in reversed(rows[:RECENT_RUNS])]


def ring_topics(*groups: str) -> None:
    """Says to whoever listens to ``groups`` that what they read has changed. Ringing never raises and never waits."""
    ring(groups, {"type": "bell", "run": "", "seq": 0})


def parse_id(text: str) -> UUID:
    """``text`` as an id; what is no id names nothing, so it is ``NotFound``."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"{text!r} is not the id of anything.") from None
