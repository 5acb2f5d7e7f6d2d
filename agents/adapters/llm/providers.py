"""The ``Models`` port over the provider catalog: which provider an agent gets, and why one cannot be had.

An explicit provider that is not configured is an error that names the variable to set, never another provider.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from agents.adapters.llm.catalog import ALIASES, FALLBACK, PROVIDERS, Provider
from agents.adapters.llm.factories import models_dir
from agents.core.llm.port import ChatModel, ModelError
from agents.core.spec.agent import ModelSpec

if TYPE_CHECKING:
    from agents.adapters.egress import EgressRules

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """The choice for agents that name no provider. Empty ``provider``: detect one."""

    provider: str = ""
    model: str = ""
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """What an organization entered itself for one provider. ``problem``: why it cannot be used as it is stored."""

    key: str = field(default="", repr=False)
    base_url: str = ""
    problem: str = ""


class Providers:
    """Finds the provider of a model spec. ``instances`` stand in for providers by name, for tests and for Python users.

    ``own`` goes before the environment, provider by provider; ``rules`` guard the addresses in it and in ``default``. ``made``
    keeps the adapters that hold something of the organization's own: whoever owns it decides how long they live.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        default: DefaultModel = DefaultModel(),
        instances: Mapping[str, ChatModel] | None = None,
        *,
        own: Mapping[str, OwnAccess] | None = None,
        rules: EgressRules | None = None,
        made: dict[tuple[str, str], ChatModel] | None = None,
    ):
        self._environ = os.environ if environ is None else environ
        self._default = default
        self._instances = dict(instances or {})
        self._own = own or {}
        self._rules = rules
        self._made = {} if made is None else made
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
            missing = "" if chosen.base_url else self.why_not(provider)
            if missing:
                raise ModelError(f"provider {name!r} is not configured: {missing}", code="not_configured")
            instance = self._adapter(provider, chosen.base_url)
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
        detected = next((p.name for p in PROVIDERS.values() if self._is_detected(p) and self._can_answer(p, model)), FALLBACK)
        return DefaultModel(detected, model if detected != FALLBACK else "")

    def _can_answer(self, provider: Provider, model: str) -> bool:
        """An address that the organization typed is no default before somebody has named its model."""
        usual = provider.model or self._environ.get(f"KAIZEN_{provider.name.upper()}_MODEL", "")
        return bool(model or usual) or provider.name not in self._own

    def environ(self, provider: Provider) -> Mapping[str, str]:
        """What ``provider`` is configured by. A key of the environment never meets an address of the organization."""
        own = self._own.get(provider.name)
        if own is None:
            return self._environ
        values = dict.fromkeys(provider.key_variables, "")
        if provider.key_variables:
            values[provider.key_variables[0]] = own.key
        if own.base_url:
            values[provider.url_variable] = own.base_url
        return ChainMap(values, cast("MutableMapping[str, str]", self._environ))

    def why_not(self, provider: Provider) -> str:
        """Empty when ``provider`` can answer as far as this process can tell, else what to do about it."""
        own = self._own.get(provider.name)
        return own.problem if own is not None and own.problem else why_not(provider, self.environ(provider))

    def _is_detected(self, provider: Provider) -> bool:
        own = self._own.get(provider.name)
        if own is not None and own.problem:
            return provider.detected  # what was configured is not left out in silence
        return provider.is_detected(self.environ(provider))

    def _adapter(self, provider: Provider, base_url: str) -> ChatModel:
        own = self._own.get(provider.name)
        if own is None and not base_url:
            return _made(provider, self._environ)
        key = (provider.name, base_url)
        if key not in self._made:
            guarded = bool(base_url or (own is not None and own.base_url))
            self._made[key] = _make(provider, self.environ(provider), base_url, self._rules if guarded else None)
        return self._made[key]


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


def _made(provider: Provider, environ: Mapping[str, str]) -> ChatModel:
    """One adapter a process for each configuration of the environment: sessions, weights and caches are shared by all runs."""
    names = {
        *provider.key_variables,
        provider.url_variable,
        "KAIZEN_SCRIPTED",
        "KAIZEN_DEMO_TOKENS_PER_S",
        "KAIZEN_LOCAL_MODELS",
        "KAIZEN_MODELS_DIR",
        "KAIZEN_DATA",
    }
    key = (provider.name, *(f"{name}={environ.get(name, '')}" for name in sorted(names)))
    with _LOCK:
        if key not in _MADE:
            _MADE[key] = _make(provider, environ)
        return _MADE[key]


def _make(provider: Provider, environ: Mapping[str, str], base_url: str = "", rules: EgressRules | None = None) -> ChatModel:
    module, _, function = provider.factory.partition(":")
    made: ChatModel = getattr(importlib.import_module(module), function)(provider, environ, base_url, rules)
    return made


_LOCK = threading.Lock()
_MADE: dict[tuple[str, ...], ChatModel] = {}
