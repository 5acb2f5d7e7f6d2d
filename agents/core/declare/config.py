"""What a domain config says about the model: the known attributes of any dataclass, object or dict.

Other attributes belong to the domain and are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from agents.core.spec.agent import ModelSpec

_NAMES = {
    "llm_provider": "provider",
    "provider": "provider",
    "model": "model",
    "temperature": "temperature",
    "max_tokens": "max_tokens",
    "timeout": "timeout_s",
    "timeout_s": "timeout_s",
    "max_retries": "max_retries",
}
_PROVIDER_CONFIG = ("timeout", "timeout_s", "max_retries", "max_tokens", "temperature")


def model_spec(config: Any) -> ModelSpec:
    """The model of a config; what it leaves open (or ``None``) is the default. Raises ``TypeError`` that names the fault."""
    if isinstance(config, ModelSpec):
        return config
    values = _known(config, _NAMES)
    extra = _get(config, "provider_config") or {}
    unknown = sorted(set(extra) - set(_PROVIDER_CONFIG))
    if unknown:
        raise TypeError(
            f"{_name(config)}.provider_config: {', '.join(unknown)} cannot be passed on; allowed: "
            f"{', '.join(_PROVIDER_CONFIG)}. Structured output needs no configuration: the signature is the schema"
        )
    try:
        return ModelSpec.model_validate({**values, **_known(extra, _NAMES)})
    except ValidationError as error:
        told = "; ".join(f"{item['loc'][0]}: got {item['input']!r}, {item['msg']}" for item in error.errors())
        raise TypeError(f"{_name(config)}: {told}") from None


def budget_microusd(config: Any) -> int | None:
    """``budget_limit_usd`` of a config in micro-dollars."""
    limit = _get(config, "budget_limit_usd")
    return None if limit is None else round(float(limit) * 1_000_000)


def _known(config: Any, names: Mapping[str, str]) -> dict[str, Any]:
    found = {target: _get(config, name) for name, target in names.items() if _get(config, name) not in (None, "")}
    return dict(found)


def _get(config: Any, name: str) -> Any:
    return config.get(name) if isinstance(config, Mapping) else getattr(config, name, None)


def _name(config: Any) -> str:
    return type(config).__name__
