"""JourneyConfig: the settings of a journey that are no part of its conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.core.spec import ErrorRecoverySpec


@dataclass(frozen=True)
class JourneyConfig:
    """Settings of a journey. Without a model of its own, intent detection uses the organization's default model.

    ``intent_model_options`` are further fields of a model (temperature, max_tokens, timeout_s, max_retries).
    ``pathway_timeout_seconds`` and ``error_recovery`` hold for every pathway that states none of its own.
    ``session_ttl_seconds``: a session without a word for so long ends; ``None``: never.
    """

    intent_detection_model: str | None = None
    intent_detection_provider: str | None = None
    intent_confidence_threshold: float = 0.7
    max_pathway_depth: int = 10
    max_context_size_bytes: int = 1_048_576
    budget_microusd: int | None = None
    intent_model_options: Mapping[str, Any] = field(default_factory=dict)
    intent_cache_ttl_seconds: float = 300
    pathway_timeout_seconds: float | None = None
    error_recovery: ErrorRecoverySpec | None = None
    session_ttl_seconds: float | None = None

    @property
    def intent_model(self) -> dict[str, Any]:
        """What is stated of the model that detects intents."""
        chosen = {"provider": self.intent_detection_provider, "model": self.intent_detection_model}
        return {**{name: value for name, value in chosen.items() if value is not None}, **self.intent_model_options}
