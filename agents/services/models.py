"""Which model answers for an organization: its choice, what there is to choose from, and the port that runs ask.

Keys stay in the environment; a choice that cannot be used is refused with what to set.
"""

from __future__ import annotations

import os
import threading
import time
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import getaddrinfo
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agents.adapters.llm.catalog import ALIASES, PROVIDERS, Provider
from agents.adapters.llm.providers import DefaultModel, Providers, find_provider, why_not
from agents.core.llm.port import ModelError
from agents.core.runtime.ports import Models
from agents.core.spec.agent import ModelSpec
from agents.models import DefaultModelChoice
from trust.core.errors import Invalid
from trust.core.principal import Principal

HIDDEN = ("scripted", "litellm")  # offered only where their variable is set, or by name in an agent


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider for people: whether it can answer, and why not."""

    name: str
    title: str
    usual_model: str
    configured: bool
    why_not: str
    notice: str
    is_default: bool
    is_ai: bool
    takes_address: bool


@dataclass(frozen=True, slots=True)
class DescribedModel:
    """What answers for agents that name no provider. ``chosen``: by a person; else it was detected."""

    provider: str
    title: str
    model: str
    label: str
    notice: str
    chosen: bool
    base_url: str
    problem: str


def resolve_models(organization_id: UUID) -> Models:
    """The models port of one organization's runs."""
    return Providers(_environ(), _recent_choice(organization_id))


def describe_model(principal: Principal) -> DescribedModel:
    """The organization's default model as pages show it; ``problem`` says why it cannot answer, if so."""
    environ, chosen = _environ(), _choice(principal.organization_id)
    default = Providers(environ, chosen).default()
    try:
        provider = find_provider(default.provider)
        problem = "" if default.base_url else why_not(provider, environ)
    except ModelError as error:
        return DescribedModel(default.provider, default.provider, default.model, default.provider, "", False, "", str(error))
    model = default.model or environ.get(f"KAIZEN_{provider.name.upper()}_MODEL") or provider.model
    label = f"{provider.title} · {model}" if model and _is_ai(provider) else provider.title
    return DescribedModel(
        provider.name, provider.title, model, label, provider.notice, bool(chosen.provider), default.base_url, problem
    )


def list_providers(principal: Principal) -> list[ProviderRow]:
    """Every provider in the catalog's order, the default one marked."""
    environ = _environ()
    default = describe_model(principal).provider
    rows = [_row(provider, environ, default) for provider in PROVIDERS.values()]
    return [row for row in rows if row.name not in HIDDEN or (row.name == "scripted" and row.configured)]


def set_default_model(*, principal: Principal, provider: str, model: str = "", base_url: str = "") -> DescribedModel:
    """Chooses what answers for agents that name no provider; an empty ``provider`` takes the choice back.

    Raises ``Invalid`` when the provider is unknown, cannot answer here, or lacks a model or an address.
    """
    owned = DefaultModelChoice.objects.filter(organization_id=principal.organization_id)
    if not provider:
        owned.delete()
        _forget(principal.organization_id)
        return describe_model(principal)
    name = ALIASES.get(provider, provider)
    model, base_url = model.strip(), base_url.strip().rstrip("/")
    if "\x00" in model:
        raise _invalid("model", "a model's name cannot hold the NUL character")
    _check(name, model, base_url)
    DefaultModelChoice.objects.update_or_create(
        organization_id=principal.organization_id,
        defaults={
            "provider": name,
            "model": model,
            "base_url": base_url,
            "changed_at": timezone.now(),
            "changed_by": principal.ref,
            "changed_by_label": principal.label,
        },
    )
    _forget(principal.organization_id)
    return describe_model(principal)


def warm_up() -> None:
    """Imports LiteLLM, which takes seconds, on a thread, when a configured provider speaks through it."""
    environ = _environ()
    if any(p.factory.endswith(":litellm") and p.needs and not p.missing(environ) for p in PROVIDERS.values()):
        from agents.adapters.llm.litellm_adapter import import_litellm

        threading.Thread(target=import_litellm, name="warm-litellm", daemon=True).start()


def _forget(organization_id: UUID) -> None:
    _RECENT.pop(organization_id, None)
    transaction.on_commit(lambda: _RECENT.pop(organization_id, None))


def _check(name: str, model: str, base_url: str) -> None:
    if base_url:
        if name != "custom":
            raise _invalid("base_url", f"only the provider 'custom' takes an address, not {name!r}")
        _check_address(base_url)
    try:
        Providers(_environ(), DefaultModel(name, model, base_url)).get(ModelSpec())
    except ModelError as error:
        raise _invalid("model" if "usual model" in str(error) else "provider", str(error)) from None


def _check_address(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or "%" in parts.hostname:
        raise _invalid("base_url", f"{base_url!r} is not an address like http://host:port/v1")
    if "\x00" in base_url:
        raise _invalid("base_url", "an address cannot hold the NUL character")
    if any(_is_forbidden(found) for found in _addresses(parts.hostname)):
        # cloud machines keep their credentials behind link-local addresses
        raise _invalid("base_url", f"{parts.hostname} is not an address that a model may have")


def _addresses(host: str) -> list[IPv4Address | IPv6Address]:
    """What ``host`` means now, in whatever way it is written (``2852039166`` is an address, too); nothing when nobody knows."""
    try:
        found = getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return []
    return [ip_address(str(where[0]).partition("%")[0]) for *_, where in found]


def _is_forbidden(address: IPv4Address | IPv6Address) -> bool:
    plain = (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
    return plain.is_link_local or plain.is_multicast or plain.is_unspecified


def _row(provider: Provider, environ: Mapping[str, str], default: str) -> ProviderRow:
    takes_address = provider.name == "custom"
    reason = "" if takes_address else why_not(provider, environ)
    return ProviderRow(
        name=provider.name,
        title=provider.title,
        usual_model=environ.get(f"KAIZEN_{provider.name.upper()}_MODEL") or provider.model,
        configured=not reason,
        why_not=reason,
        notice=provider.notice,
        is_default=provider.name == default,
        is_ai=_is_ai(provider),
        takes_address=takes_address,
    )


def _is_ai(provider: Provider) -> bool:
    return provider.name not in ("demo", "scripted")


def _choice(organization_id: UUID) -> DefaultModel:
    row = DefaultModelChoice.objects.filter(organization_id=organization_id).values_list("provider", "model", "base_url")[:1]
    return next((DefaultModel(*values) for values in row), DefaultModel())


def _recent_choice(organization_id: UUID) -> DefaultModel:
    """The choice as it was at most a second ago: every run asks for it, and it changes a few times a year."""
    now = time.monotonic()
    known = _RECENT.get(organization_id)
    if known is None or known[0] < now:
        if len(_RECENT) > _MOST:
            _RECENT.clear()
        known = _RECENT[organization_id] = (now + 1, _choice(organization_id))
    return known[1]


_RECENT: dict[UUID, tuple[float, DefaultModel]] = {}
_MOST = 10_000


def _environ() -> Mapping[str, str]:
    """The process's environment with the settings' own defaults for what adapters read."""
    env = settings.ENV
    if _KNOWN.get("of") is env:
        return ChainMap(_KNOWN["known"], os.environ)
    known = {
        "KAIZEN_MODELS_DIR": str(env.models_dir),
        "KAIZEN_LOCAL_MODELS": "1" if env.kaizen_local_models else "0",
        "KAIZEN_DEMO_TOKENS_PER_S": str(env.kaizen_demo_tokens_per_s),
        "KAIZEN_DEFAULT_PROVIDER": env.kaizen_default_provider,
        "KAIZEN_MODEL": env.kaizen_model,
    }
    _KNOWN.update(of=env, known=known)
    return ChainMap(known, os.environ)


_KNOWN: dict[str, Any] = {}


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
