"""Pathways that can neither be finished nor left, and rounds of pathways without a way to the journey's end."""

from __future__ import annotations

from collections.abc import Iterator

from journeys.core.names import END
from journeys.core.preflight.links import can_end
from journeys.core.preflight.report import Finding, Fix, Focus, warning
from journeys.core.preflight.scope import Scope


def check(scope: Scope) -> Iterator[Finding]:
    view = scope.view
    leaving = {link.source for link in scope.links}
    for node in view.nodes.values():
        if node.id in scope.reached and node.id not in leaving and not {"next", "return_behavior"} & node.broken:
            what = f"Whoever comes to {view.title(node.id)!r} stays there: nothing follows it and no transition leads away."
            how = "Say what follows it, where it returns to, or let a transition start from it."
            end = Fix("End the journey after it", ({"op": "set_next", "pathway": node.id, "to": END},))
            yield warning("no_exit", f"pathways.{node.id}.next", Focus("pathway", node.id, "next"), what, how, end)
    ending = can_end(view, scope.links)
    rounds = [n for n in view.nodes if n in scope.reached and n in leaving and n not in ending and _goes_round(scope, n)]
    if rounds:
        what = f"From {', '.join(rounds)} no way leads to the journey's end."
        how = "Let one of them be followed by the end, or let a transition to the end start there."
        stop = Fix(
            "Let an intent 'stop' end the journey",
            ({"op": "add_transition", "to_pathway": END, "trigger": {"kind": "intent", "intents": ["stop"]}},),
        )
        yield warning("no_end", f"pathways.{rounds[0]}", Focus("pathway", rounds[0], "next"), what, how, stop)


def _goes_round(scope: Scope, start: str) -> bool:
    """Whether a conversation can come back to ``start``."""
    onward: dict[str, set[str]] = scope.onward
    seen: set[str] = set()
    left = list(onward.get(start, ()))
    while left:
        here = left.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            left += onward.get(here, ())
    return False
