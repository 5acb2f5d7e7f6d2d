"""The specs that are words of a declaration as they stand: frozen data with named fields, some under a shorter name."""

from __future__ import annotations

from journeys.core.spec import (
    CancelPattern,
    ClarifyPattern,
    ContextUpdateSpec,
    CorrectionPattern,
    DigressionPattern,
    FallbackPattern,
    HandOverPattern,
    HookUse,
    JourneySpec,
    ReturnSpec,
)
from journeys.core.spec import ErrorRecoverySpec as ErrorRecovery
from journeys.core.spec import PatternsSpec as Patterns

__all__ = [
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
]
