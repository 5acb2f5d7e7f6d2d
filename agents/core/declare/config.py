"""What a domain config says about the model: the known attributes of any dataclass, object or dict.

Other attributes belong to the domain and are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from agents.core.spec.agent import ModelSpec
from agents.core.strategies.catalog import UnknownStrategy, get_strategy

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


@dataclass
class BaseAgentConfig:
    """What every agent's config may say. Without a provider the first configured one answers."""

    llm_provider: str | None = None
    model: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    timeout: float | None = None
    max_retries: int | None = None
    budget_limit_usd: float | None = None


def strategy_params(config: Any, strategy: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The strategy's parameters: those ``stated``, and attributes of ``config`` that have the name of one. Defaults stay out.

    Raises ``TypeError`` that names the attribute and what is allowed.
    """
    try:
        params = get_strategy(strategy).Params
    except UnknownStrategy:
        return dict(stated)  # a strategy of a place where this process is not: the run says so
    own = {name: _get(config, name) for name in params.model_fields if _get(config, name) is not None}
    try:
        given = params.model_validate(to_jsonable_python({**own, **stated}))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, i['loc']))}: got {i['input']!r}, {i['msg']}" for i in error.errors())
        raise TypeError(f"{_name(config)}, strategy {strategy}: {told}") from None
    return dict(given.model_dump(mode="json", exclude_defaults=True))


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


def setting(config: Any, name: str) -> Any:
    """What a config says under ``name``; ``None`` where it says nothing."""
    return _get(config, name)


def _get(config: Any, name: str) -> Any:
    return config.get(name) if isinstance(config, Mapping) else getattr(config, name, None)


def _name(config: Any) -> str:
    return type(config).__name__
