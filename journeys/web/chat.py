"""A conversation arranged for the page: each turn with its approvals, its number of steps and what it is doing now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.services.approvals import list_approvals
from agents.services.reading import count_steps, describe_doing
from journeys.core.spec import JourneySpec
from journeys.models import Feedback
from journeys.services.branches import Sibling, siblings_of
from journeys.services.feedback import opinions_of
from journeys.services.inspector import Inspector, TurnView
from trust.core.principal import Principal

SHOWN = 40  # turns of a page; older ones on request


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """A turn as the template draws it; ``seen`` is what the session knows of it."""

    seen: TurnView
    route: tuple[str, ...]
    step_count: int
    approvals: tuple[Any, ...]
    waits_in_line: bool
    doing: str
    ways: tuple[Sibling, ...] = ()
    opinion: Feedback | None = None

    @property
    def way(self) -> int:
        """Which of the ways from here is looked at, counted from 1."""
        return next((n for n, way in enumerate(self.ways, 1) if way.current), 1)

    @property
    def way_before(self) -> Sibling | None:
        return self.ways[self.way - 2] if self.way > 1 else None

    @property
    def way_after(self) -> Sibling | None:
        return self.ways[self.way] if self.way < len(self.ways) else None

    @property
    def run(self) -> Any:
        return self.seen.run

    @property
    def tokens(self) -> int:
        return int(self.run.input_tokens + self.run.output_tokens)


def chat_turns(principal: Principal, seen: Inspector, first: int = 0) -> list[ChatTurn]:
    """The turns of ``seen`` from the position ``first``; turns before it are read only to know who waits for whom."""
    shown = seen.turns[first:]
    counts = count_steps([turn.run.id for turn in shown if turn.run is not None])
    ways, opinions = siblings_of(principal, seen.session), opinions_of(principal, seen.session.id)
    return [
        replace(
            chat_turn(principal, seen.spec, turn, seen.turns, counts),
            ways=tuple(ways.get(turn.number, ())),
            opinion=opinions.get(turn.number),
        )
        for turn in shown
    ]


def chat_turn(
    principal: Principal,
    spec: JourneySpec,
    turn: TurnView,
    turns: Sequence[TurnView],
    counts: dict[Any, int] | None = None,
) -> ChatTurn:
    """One turn; ``turns`` are those of the session around it."""
    run = turn.run
    if run is None:  # deleted by the retention: the words are all there is
        return ChatTurn(turn, _route(spec, turn), 0, (), waits_in_line=False, doing="")
    counts = count_steps([run.id]) if counts is None else counts
    return ChatTurn(
        seen=turn,
        route=_route(spec, turn),
        step_count=counts.get(run.id, 0),
        approvals=tuple(list_approvals(principal, status=None, run_id=run.id)) if counts.get(run.id) else (),
        waits_in_line=any(t.seq < turn.seq and t.run is not None and not t.run.ended for t in turns),
        doing="" if run.ended else describe_doing(turn.steps()),
    )


def _route(spec: JourneySpec, turn: TurnView) -> tuple[str, ...]:
    """The pathways of the turn in order: where it began, which one answered, where it ended."""
    if not turn.summary:
        return ()
    names = [turn.pathway_before, str(turn.summary.get("ran", "")), turn.pathway_after]
    titles = [pathway_title(spec, name) for name in names if name]
    route = [title for n, title in enumerate(titles) if n == 0 or titles[n - 1] != title]
    return (*route, "End") if turn.summary.get("ended") else tuple(route)


def pathway_title(spec: JourneySpec, pathway_id: str) -> str:
    """The title of a pathway as people read it; ids that the journey does not know read as words."""
    found = next((p for p in spec.pathways if p.id == pathway_id), None)
    return (found.title if found else "") or pathway_id.replace("_", " ").capitalize()
