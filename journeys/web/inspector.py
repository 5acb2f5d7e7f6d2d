"""The values of the inspector's tabs: map, state, steps. Reads what the service found; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agents.services.reading import StepRow, list_step_rows
from journeys.services.inspector import Inspector, TurnView
from journeys.web.map import draw_map

TABS = (("journey", "Journey"), ("state", "State"), ("steps", "Steps"))


@dataclass(frozen=True, slots=True)
class StepTurn:
    """A turn in the list of steps; ``rows`` is filled for the newest one, the others are fetched when opened."""

    turn: TurnView
    rows: tuple[StepRow, ...] = ()

    @property
    def run(self) -> Any:
        return self.turn.run


def chosen_tab(wanted: str) -> str:
    return wanted if wanted in dict(TABS) else "journey"


def inspector_page(seen: Inspector, tab: str) -> dict[str, Any]:
    """The values of one tab's template."""
    page: dict[str, Any] = {"tab": tab, "tabs": TABS, "session": seen.session}
    if tab == "state":
        return page | {"context": seen.context}
    if tab == "steps":
        return page | {"step_turns": _step_turns(seen)}
    current = "" if seen.state.ended else seen.state.pathway
    return page | {
        "map": draw_map(seen.spec, current, seen.state.stack),
        "stack": seen.stack,
        "decision": seen.decision,
        "moves": seen.moves,
        "turns_done": any(turn.reply is not None for turn in seen.turns),
    }


def _step_turns(seen: Inspector) -> list[StepTurn]:
    """The newest turn first; the newest one that has begun is open."""
    turns = [StepTurn(turn) for turn in reversed(seen.turns) if turn.run is not None]
    for position, found in enumerate(turns):
        if rows := tuple(list_step_rows(found.turn.steps())):
            turns[position] = StepTurn(found.turn, rows)
            break
    return turns
