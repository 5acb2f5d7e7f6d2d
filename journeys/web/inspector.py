"""The values of the inspector's tabs: map, state, steps. Reads what the service found; decides nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agents.core.inspect.window import KINDS
from agents.services.reading import StepRow, list_step_rows
from agents.services.window import CallWindow, list_windows
from journeys.services.inspector import Inspector, TurnView
from journeys.services.session_state import MovePlan, history_of, plan_for
from journeys.web.map import draw_map

TABS = (("journey", "Journey"), ("state", "State"), ("steps", "Steps"), ("context", "Context"), ("debug", "Test"))


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
        past = history_of(seen.session)
        return page | {
            "context": [(row, past.get(row.key, [])) for row in seen.context],
            "move": _move_of(seen),
        }
    if tab == "steps":
        return page | {"step_turns": _step_turns(seen)}
    if tab == "context":
        return page | {"windows": _windows(seen)}
    if tab == "debug":
        return page | _debug_page(seen)
    current = "" if seen.state.ended else seen.state.pathway
    return page | {
        "map": draw_map(seen.spec, current, seen.state.stack),
        "stack": seen.stack,
        "decision": seen.decision,
        "moves": seen.moves,
        "considered": seen.considered,
        "turns_done": any(turn.reply is not None for turn in seen.turns),
    }


def _move_of(seen: Inspector) -> MovePlan | None:
    """What going on with the published version needs; ``None`` where it is the session's own or there is none."""
    published = seen.session.definition.published
    if published is None or published.pk == seen.session.version_id or seen.session.status != "open":
        return None
    return plan_for(seen.session, published.number, published.digest)


def _windows(seen: Inspector) -> list[dict[str, Any]]:
    """What the model calls of the newest turn were shown; each share with its place in the bar and its colour."""
    run = next((turn.run for turn in reversed(seen.turns) if turn.run is not None), None)
    return [_window(call) for call in list_windows(run)] if run is not None else []


def _window(call: CallWindow) -> dict[str, Any]:
    shares = []
    start = 0.0
    for segment in call.segments:
        shares.append(
            {
                "kind": segment.kind,
                "text": segment.text,
                "tokens": segment.tokens,
                "percent": segment.percent,
                "start": round(start, 1),
                "tone": KINDS.index(segment.kind),
            }
        )
        start += segment.percent
    return {"label": call.label, "agent": call.agent, "model": call.model, "tokens": call.tokens, "shares": shares}


def _debug_page(seen: Inspector) -> dict[str, Any]:
    """A tester's choices: agents to stop before, pathways to jump to, what is pinned."""
    armed = seen.session.debug.get("breakpoints", [])
    agents = dict.fromkeys(name for pathway in seen.spec.pathways for name in pathway.agents or (pathway.id,))
    pins = seen.session.debug.get("pins", {})
    return {
        "breakpoints": [(name, name in armed) for name in agents],
        "stepping": seen.session.debug.get("step", False),
        "pins": json.dumps(pins, indent=2, ensure_ascii=False) if pins else "",
        "pathways": seen.pathways,
    }


def _step_turns(seen: Inspector) -> list[StepTurn]:
    """The newest turn first; the newest one that has begun is open."""
    turns = [StepTurn(turn) for turn in reversed(seen.turns) if turn.run is not None]
    for position, found in enumerate(turns):
        if rows := tuple(list_step_rows(found.turn.steps())):
            turns[position] = StepTurn(found.turn, rows)
            break
    return turns
