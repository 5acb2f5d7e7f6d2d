"""The ``Models`` port over the provider catalog: which provider an agent gets, and why one cannot be had.

An explicit provider that is not configured is an error that names the variable to set, never another provider.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from agents.adapters.llm.catalog import ALIASES, FALLBACK, PROVIDERS, Provider
from agents.adapters.llm.factories import models_dir
from agents.core.llm.port import ChatModel, ModelError
from agents.core.spec.agent import ModelSpec

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """The choice for agents that name no provider. Empty ``provider``: detect one."""

    provider: str = ""
    model: str = ""
    base_url: str = ""


class Providers:
    """Finds the provider of a model spec. ``instances`` stand in for providers by name, for tests and for Python users."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        default: DefaultModel = DefaultModel(),
        instances: Mapping[str, ChatModel] | None = None,
    ):
        self._environ = os.environ if environ is None else environ
        self._default = default
        self._instances = dict(instances or {})
        self._found: dict[ModelSpec, tuple[ChatModel, ModelSpec]] = {}

    def get(self, model: ModelSpec) -> tuple[ChatModel, ModelSpec]:
        """The provider and the spec with its provider and model filled in. Raises ``ModelError``."""
        known = self._found.get(model)
        if known is None:
            known = self._found[model] = self._find(model)
        return known

    def _find(self, model: ModelSpec) -> tuple[ChatModel, ModelSpec]:
        chosen = self.default() if model.provider == DEFAULT else DefaultModel(provider=model.provider)
        name = ALIASES.get(chosen.provider, chosen.provider)
        instance = self._instances.get(name)
        usual = ""
        if instance is None:
            provider = find_provider(name)
            missing = "" if chosen.base_url else why_not(provider, self._environ)
            if missing:
                raise ModelError(f"provider {name!r} is not configured: {missing}", code="not_configured")
            instance = _made(provider, self._environ, chosen.base_url)
            usual = self._environ.get(f"KAIZEN_{name.upper()}_MODEL") or provider.model
        wanted = model.model or chosen.model or usual
        if not wanted and not self._instances.get(name):
            raise ModelError(
                f"provider {name!r} has no usual model: name one in the agent or the settings", code="not_configured"
            )
        return instance, model.model_copy(update={"provider": name, "model": wanted})

    def default(self) -> DefaultModel:
        """What agents get that name no provider: the choice, else the environment's, else a detected one, else the demo."""
        if self._default.provider:
            return self._default
        named = self._environ.get("KAIZEN_DEFAULT_PROVIDER", "")
        model = self._environ.get("KAIZEN_MODEL", "")
        if named:
            return DefaultModel(ALIASES.get(named, named), model)
        detected = detect_provider(self._environ)
        return DefaultModel(detected, model if detected != FALLBACK else "")


def find_provider(name: str) -> Provider:
    """Raises ``ModelError`` that lists the known names."""
    provider = PROVIDERS.get(ALIASES.get(name, name))
    if provider is None:
        raise ModelError(f"no provider {name!r}; there is: {', '.join([DEFAULT, *PROVIDERS])}", code="not_configured")
    return provider


def why_not(provider: Provider, environ: Mapping[str, str]) -> str:
    """Empty when ``provider`` can answer as far as this process can tell, else what to do about it."""
    missing = provider.missing(environ)
    if missing or provider.name != "local":
        return missing
    if (environ.get("KAIZEN_LOCAL_MODELS") or "1").lower() in ("0", "false", "no", "off"):
        return "set KAIZEN_LOCAL_MODELS=1"
    from agents.adapters.llm.local.weights import why_no_chat

    return why_no_chat(models_dir(environ))


def detect_provider(environ: Mapping[str, str]) -> str:
    """The first provider of the catalog whose variables are set, else the demo model."""
    return next((p.name for p in PROVIDERS.values() if p.is_detected(environ)), FALLBACK)


def _made(provider: Provider, environ: Mapping[str, str], base_url: str) -> ChatModel:
    """One adapter a process for each configuration: sessions, weights and caches are shared by all runs."""
    names = {
        *provider.key_variables,
        provider.url_variable,
        "KAIZEN_SCRIPTED",
        "KAIZEN_DEMO_TOKENS_PER_S",
        "KAIZEN_LOCAL_MODELS",
        "KAIZEN_MODELS_DIR",
        "KAIZEN_DATA",
    }
    key = (provider.name, base_url, *(f"{name}={environ.get(name, '')}" for name in sorted(names)))
    with _LOCK:
        if key not in _MADE:
            module, _, function = provider.factory.partition(":")
            _MADE[key] = getattr(importlib.import_module(module), function)(provider, environ, base_url)
        return _MADE[key]


_LOCK = threading.Lock()
_MADE: dict[tuple[str, ...], ChatModel] = {}
