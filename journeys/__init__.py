"""Journeys: conversations over pathways, declared as classes, edited in the browser, run turn by turn.

``from journeys import Journey, Pathway, Transition, IntentTrigger`` needs neither a site nor a database; each name is
imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journeys.core.declare.config import JourneyConfig
    from journeys.core.declare.journey import Journey, Pathway
    from journeys.core.declare.moves import ReturnToEntry, ReturnToPrevious, ReturnToSpecific, Transition
    from journeys.core.declare.session import TurnFailed, TurnResult
    from journeys.core.declare.triggers import AlwaysTrigger, ConditionTrigger, EventTrigger, IntentTrigger
    from journeys.core.declare.updates import Append, Copy, Remove, Set
    from journeys.core.declare.variables import Variable
    from journeys.core.declare.words import (
        CancelPattern,
        ClarifyPattern,
        ContextUpdateSpec,
        CorrectionPattern,
        DigressionPattern,
        ErrorRecovery,
        FallbackPattern,
        HandOverPattern,
        HookUse,
        JourneySpec,
        Patterns,
        ReturnSpec,
    )

    # They use Django where they publish in this process: importing them here would bind the core to it.
    Deployed: Any
    DeployFailed: Any
    deploy_journey: Any

_PLACES = {
    "journeys.core.declare.config": ("JourneyConfig",),
    "journeys.core.declare.journey": ("Journey", "Pathway"),
    "journeys.core.declare.moves": ("ReturnToEntry", "ReturnToPrevious", "ReturnToSpecific", "Transition"),
    "journeys.core.declare.session": ("TurnFailed", "TurnResult"),
    "journeys.core.declare.triggers": ("AlwaysTrigger", "ConditionTrigger", "EventTrigger", "IntentTrigger"),
    "journeys.core.declare.updates": ("Append", "Copy", "Remove", "Set"),
    "journeys.core.declare.variables": ("Variable",),
    "journeys.core.declare.words": (
        "CancelPattern",
        "ClarifyPattern",
        "ContextUpdateSpec",
        "CorrectionPattern",
        "DigressionPattern",
        "ErrorRecovery",
        "FallbackPattern",
        "HandOverPattern",
        "HookUse",
        "JourneySpec",
        "Patterns",
        "ReturnSpec",
    ),
    "journeys.services.reach.publishing": ("DeployFailed", "Deployed", "deploy_journey"),
}
_NAMES = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "AlwaysTrigger",
    "Append",
    "CancelPattern",
    "ClarifyPattern",
    "ConditionTrigger",
    "ContextUpdateSpec",
    "Copy",
    "CorrectionPattern",
    "DeployFailed",
    "Deployed",
    "DigressionPattern",
    "ErrorRecovery",
    "EventTrigger",
    "FallbackPattern",
    "HandOverPattern",
    "HookUse",
    "IntentTrigger",
    "Journey",
    "JourneyConfig",
    "JourneySpec",
    "Pathway",
    "Patterns",
    "Remove",
    "ReturnSpec",
    "ReturnToEntry",
    "ReturnToPrevious",
    "ReturnToSpecific",
    "Set",
    "Transition",
    "TurnFailed",
    "TurnResult",
    "Variable",
    "deploy_journey",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'journeys' has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(importlib.import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
