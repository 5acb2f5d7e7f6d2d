"""Which model answers for an organization: its choice, and what there is to choose from.

A choice that cannot be used is refused with what is missing. Keys are ``provider_keys``, the port of runs is ``access``.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from agents.adapters.egress import EgressRefused, check_url
from agents.adapters.llm.capabilities import find_facts, structured_output
from agents.adapters.llm.catalog import ALIASES, PROVIDERS, Provider
from agents.adapters.llm.providers import DefaultModel, Providers, find_provider
from agents.core.llm.port import ModelError
from agents.core.spec.agent import ModelSpec
from agents.models import DefaultModelChoice, ProviderKey
from agents.services.access import (
    Access,
    forget_access,
    is_entered,
    load_access,
    providers_of,
    read_environ,
    resolve_models,
)
from trust.core.errors import Invalid
from trust.core.principal import Principal

__all__ = [
    "Abilities",
    "DescribedModel",
    "Entered",
    "ProviderRow",
    "check_address",
    "describe_abilities",
    "describe_model",
    "list_providers",
    "real_name",
    "resolve_models",
    "set_default_model",
    "warm_up",
]
HIDDEN = ("scripted", "litellm")  # offered only where their variable is set, or by name in an agent


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a model can do; ``None``: nobody here knows. ``structured``: strict, grammar or instructions. Sizes in tokens."""

    tools: bool | None = None
    vision: bool | None = None
    audio: bool | None = None
    structured: str = "instructions"
    context: int | None = None
    longest_output: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What people of the organization entered for a provider. Of its key only ``hint`` is left, the last four characters."""

    has_key: bool
    hint: str
    base_url: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider for people: whether it can answer and why not, by what, and what the latest test came to.

    ``source``: ``organization`` (entered here), ``server`` (its environment), ``none`` (needs nothing), empty: not configured.
    ``own_address``: whether an address ``may`` or ``must`` be entered; empty: it takes none.
    """

    name: str
    title: str
    usual_model: str
    configured: bool
    why_not: str
    notice: str
    is_default: bool
    is_ai: bool
    takes_address: bool
    takes_key: bool
    own_address: str
    source: str
    address: str
    keys_url: str
    entered: Entered | None
    test: dict[str, Any] | None
    tested_at: datetime | None
    abilities: Abilities


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


def describe_model(principal: Principal) -> DescribedModel:
    """The organization's default model as pages show it; ``problem`` says why it cannot answer, if so."""
    return _describe(load_access(principal.organization_id))


def list_providers(principal: Principal) -> list[ProviderRow]:
    """Every provider in the catalog's order, the default one marked."""
    access = load_access(principal.organization_id)
    default = _describe(access).provider
    stored = {row.provider: row for row in ProviderKey.objects.filter(organization_id=principal.organization_id)}
    rows = [_row(provider, access, default, stored.get(provider.name)) for provider in PROVIDERS.values()]
    return [row for row in rows if row.name not in HIDDEN or (row.name == "scripted" and row.configured)]


def describe_abilities(provider: str, model: str) -> Abilities:
    """What is known of a provider's model; a provider that does not exist can do nothing that is known."""
    found = PROVIDERS.get(real_name(provider))
    if found is None:
        return Abilities()
    facts = find_facts(found, model)
    structured = structured_output(found, model)
    return Abilities(facts.tools, facts.vision, facts.audio, structured, facts.context, facts.longest_output)


def real_name(provider: str) -> str:
    """A provider's name in the catalog: some have a second one."""
    return ALIASES.get(provider, provider)


def set_default_model(*, principal: Principal, provider: str, model: str = "", base_url: str = "") -> DescribedModel:
    """Chooses what answers for agents that name no provider; an empty ``provider`` takes the choice back.

    Raises ``Invalid`` when the provider is unknown, cannot answer here, or lacks a model or an address.
    """
    if not provider:
        DefaultModelChoice.objects.filter(organization_id=principal.organization_id).delete()
        forget_access(principal.organization_id)
        return describe_model(principal)
    name = real_name(provider)
    model, base_url = model.strip(), base_url.strip().rstrip("/")
    if "\x00" in model:
        raise _invalid("model", "a model's name cannot hold the NUL character")
    _check(load_access(principal.organization_id), name, model, base_url)
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
    forget_access(principal.organization_id)
    return describe_model(principal)


def warm_up() -> None:
    """Imports LiteLLM, which takes seconds, on a thread, when a configured provider speaks through it."""
    environ = read_environ()
    if any(p.factory.endswith(":litellm") and p.needs and not p.missing(environ) for p in PROVIDERS.values()):
        from agents.adapters.llm.litellm_adapter import import_litellm

        threading.Thread(target=import_litellm, name="warm-litellm", daemon=True).start()


def check_address(access: Access, base_url: str) -> None:
    """Raises ``Invalid`` for what is no address of a model server, or one that the organization's rules keep closed."""
    try:
        check_url(base_url, access.rules)
    except EgressRefused as refused:
        raise _invalid("base_url", f"this is not an address that a model may have: {refused}") from None


def _describe(access: Access) -> DescribedModel:
    providers = providers_of(access)
    default = providers.default()
    try:
        provider = find_provider(default.provider)
        problem = "" if default.base_url else providers.why_not(provider)
    except ModelError as error:
        return DescribedModel(default.provider, default.provider, default.model, default.provider, "", False, "", str(error))
    model = default.model or _usual_model(provider)
    label = f"{provider.title} · {model}" if model and _is_ai(provider) else provider.title
    return DescribedModel(
        provider.name, provider.title, model, label, provider.notice, bool(access.choice.provider), default.base_url, problem
    )


def _check(access: Access, name: str, model: str, base_url: str) -> None:
    if base_url:
        if name != "custom":
            raise _invalid("base_url", f"only the provider 'custom' takes an address, not {name!r}")
        check_address(access, base_url)
    choice = DefaultModel(name, model, base_url)
    try:
        Providers(read_environ(), choice, own=access.own, rules=access.rules).get(ModelSpec())
    except ModelError as error:
        raise _invalid("model" if "usual model" in str(error) else "provider", str(error)) from None


def _row(provider: Provider, access: Access, default: str, stored: ProviderKey | None) -> ProviderRow:
    providers = providers_of(access)
    reason = providers.why_not(provider)
    return ProviderRow(
        name=provider.name,
        title=provider.title,
        usual_model=_usual_model(provider),
        configured=not reason,
        why_not=reason,
        notice=provider.notice,
        is_default=provider.name == default,
        is_ai=_is_ai(provider),
        takes_address=provider.name == "custom" and bool(reason),
        takes_key=provider.takes_key,
        own_address=provider.own_address,
        source=_source(provider, provider.name in access.own, bool(reason)),
        address=provider.address(providers.environ(provider)),
        keys_url=provider.keys_url,
        entered=_entered(stored),
        test=stored.test if stored else None,
        tested_at=stored.tested_at if stored else None,
        abilities=describe_abilities(provider.name, _usual_model(provider)),
    )


def _source(provider: Provider, entered: bool, missing: bool) -> str:
    if entered:
        return "organization"
    if provider.needs or provider.url_variable:
        set_here = bool(provider.needs) or bool(read_environ().get(provider.url_variable))
        return "" if missing else "server" if set_here else "none"
    return "" if missing else "none"


def _entered(stored: ProviderKey | None) -> Entered | None:
    if stored is None or not is_entered(stored):
        return None
    return Entered(bool(stored.sealed), stored.hint, stored.base_url, stored.created_by_label, stored.created_at)


def _usual_model(provider: Provider) -> str:
    return read_environ().get(f"KAIZEN_{provider.name.upper()}_MODEL") or provider.model


def _is_ai(provider: Provider) -> bool:
    return provider.name not in ("demo", "scripted")


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
