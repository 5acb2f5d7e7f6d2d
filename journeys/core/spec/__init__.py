"""The specs of journeys: one file a noun, all of them at hand here."""

from __future__ import annotations

from journeys.core.spec.journey import JourneySpec
from journeys.core.spec.pathways import ErrorRecoverySpec, MergeRule, PathwayId, PathwaySpec, ReturnSpec
from journeys.core.spec.patterns import (
    CancelPattern,
    ClarifyPattern,
    CorrectionPattern,
    DigressionPattern,
    FallbackPattern,
    HandOverPattern,
    HookEvent,
    HookUse,
    PatternsSpec,
)
from journeys.core.spec.transitions import ContextUpdateSpec, TransitionSpec
from journeys.core.spec.triggers import (
    AlwaysTriggerSpec,
    ConditionTriggerSpec,
    EventTriggerSpec,
    Expression,
    IntentTriggerSpec,
    TriggerSpec,
)

__all__ = [
    "AlwaysTriggerSpec",
    "CancelPattern",
    "ClarifyPattern",
    "ConditionTriggerSpec",
    "ContextUpdateSpec",
    "CorrectionPattern",
    "DigressionPattern",
    "ErrorRecoverySpec",
    "EventTriggerSpec",
    "Expression",
    "FallbackPattern",
    "HandOverPattern",
    "HookEvent",
    "HookUse",
    "IntentTriggerSpec",
    "JourneySpec",
    "MergeRule",
    "PathwayId",
    "PathwaySpec",
    "PatternsSpec",
    "ReturnSpec",
    "TransitionSpec",
    "TriggerSpec",
]
