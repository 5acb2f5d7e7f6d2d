"""Journeys: conversations over pathways, declared as classes, edited in the browser, run turn by turn.

``from journeys import Journey, Pathway, Transition, IntentTrigger`` needs neither a site nor a database; each name is
imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journeys.core.declare.journey import Journey, Pathway
    from journeys.core.declare.moves import IntentTrigger, JourneyConfig, ReturnToPrevious, ReturnToSpecific, Transition
    from journeys.core.declare.session import TurnFailed, TurnResult
    from journeys.core.spec import JourneySpec

_PLACES = {
    "journeys.core.declare.journey": ("Journey", "Pathway"),
    "journeys.core.declare.moves": ("IntentTrigger", "JourneyConfig", "ReturnToPrevious", "ReturnToSpecific", "Transition"),
    "journeys.core.declare.session": ("TurnFailed", "TurnResult"),
    "journeys.core.spec": ("JourneySpec",),
}
_NAMES = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "IntentTrigger",
    "Journey",
    "JourneyConfig",
    "JourneySpec",
    "Pathway",
    "ReturnToPrevious",
    "ReturnToSpecific",
    "Transition",
    "TurnFailed",
    "TurnResult",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'journeys' has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(importlib.import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
