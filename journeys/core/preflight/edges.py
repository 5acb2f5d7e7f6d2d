"""How each edge of the drawn graph stands: whether what its target needs arrives by it, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator

from journeys.core.names import ANYWHERE
from journeys.core.preflight.feeding import Fed
from journeys.core.preflight.links import Link
from journeys.core.preflight.report import EdgeState
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import Node

_ORDER: tuple[EdgeState, ...] = ("ok", "lossy", "broken")
_NAMES = {"next": "next:{0.id}", "recovery": "err:{0.id}", "return": "ret:{0.id}:{0.target}"}


def mapping_states(scope: Scope) -> dict[str, EdgeState]:
    """Pathway -> how its inputs are fed, whichever way one comes."""
    return {node.id: _state(scope, node) for node in scope.view.nodes.values()}


def edge_states(scope: Scope) -> dict[str, EdgeState]:
    """Edge -> how the inputs of its target are fed by it: ``broken`` where one is missing on this way, or has a wrong type.

    Edges have the names that the canvas gives them: ``t:TRANSITION:SOURCE`` (``*``: from anywhere), ``next:PATHWAY``,
    ``err:PATHWAY``, ``ret:PATHWAY:TARGET`` and ``pat:PATTERN``.
    """
    states: dict[str, EdgeState] = {}
    without: dict[str, tuple[EdgeState, set[Link] | None]] = {n.id: _blame(scope, n) for n in scope.view.nodes.values()}
    for link in scope.links:
        state, blamed = without.get(link.target, ("ok", None))
        if blamed is not None and link not in blamed:
            state = "lossy" if state == "lossy" or _is_lossy(scope.fed(scope.view.nodes[link.target])) else "ok"
        for name in _names(scope, link):
            states[name] = max(states.get(name, "ok"), state, key=_ORDER.index)
    return states


def _blame(scope: Scope, node: Node) -> tuple[EdgeState, set[Link] | None]:
    """The state of the pathway, and the ways that are to blame for it; ``None``: all of them are."""
    state, fed = _state(scope, node), scope.fed(node)
    if state != "broken" or any(f.fit.state == "broken" or (f.lacking and not f.known) for f in fed):
        return state, None
    return state, {link for f in fed for name in f.lacking for link in scope.links_without(node, name)}


def _state(scope: Scope, node: Node) -> EdgeState:
    fed = scope.fed(node)
    if any(f.fit.state == "broken" or (f.lacking and (node.id in scope.reached or not f.known)) for f in fed):
        return "broken"
    return "lossy" if _is_lossy(fed) else "ok"


def _is_lossy(fed: list[Fed]) -> bool:
    return any(f.fit.state == "lossy" for f in fed)


def _names(scope: Scope, link: Link) -> Iterator[str]:
    """The edges that stand for one way: a transition from anywhere is one edge, and so is each pattern."""
    if link.kind == "transition":
        named = scope.view.edges[link.id].spec.from_pathways or (ANYWHERE,)
        for source in (link.source, ANYWHERE):
            if source in named:
                yield f"t:{link.id}:{source}"
    elif link.kind == "pattern":
        fallback, cancel = scope.view.patterns.fallback, scope.view.patterns.cancel
        if fallback.enabled and fallback.pathway == link.target:
            yield "pat:fallback"
        if cancel.enabled and cancel.to == link.target:
            yield "pat:cancel"
    else:
        yield _NAMES[link.kind].format(link)
